"""What is typed stands on the page as it was typed: no emphasis, emoji, formula, arrow or link."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TYPED = (
    "*A* _b_ `c` ~~d~~",
    ":cat: :red[x]",
    "$x^2$ a -> b <- c",
    "www.elsewhere.org",
    "<b>x</b> &lt; [y](z)",
    ":material/delete: --",
)


@pytest.mark.slow
@pytest.mark.parametrize("typed", TYPED)
def test_a_refused_number_is_repeated_as_it_was_typed(page: Page, typed: str) -> None:
    field = page.get_by_label("Age (years)")
    field.fill(typed)
    field.press("Enter")
    said = page.get_by_test_id("stAlert").filter(has_text="is not a number")
    expect(said).to_be_visible()
    assert typed[:20].strip() in said.inner_text().replace("\u2060", "")
    assert not said.get_by_role("link").count()
