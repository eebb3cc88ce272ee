"""What a person sees on the Review page: three ways to a photo, all six steps."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from skimage.data import astronaut, chelsea

from tests.browser.acts import (
    choose_sample,
    expect_all_steps,
    expect_assessed,
    fill_patient,
    keep_picture,
    stop_explanation,
    turn_to,
)

pytestmark = pytest.mark.browser


def _png(pixels: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")  # type: ignore[arg-type]
    return buffer.getvalue()


def test_one_walk_over_the_bundle_that_ships(demo_page: Page) -> None:
    """One walk, because an explanation takes seconds: stopped, started again, all steps, a region.

    Streamlit's media store hands a picture to whoever asks for its address.
    """
    page, served = demo_page, list[str]()
    page.on("request", lambda request: served.append(request.url))
    choose_sample(page)
    stop_explanation(page)
    keep_picture(page, "stopped")
    page.get_by_text("Vertebral fracture within 2 years", exact=True).click()
    expect(page.get_by_text("Suggestion: urgent clinician review")).to_be_visible()
    expect(page.get_by_role("button", name="Download as JSON")).to_be_visible()
    page.get_by_role("button", name="Start again").click()
    expect_all_steps(page)
    expect(page.get_by_text("Suggestion: urgent clinician review")).to_be_visible()
    expect(page.get_by_text("DEMO MODEL", exact=True)).to_be_visible()
    keep_picture(page, "sample")
    page.get_by_text("Vertebral fracture within 2 years", exact=True).click()
    expect(page.get_by_text("Suggestion: urgent clinician review")).to_have_count(0, timeout=8_000)
    page.get_by_role("button", name="Look inside").click()
    page.locator("[class*=st-key-stop_closer] button").click()
    expect(page.get_by_text("nothing of it is kept", exact=False)).to_be_visible()
    expect(page.get_by_text("A sample patient cannot be saved", exact=False)).to_be_visible()
    assert not [url for url in served if "/media/" in url and "/static/" not in url]
    assert not [url for url in served if "plotly" in url.lower()], "the plots of Review need none"
    hosts = {url.split("/")[2].split(":")[0] for url in served if url.startswith("http")}
    assert hosts <= {"localhost"}


def test_numbers_of_a_photo_out_of_domain_are_shown_when_asked_for(page: Page) -> None:
    """The tiny bundle has seen nothing like a face."""
    choose_sample(page)
    show = page.get_by_role("button", name="Show anyway (for research)")
    expect(show).to_be_visible()
    expect(page.get_by_role("heading", name="5. Why")).to_have_count(0)
    show.click()
    expect_assessed(page)


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
    expect(page.get_by_text("Out of domain.")).to_be_visible()
    expect(page.get_by_role("img", name="Calibrated probabilities")).to_have_count(0)
    expect(page.get_by_role("heading", name="5. Why")).to_have_count(0)
    keep_picture(page, "astronaut")
    page.get_by_role("button", name="Show anyway (for research)").click()
    expect_assessed(page)
    expect(page.get_by_role("img", name="Calibrated probabilities")).to_be_visible()
    stop_explanation(page)


def test_camera_reaches_the_last_step(page: Page) -> None:
    turn_to(page, "Camera")
    page.get_by_role("button", name="Take Photo").click()
    fill_patient(page)
    expect(page.get_by_role("heading", name="3. Result")).to_be_visible()
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
    expect(page.get_by_role("heading", name="6. What next")).to_be_visible()
    expect(page.get_by_role("heading", name="3. Result")).to_have_count(0)


def test_bytes_that_are_no_photo_get_one_sentence(page: Page) -> None:
    turn_to(page, "Upload")
    page.locator("input[type=file]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"not a photo at all"}
    )
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)


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


def test_about_page_says_what_this_is_not(page: Page) -> None:
    page.get_by_role("link", name="About").click()
    expect(page.get_by_text("It is not a medical device.")).to_be_visible()
    expect(page.get_by_text("DEMO MODEL", exact=True)).to_be_visible()
    keep_picture(page, "about")
