"""Every page by the Tab key: all that can be pressed is reached, in order, and nothing keeps it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from face2bone.bundle import Bundle
from tests.browser.acts import settled
from tests.browser.audit import OTHER_PAGES
from tests.browser.conftest import served, visiting

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_STOPS = 120
PLAIN = "Plain table, for keyboard and screen reader"
MARK = """() => {
  const can = 'a[href], button, input, select, textarea, summary, [tabindex]';
  window.stops = [...document.querySelectorAll(can)].filter(e => e.tabIndex >= 0 && !e.disabled
    && e.checkVisibility({visibilityProperty: true}) && !e.closest('[inert]')
    && e.getBoundingClientRect().width > 1);
  window.reached = new Set();
}"""
STEP = """() => {
  const at = document.activeElement, seen = window.reached.has(at);
  window.reached.add(at);
  return at === document.body ? 'out' : seen ? 'again' : 'new';
}"""
LEFT_OUT = """() => window.stops
  .filter(e => !window.reached.has(e) && e.type !== 'radio' && e.getAttribute('role') !== 'radio')
  .map(e => e.outerHTML.slice(0, 160))"""  # of a group of radios the Tab key reaches one
OUT_OF_ORDER = "() => window.stops.filter(e => e.tabIndex > 0).map(e => e.outerHTML.slice(0, 160))"


@pytest.fixture(scope="module")
def empty_dashboard(demo_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard without any record: Follow-up's table is a grid too, once there is one."""
    records = tmp_path_factory.mktemp("records") / "records.sqlite"
    with served(demo_bundle, f"sqlite:///{records}") as address:
        yield address


@pytest.fixture
def empty_page(browser: Browser, empty_dashboard: str) -> Iterator[Page]:
    """A visitor of the dashboard without any record."""
    with visiting(browser, empty_dashboard) as visitor:
        yield visitor


@pytest.mark.slow
@pytest.mark.parametrize("link", OTHER_PAGES)
def test_the_tab_key_reaches_everything_and_is_never_kept(empty_page: Page, link: str) -> None:
    empty_page.get_by_test_id("stTopNavLink").filter(has_text=link).click()
    heading = OTHER_PAGES[link][1]
    expect(empty_page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    settled(empty_page)
    if link == "Explore":  # its grid is walked cell by cell until it is a plain table
        empty_page.get_by_text(PLAIN, exact=True).click()
        expect(empty_page.get_by_role("rowheader", name="#1", exact=True)).to_be_visible()
        settled(empty_page)
    empty_page.wait_for_timeout(500)
    empty_page.evaluate("() => document.activeElement.blur()")
    empty_page.evaluate(MARK)
    steps = []
    for _ in range(MOST_STOPS):
        empty_page.keyboard.press("Tab")
        steps.append(empty_page.evaluate(STEP))
        if steps.count("out") == 2 or steps[-2:] == ["again", "again"]:  # once round
            break
    assert empty_page.evaluate(LEFT_OUT) == []
    assert empty_page.evaluate(OUT_OF_ORDER) == []


@pytest.mark.slow
def test_the_tours_slider_is_moved_by_keys(empty_page: Page) -> None:
    empty_page.get_by_test_id("stTopNavLink").filter(has_text="About").click()
    slider = empty_page.get_by_role("slider", name="From a full face (0) to a gaunt one (5)")
    expect(slider).to_be_visible()
    settled(empty_page)
    slider.focus()
    for key, step in (("ArrowRight", 1), ("End", 5), ("Home", 0)):
        empty_page.keyboard.press(key)
        face = empty_page.get_by_role("img", name=f"The same drawn face at step {step}")
        expect(face).to_be_visible()
        expect(slider).to_be_focused()
