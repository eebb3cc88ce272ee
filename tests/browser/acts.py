"""What a visitor does that takes more than one click."""

import os
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, TimeoutError, expect

ATTEMPTS: Final = 6
LOOK_MS: Final = 10_000
ANSWER: Final = ("Photo", "Result of the photo", "Red flags")
BOXES: Final = {"Upload": "Photo of the face", "Camera": "Look straight into the camera"}


def settled(page: Page) -> None:
    """Wait until the page's script has run to its end."""
    expect(
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
    ).to_be_visible()


def expect_assessed(page: Page) -> None:
    """Wait until Review shows a photo, its result and the suggestion."""
    for heading in ANSWER:
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.get_by_text("Suggestion:")).to_be_visible()


def open_tab(page: Page, name: str) -> None:
    """Open a tab of Review: only then is it drawn."""
    settled(page)
    page.get_by_role("tab", name=name).click()
    expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    settled(page)


def unfold(page: Page, name: str) -> None:
    """Open what stands behind one of the buttons below the answer."""
    settled(page)
    page.get_by_test_id("stPopover").filter(has_text=name).get_by_role("button").click()
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()


def close_window(page: Page) -> None:
    """Close the window over the page with Escape.

    A key pressed while the page is still being drawn may go to what is just replaced, so this
    waits, and presses again as a person would.
    """
    window = page.get_by_role("dialog")
    for attempt in range(1, ATTEMPTS + 1):
        settled(page)
        page.keyboard.press("Escape")
        try:
            expect(window).to_have_count(0, timeout=LOOK_MS)
            return
        except AssertionError:
            if attempt == ATTEMPTS:
                raise


def expect_explained(page: Page) -> None:
    """Open *Why* and wait until the photo is explained."""
    expect_assessed(page)
    open_tab(page, "Why")
    expect(page.get_by_role("heading", name="Concepts")).to_be_visible()


def stop_explanation(page: Page) -> None:
    """Stop the explanation that is running, and see that the page says so."""
    page.locator(".st-key-stop_explanation button").click()
    expect(page.get_by_text("No partial result was saved", exact=False)).to_be_visible()


def choose_sample(page: Page, number: int = 0) -> None:
    """Choose a sample patient by place.

    By its words "the first woman" was now and then the third: while a page is still being drawn,
    a later button can stand there before an earlier one.
    """
    page.locator(f".st-key-sample_{number} button").click()


def choose(page: Page, box: str, option: str) -> None:
    """Choose an option of a select box by typing its beginning.

    A list that was opened while the page was still being drawn closes again, and a long one
    shows only its top until one types: so this waits, types, and opens it again where needed.
    """
    wanted = page.get_by_role("option", name=option)
    for attempt in range(1, ATTEMPTS + 1):
        settled(page)
        field = page.get_by_role("combobox", name=box)
        field.click()
        field.fill(option)
        try:
            wanted.wait_for(timeout=LOOK_MS)
            wanted.click(timeout=LOOK_MS)
            return
        except TimeoutError:
            if attempt == ATTEMPTS:
                raise
            page.keyboard.press("Escape")


def keep_picture(page: Page, name: str) -> None:
    """Keep a full-page picture for a person to look at, where a folder is named."""
    folder = os.environ.get("FACE2BONE_SCREENSHOTS")
    if folder:
        height = page.evaluate(
            "() => document.querySelector('[data-testid=stMain]').scrollHeight + 80"
        )
        page.set_viewport_size({"width": 1280, "height": int(height)})
        page.wait_for_timeout(1500)
        page.screenshot(path=Path(folder) / f"{name}.png")


def turn_to(page: Page, source: str) -> None:
    """Choose where the photo comes from, and wait until the form below stands there once again."""
    page.get_by_text(source, exact=True).click()
    expect(page.get_by_text(BOXES[source])).to_be_visible()
    expect(page.get_by_label("Age (years)")).to_have_count(1)
    settled(page)


def fill_patient(page: Page) -> None:
    """Type in the four details of a patient."""
    for label, value in (("Age (years)", "67"), ("Height (cm)", "158"), ("Weight (kg)", "52")):
        field = page.get_by_label(label)
        field.fill(value)
        field.press("Enter")
    page.get_by_label("Sex").click()
    page.get_by_role("option", name="Female").click()


def assess_upload(page: Page, photo: bytes) -> None:
    """Upload a photo, type its patient's details and wait for the suggestion."""
    turn_to(page, "Upload")
    page.locator("input[type=file]").set_input_files(
        {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    fill_patient(page)
    expect_assessed(page)


def downloaded_report(page: Page, with_face: bool = False) -> bytes:
    """The PDF that *Download report* gives, on request with the crop of the face in it."""
    unfold(page, "Report")
    if with_face:
        page.get_by_text("Show the face crop in the report", exact=False).click()
        settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report").click()
    return Path(download.value.path()).read_bytes()
