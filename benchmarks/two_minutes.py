"""Time and clicks from the open Review page to the suggestion and to the report in hand.

Three ways: a sample patient; an upload on a tablet 820 pixels wide; a photo that is rejected, where
the answers give the suggestion. Clicks are counted, and so are the fields that are typed; the hand
that does it here is a script, so the seconds are the program's and no person's. ``screens``
is how far down the suggestion stands, in heights of the window.
Run: python -m benchmarks.two_minutes [--checkout FOLDER] [--runs 3]. Needs Chromium.

``--checkout`` measures another copy of this project, such as the one before a change.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.first_visit import FLAGS, HERE, PATIENCE_MS, served
from face2bone.drawn.face.samples import sample_patients, unusable_photo

DESK, TABLET = (1440, 900), (820, 1180)
TYPED: Final = {"Age (years)": "67", "Height (cm)": "158", "Weight (kg)": "52"}
REPORT: Final = "[class*=st-key-download_pdf] button:visible, button:has-text('PDF'):visible"


@dataclass
class Hand:
    """Who does it: what was clicked and typed so far, and when it began."""

    page: Page
    clicks: int = 0
    fields: int = 0
    began: float = field(default_factory=time.monotonic)

    def click(self, what: str) -> None:
        """One click on the first element that fits."""
        self.page.locator(what).first.click()
        self.clicks += 1

    def details(self) -> None:
        """Age, height and weight typed, and sex chosen from its list."""
        for label, value in TYPED.items():
            box = self.page.get_by_label(label)
            box.fill(value)
            box.press("Enter")
            self.fields += 1
        self.page.get_by_label("Sex").first.click()
        self.page.get_by_role("option", name="Female").click()
        self.clicks += 2

    def upload(self, photo: bytes) -> None:
        """The source chosen, and a file given to its box; the file's own window is one click."""
        self.click("button:has-text('Upload'), label:has-text('Upload')")
        box = self.page.locator("input[type=file]")
        box.wait_for(state="attached")
        box.set_input_files({"name": "own.jpg", "mimeType": "image/jpeg", "buffer": photo + b" "})
        self.clicks += 2
        self.page.get_by_text("own.jpg").first.wait_for()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began


def a_sample(hand: Hand) -> None:
    """One click."""
    hand.click(".st-key-sample_0 button")


def an_upload(hand: Hand) -> None:
    """A photo of the visitor's own, and the four details."""
    hand.upload(sample_patients()[0].photo_bytes())
    hand.details()


def a_rejected_photo(hand: Hand) -> None:
    """Turned away and too dark: the answers alone give the suggestion."""
    hand.upload(unusable_photo())
    hand.details()
    hand.page.get_by_text("rejected", exact=False).first.wait_for()


WAYS: Final[dict[str, tuple[tuple[int, int], Callable[[Hand], None]]]] = {
    "sample, 1440 x 900": (DESK, a_sample),
    "upload on a tablet, 820 x 1180": (TABLET, an_upload),
    "rejected photo, 1440 x 900": (DESK, a_rejected_photo),
}


def walk(
    browser: Browser, address: str, size: tuple[int, int], do: Callable[[Hand], None]
) -> dict[str, float]:
    """One visit, from the page that is ready to the report that is saved."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    page.locator(".st-key-sample_0 button").wait_for()
    page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
    hand = Hand(page)
    do(hand)
    suggestion = page.get_by_text("Suggestion:").first
    suggestion.wait_for()
    seen = {"seconds": hand.seconds, "clicks": hand.clicks, "fields": hand.fields}
    box = suggestion.bounding_box()
    seen["screens"] = 0.0 if box is None else (box["y"] + box["height"]) / size[1]
    page.locator(REPORT).first.wait_for()
    with page.expect_download() as report:
        hand.click(REPORT)
    report.value.path()
    context.close()
    return seen | {"report seconds": hand.seconds, "report clicks": hand.clicks}


def rows(browser: Browser, address: str, runs: int) -> Iterator[str]:
    """A row of the table for each way: medians over the runs."""
    for name, (size, do) in WAYS.items():
        seen = [walk(browser, address, size, do) for _ in range(runs)]
        m = {key: statistics.median(one[key] for one in seen) for key in seen[0]}
        yield (
            f"| {name} | {m['clicks']:g} clicks, {m['fields']:g} fields | {m['seconds']:.1f} s | "
            f"{m['screens']:.1f} | {m['report clicks']:g} clicks | {m['report seconds']:.1f} s |"
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkout", type=Path, default=HERE)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    print("| from the open page | to the suggestion | | screens | to the report | |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        with served(asked.checkout, sys.executable, Path(folder)) as (server, _):
            walk(browser, server.address, *WAYS["sample, 1440 x 900"])  # the load is not counted
            for row in rows(browser, server.address, asked.runs):
                print(row, flush=True)
        browser.close()


if __name__ == "__main__":
    main()
