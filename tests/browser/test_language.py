"""The page tells the browser which language it is written in, so that it is read aloud in that."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import settled

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_the_page_says_which_language_it_is_written_in(page: Page) -> None:
    for name, code, heading in (("中文", "zh", "评估"), ("English", "en", "Review")):
        settled(page)
        page.get_by_text(name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(page.locator("html")).to_have_attribute("lang", code)
