"""What a person sees on the Review page: three ways to a photo, one screen that answers."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from skimage.data import astronaut, chelsea

from tests.browser.acts import (
    choose_sample,
    expect_assessed,
    expect_explained,
    fill_patient,
    keep_picture,
    open_tab,
    settled,
    stop_explanation,
    turn_to,
    unfold,
)

pytestmark = pytest.mark.browser


def _png(pixels: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")  # type: ignore[arg-type]
    return buffer.getvalue()


@pytest.mark.slow
def test_one_walk_over_the_bundle_that_ships(demo_page: Page) -> None:
    """One walk, because an explanation takes seconds: stopped, started again, explained, a region.

    Streamlit's media store hands a picture to whoever asks for its address.
    """
    page, served = demo_page, list[str]()
    page.on("request", lambda request: served.append(request.url))
    choose_sample(page)
    expect_assessed(page)
    open_tab(page, "Why")
    stop_explanation(page)
    keep_picture(page, "stopped")
    page.get_by_text("Vertebral fracture within 2 years", exact=True).click()
    expect(page.get_by_text("Suggestion: urgent clinician review")).to_be_visible()
    expect(page.get_by_role("button", name="Download report")).to_be_visible()
    page.get_by_role("button", name="Start again").click()
    expect_explained(page)
    expect(page.get_by_text("Suggestion: urgent clinician review")).to_be_visible()
    expect(page.get_by_text("DEMO MODEL", exact=True)).to_be_visible()
    keep_picture(page, "sample")
    page.get_by_text("Vertebral fracture within 2 years", exact=True).click()
    expect(page.get_by_text("Suggestion: urgent clinician review")).to_have_count(0, timeout=8_000)
    page.get_by_role("button", name="Look inside").click()
    page.locator("[class*=st-key-stop_closer] button").click()
    expect(page.get_by_text("No partial result was saved", exact=False)).to_be_visible()
    unfold(page, "Save")
    expect(page.get_by_text("A sample patient cannot be saved", exact=False)).to_be_visible()
    assert not [url for url in served if "/media/" in url and "/static/" not in url]
    assert not [url for url in served if "plotly" in url.lower()], "the plots of Review need none"
    hosts = {url.split("/")[2].split(":")[0] for url in served if url.startswith("http")}
    assert hosts <= {"localhost"}


@pytest.mark.slow
def test_numbers_of_a_photo_out_of_domain_are_shown_when_asked_for(page: Page) -> None:
    """The tiny bundle has seen nothing like a face."""
    choose_sample(page)
    show = page.get_by_role("button", name="Show anyway (for research)")
    expect(show).to_be_visible()
    expect(page.get_by_role("img", name="Calibrated probabilities")).to_have_count(0)
    show.click()
    expect_assessed(page)


@pytest.mark.slow
def test_uploaded_photo_is_told_it_is_out_of_domain(demo_page: Page) -> None:
    """Large, so that the details are typed while it is still being read: it must not be lost."""
    page = demo_page
    turn_to(page, "Upload")
    large = np.asarray(Image.fromarray(astronaut()).resize((3400, 3400)))
    page.locator("input[type=file]").set_input_files(
        {"name": "astronaut.png", "mimeType": "image/png", "buffer": _png(large)}
    )
    expect(page.get_by_text("astronaut.png")).to_be_visible()
    fill_patient(page)
    expect(page.get_by_text("Suggestion:")).to_be_visible()
    expect(page.get_by_text("unlike the photos", exact=False)).to_be_visible()
    expect(page.get_by_role("img", name="Calibrated probabilities")).to_have_count(0)
    open_tab(page, "Why")
    expect(page.get_by_text("There is no result of a photo", exact=False)).to_be_visible()
    keep_picture(page, "astronaut")
    page.get_by_role("button", name="Show anyway (for research)").click()
    expect_assessed(page)
    expect(page.get_by_role("img", name="Calibrated probabilities")).to_be_visible()
    stop_explanation(page)


SHOWS_SOMETHING = "() => document.querySelector('video')?.currentTime > 0.5"
"""A picture that is taken before the camera's first shows nobody."""


def test_camera_reaches_the_last_step(page: Page) -> None:
    turn_to(page, "Camera")
    page.wait_for_function(SHOWS_SOMETHING)
    page.get_by_role("button", name="Take Photo").click()
    fill_patient(page)
    expect(page.get_by_role("heading", name="Result of the photo")).to_be_visible()
    expect(page.get_by_text("Suggestion:")).to_be_visible()
    page.get_by_role("button", name="Show anyway (for research)").click()
    expect_assessed(page)
    keep_picture(page, "camera")


def test_picture_without_a_face_still_gets_a_suggestion(page: Page) -> None:
    turn_to(page, "Upload")
    page.locator("input[type=file]").set_input_files(
        {"name": "cat.png", "mimeType": "image/png", "buffer": _png(chelsea())}
    )
    fill_patient(page)
    expect(page.get_by_text("No face", exact=False).first).to_be_visible()
    expect(page.get_by_role("heading", name="Red flags")).to_be_visible()
    expect(page.get_by_role("heading", name="Result of the photo")).to_have_count(0)


@pytest.mark.slow
def test_bytes_that_are_no_photo_get_one_sentence(page: Page) -> None:
    turn_to(page, "Upload")
    page.locator("input[type=file]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"not a photo at all"}
    )
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)


@pytest.mark.slow
def test_what_was_typed_is_there_again_after_a_look_at_another_page(page: Page) -> None:
    turn_to(page, "Upload")
    fill_patient(page)
    page.get_by_text("Vertebral fracture within 2 years", exact=True).click()
    expect(page.get_by_text("Suggestion: urgent clinician review")).to_be_visible()
    page.get_by_role("link", name="About").click()
    expect(page.get_by_text("It is not a medical device.")).to_be_visible()
    page.get_by_role("link", name="Review").click()
    expect(page.get_by_text("Suggestion: urgent clinician review")).to_be_visible()
    expect(page.get_by_label("Age (years)")).to_have_value("67")
    expect(page.get_by_role("checkbox", name="Vertebral fracture within 2")).to_be_checked()


@pytest.mark.slow
def test_pounds_stay_pounds_after_a_look_in_kilograms(page: Page) -> None:
    """Also where somebody types and turns the switch without leaving the field first.

    The page stands still before each click: one that is still being drawn may not take it.
    """
    turn_to(page, "Upload")
    fill_patient(page)
    switch = page.get_by_text("Inches and pounds", exact=True)
    settled(page)
    switch.click()
    expect(page.get_by_label("Height (in)")).to_have_value("62.2")
    expect(page.get_by_text("(required)")).to_be_hidden()  # Streamlit's, in English everywhere
    settled(page)
    page.get_by_label("Weight (lb)").fill("150")
    switch.click()
    expect(page.get_by_label("Weight (kg)")).to_have_value("68")
    settled(page)
    switch.click()
    expect(page.get_by_label("Weight (lb)")).to_have_value("150")
    expect(page).to_have_url(re.compile("us_units=true"))
    page.get_by_role("link", name="About").click()
    expect(page.get_by_text("It is not a medical device.")).to_be_visible()
    page.get_by_role("link", name="Review").click()
    expect(page.get_by_label("Weight (lb)")).to_have_value("150")
    expect(page.get_by_label("Weight (kg)")).to_have_count(0)


@pytest.mark.slow
def test_about_page_says_what_this_is_not(page: Page) -> None:
    page.get_by_role("link", name="About").click()
    expect(page.get_by_text("It is not a medical device.")).to_be_visible()
    expect(page.get_by_text("DEMO MODEL", exact=True)).to_be_visible()
    keep_picture(page, "about")


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height", "screens"), [(1440, 900, 1), (390, 844, 2)])
def test_the_answer_is_on_the_first_screen(
    page: Page, width: int, height: int, screens: int
) -> None:
    """On a phone it follows what is typed, within the second one."""
    page.set_viewport_size({"width": width, "height": height})
    choose_sample(page)
    page.get_by_role("button", name="Show anyway (for research)").click()
    expect_assessed(page)
    settled(page)
    for what in (
        page.get_by_alt_text("The aligned face that the model read"),
        page.get_by_role("img", name="Calibrated probabilities"),
        page.get_by_text("Suggestion:"),
        page.get_by_text("Reason:"),
        page.get_by_role("heading", name="Red flags"),
        page.get_by_role("button", name="Download report"),
        page.get_by_role("button", name="New patient"),
    ):
        box = what.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= screens * height


@pytest.mark.slow
def test_the_answer_stays_in_view_while_a_tab_is_scrolled(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    choose_sample(page)
    suggestion = page.get_by_text("Suggestion:")
    expect(suggestion).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Clear all answers").scroll_into_view_if_needed()
    page.mouse.move(1000, 800)
    page.mouse.wheel(0, 5000)
    page.wait_for_timeout(500)
    expect(suggestion).to_be_in_viewport()
    expect(page.get_by_role("button", name="Download report")).to_be_in_viewport()
    expect(page.get_by_role("button", name="New patient")).to_be_in_viewport()


@pytest.mark.slow
def test_printed_the_answer_is_left_and_nothing_that_is_pressed(page: Page) -> None:
    choose_sample(page)
    expect(page.get_by_text("Suggestion:")).to_be_visible()
    settled(page)
    page.emulate_media(media="print")
    expect(page.get_by_text("Suggestion:")).to_be_visible()
    expect(page.get_by_text("DEMO MODEL", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="New patient")).to_be_hidden()
    expect(page.get_by_role("button", name="Download report")).to_be_hidden()
    expect(page.get_by_role("tab", name="Why")).to_be_hidden()
