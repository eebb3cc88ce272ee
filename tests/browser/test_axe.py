"""No page breaks a rule of axe-core, in either theme; docs/evidence/access.md has the table."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.audit import (
    Finding,
    answer_places,
    audit,
    chinese_places,
    explore_places,
    other_places,
    review_places,
    unfolded_places,
    words,
)
from tests.browser.conftest import PATIENCE_MS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SPOIL = """() => {
  const place = document.querySelector('[data-testid=stMainBlockContainer]');
  place.insertAdjacentHTML(
    'beforeend', '<button id="bad"></button><p style="color:#777;background:#888">pale</p>');
}"""
WIDTHS = (390, 768, 1440)
Places = Callable[[Page], Iterator[tuple[str, str]]]


def found_in(page: Page, *places: Places) -> list[Finding]:
    """What axe finds at these places, but for what is known to be Streamlit's own."""
    found = [one for tour in places for at in tour(page) for one in audit(page, *at)]
    return [one for one in found if not one.is_streamlits]


@pytest.mark.slow
def test_axe_finds_nothing_on_any_page(demo_page: Page) -> None:
    found = found_in(demo_page, review_places, other_places)
    assert found == [], words(found)


@pytest.mark.slow
def test_axe_sees_what_is_wrong(page: Page) -> None:
    """A button without a name, grey on grey: were these not found, an empty list meant nothing."""
    page.evaluate(SPOIL)
    assert {one.rule for one in audit(page, "spoiled")} >= {"button-name", "color-contrast"}


@pytest.mark.slow
def test_axe_finds_nothing_on_any_page_in_chinese(demo_page: Page) -> None:
    found = found_in(demo_page, chinese_places)
    assert found == [], words(found)


@pytest.mark.long
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_at_any_width(width: int, browser: Browser, demo_dashboard: str) -> None:
    # Not ``visiting``: of a link straight to a page Streamlit first looks for its files below it.
    visitor = browser.new_page(viewport={"width": width, "height": 1000}, base_url=demo_dashboard)
    visitor.set_default_timeout(PATIENCE_MS)
    found = found_in(visitor, review_places, answer_places, explore_places, unfolded_places)
    visitor.close()
    assert found == [], words(found)
