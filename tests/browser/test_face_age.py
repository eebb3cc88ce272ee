"""A real photo in a real browser: an estimated age, its range and its limits, in both themes."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from face2bone.modalities.photo import Photo
from tests.browser.acts import fill_patient, keep_picture, open_tab, turn_to

pytestmark = pytest.mark.browser


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_an_astronaut_gets_an_age_a_range_and_limits(
    demo_page: Page, astronaut_photo: Photo, theme: str
) -> None:
    page, buffer = demo_page, io.BytesIO()
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    Image.fromarray(astronaut_photo.pixels).save(buffer, format="PNG")
    turn_to(page, "Upload")
    page.locator("input[type=file]").set_input_files(
        {"name": "astronaut.png", "mimeType": "image/png", "buffer": buffer.getvalue()}
    )
    expect(page.get_by_text("astronaut.png")).to_be_visible()
    fill_patient(page)
    expect(page.get_by_text("How old the face looks to this model:")).to_be_visible()
    open_tab(page, "How old it looks")
    expect(page.get_by_text("not calibrated", exact=False).first).to_be_visible()
    expect(page.get_by_text("It is not the age", exact=False).first).to_be_visible()
    expect(page.get_by_text("7.1 years", exact=False).first).to_be_visible()
    expect(page.get_by_role("img", name="Shares of the years")).to_be_visible()
    page.get_by_role("button", name="Which parts of the face say so").click()
    said = page.get_by_text("rank the regions differently", exact=False).or_(
        page.get_by_text("Years that each part adds", exact=False)
    )
    expect(said.first).to_be_visible()
    keep_picture(page, f"face-age-{theme}")
    page.get_by_role("button", name="New patient").click()
    expect(page.get_by_text("How old the face looks to this model:")).to_have_count(0)
