"""Eight people at one server for five minutes, each with patient after patient of their own.

Every visitor uploads a photo that nobody else has, types an age that nobody else has, and saves the
answer as JSON: it must be of that photo and that age, and its probabilities those that the network
gives the photo when it is asked alone. Half of them look at *Why* and so wait in the line for
explanations. Photos are as large as a telephone's (``--megapixels``).

When the time is up each stays with a last patient: those who look wait for the explanation, and all
take the report away. Then nobody does anything for as long as the server needs to let go of files
that were taken away. Printed: patients, wrong answers, seconds from the photo to the suggestion
(median and 95th percentile), which places in the line were shown, and the server's memory for each
further visitor who so stays, above what it is with one who stays.
Run: python -m benchmarks.eight_browsers [--visitors 8] [--minutes 5] [--megapixels 12]. Needs
Chromium.
"""

import argparse
import asyncio
import hashlib
import io
import itertools
import json
import math
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from benchmarks.first_visit import FLAGS, HERE, PATIENCE_MS, SETTLED, served
from face2bone.assess import Assessor
from face2bone.bundle import load_bundle
from face2bone.dashboard.common.visitors import SWEEP_SECONDS, SWEEPS_A_DOWNLOAD
from face2bone.drawn.face.samples import sample_patients
from face2bone.modalities.photo import read_photo
from face2bone.settings import get_settings

MIB: Final = 1024
DIGITS: Final = 6  # of probabilities in the file
NEXT: Final = "New patient"
QUIET_SECONDS: Final = 2 * SWEEP_SECONDS * SWEEPS_A_DOWNLOAD + 10
EDGE: Final = 16  # pixels
QUALITY: Final = 92  # of the JPEG, about a telephone's
IN_LINE: Final = re.compile("before yours")
BEGUN: Final = re.compile(f"before yours|Parts of the picture|Concepts|{SETTLED}")


@dataclass(frozen=True)
class Visit:
    """A patient nobody else has: the photo, the age, and the answer to expect."""

    photo: bytes
    age: float
    expected: dict[str, float]


@dataclass
class Tally:
    """What came of it. wrong: why an answer was not this patient's."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    waited: list[str] = field(default_factory=list)


def own_photo(visitor: int, number: int, megapixels: float) -> bytes:
    """A drawn face, its upper edge in a shade that tells whose it is."""
    samples = sample_patients()
    drawn = Image.open(io.BytesIO(samples[(visitor + number) % len(samples)].photo_bytes()))
    side = round(math.sqrt(megapixels * 1e6))
    photo = drawn.resize((side, side))
    photo.paste((visitor * 29 % 256, number * 16 % 256, 0), (0, 0, side, EDGE))
    written = io.BytesIO()
    photo.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def visits(assessor: Assessor, visitor: int, count: int, megapixels: float) -> list[Visit]:
    """The patients of one visitor, answered alone beforehand."""
    made = []
    for number in range(count):
        photo = own_photo(visitor, number, megapixels)
        said = assessor.predict(assessor.locate(read_photo(photo)))
        names = [str(name) for name in assessor.facts.classes]
        shares = dict(zip(names, (float(p) for p in said.probabilities), strict=True))
        made.append(Visit(photo, 50.0 + visitor + number / 100, shares))
    return made


async def attend(
    browser: Browser,
    address: str,
    patients: Sequence[Visit],
    looks: bool,
    tally: Tally,
    until: float,
) -> BrowserContext:
    """One visitor, with the same few patients over and over until the time is up.

    Returns the open page of who stays with the last of them.
    """
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(address)
    await page.get_by_text("Upload", exact=True).click()
    for patient in itertools.cycle(patients):
        await _one(page, patient, looks, tally)
        if time.monotonic() > until:
            break
        await page.get_by_role("button", name=NEXT).first.click()
        await page.get_by_text("Suggestion:").first.wait_for(state="detached")
    await _to_the_end(page, looks)
    return context


async def _to_the_end(page: Page, looks: bool) -> None:
    """The explanation is waited for, and the report taken away."""
    if looks:
        await page.get_by_role("heading", name="Concepts").wait_for()  # drawn when all is there
    await _settled(page)
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download report").click()
    await (await download.value).path()


async def _one(page: Page, visit: Visit, looks: bool, tally: Tally) -> None:
    await _settled(page)
    began = time.monotonic()
    box = page.locator("input[type=file]")
    await box.set_input_files({"name": "own.jpg", "mimeType": "image/jpeg", "buffer": visit.photo})
    for label, value in (
        ("Age (years)", f"{visit.age:.2f}"),
        ("Height (cm)", "158"),
        ("Weight (kg)", "52"),
    ):
        typed = page.get_by_label(label)
        await typed.fill(value)
        await typed.press("Enter")
    await page.get_by_label("Sex").first.click()
    await page.get_by_role("option", name="Female").click()
    # The answers alone give a suggestion while the photo is still on its way.
    await page.get_by_role("heading", name="Result of the photo").wait_for()
    await page.get_by_text("Suggestion:").first.wait_for()
    tally.seconds.append(time.monotonic() - began)
    await _settled(page)
    if looks:
        await _look(page, tally)
    tally.wrong += differences(visit, await _saved(page))


async def _look(page: Page, tally: Tally) -> None:
    """Ask why, and note the place in the line, if there is one."""
    await page.get_by_role("tab", name="Why").click()
    said = await page.get_by_text(BEGUN).first.inner_text()
    if IN_LINE.search(said):
        tally.waited.append(said)


async def _settled(page: Page) -> None:
    await page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")


async def _saved(page: Page) -> dict[str, Any]:
    await _settled(page)
    await page.get_by_role("button", name="Report options").click()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download as JSON", exact=False).click()
    path = await (await download.value).path()
    await page.keyboard.press("Escape")
    said: dict[str, Any] = json.loads(Path(path).read_text("utf-8"))
    return said


def differences(visit: Visit, said: dict[str, Any]) -> list[str]:
    """In what the saved answer is not this patient's."""
    found = []
    if said["photo_sha256"] != hashlib.sha256(visit.photo).hexdigest():
        found.append("another photo")
    if round(said["patient"]["age_years"], 2) != round(visit.age, 2):
        found.append("another age")
    for name, share in visit.expected.items():
        if said["probabilities"][name] != round(share, DIGITS):
            found.append(f"another probability of {name}")
    return found


def resident(pid: int) -> float:
    """MiB of memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / MIB


async def load(
    address: str, pid: int, all_visits: Sequence[Sequence[Visit]], minutes: float
) -> None:
    """Let all of them in, and print what came of it."""
    tally, alone, chromium = Tally(), Tally(), shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        first = await attend(browser, address, all_visits[0], True, alone, 0.0)
        before = await _at_rest(pid)
        await first.close()
        until = time.monotonic() + 60 * minutes
        await asyncio.gather(
            *(
                attend(browser, address, patients, number % 2 == 1, tally, until)
                for number, patients in enumerate(all_visits)
            )
        )
        further = (await _at_rest(pid) - before) / (len(all_visits) - 1)
        await browser.close()
    middle, late = np.percentile(tally.seconds, [50, 95])
    print(
        f"{len(all_visits)} visitors, {minutes:g} minutes: {len(tally.seconds)} patients answered"
    )
    print(f"answers that were not this patient's: {len(tally.wrong)} {sorted(set(tally.wrong))}")
    print(f"photo to suggestion: median {middle:.1f} s, 95th percentile {late:.1f} s, ", end="")
    print(f"alone {alone.seconds[0]:.1f} s")
    print(f"waits in the line that were seen: {len(tally.waited)} {sorted(set(tally.waited))[:4]}")
    print(f"server: {before:.0f} MiB with one, {further:.1f} MiB for each further visitor")


async def _at_rest(pid: int) -> float:
    """MiB when nobody has done anything for a while."""
    await asyncio.sleep(QUIET_SECONDS)
    return resident(pid)


def main() -> None:
    """Serve, and let everybody in."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--patients", type=int, default=6, help="different ones of each visitor")
    parser.add_argument("--megapixels", type=float, default=12.0, help="of a photo")
    asked = parser.parse_args()
    assessor = Assessor(load_bundle(get_settings().bundle))
    everybody = [
        visits(assessor, one, asked.patients, asked.megapixels) for one in range(asked.visitors)
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        served(HERE, sys.executable, Path(folder)) as (server, _),
    ):
        asyncio.run(load(server.address, server.pid, everybody, asked.minutes))


if __name__ == "__main__":
    main()
