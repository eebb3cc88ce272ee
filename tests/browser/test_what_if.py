"""What a person sees of the what-if: a setting chosen, two numbers side by side."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import choose, choose_sample, open_tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SETTING = "United States, women of 50 and over (2017-2018)"


@pytest.mark.slow
def test_another_settings_base_rate_stands_beside_the_result(demo_page: Page) -> None:
    page = demo_page
    choose_sample(page)
    open_tab(page, "How far to trust it")
    choose(page, "Setting", SETTING)
    line = page.get_by_text(f"of 100 people like this in the setting “{SETTING}”")
    expect(line).to_be_visible()
    expect(page.get_by_text("As in the result")).to_be_visible()
    expect(page.get_by_text("it is a what-if and not a result", exact=False)).to_be_visible()
    folder = os.environ.get("FACE2BONE_SCREENSHOTS")
    if folder:
        page.get_by_text("As in the result").scroll_into_view_if_needed()
        page.set_viewport_size({"width": 1280, "height": 1500})
        page.get_by_text("As in the result").scroll_into_view_if_needed()
        page.wait_for_timeout(3000)
        page.screenshot(path=Path(folder) / "what-if.png")
