"""What axe-core finds on the page as it stands, and where a visitor goes to have it all seen.

axe-core comes with the package axe-playwright-python; nothing is fetched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from face2bone.dashboard.common.look import CAPTION_OPACITY
from tests.browser.acts import (
    choose_sample,
    expect_assessed,
    expect_explained,
    open_tab,
    settled,
    stop_explanation,
    unfold,
)

WIDE: Final = 1200
Theme = Literal["light", "dark"]
THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
STREAMLITS_OWN: Final = {
    # role="presentation" on the box into which files are dropped, of react-dropzone; the button in
    # it is what keyboard and screen reader meet. github.com/streamlit/streamlit/issues/15921
    ("presentation-role-conflict", "stFileUploaderDropzone"),
}
"""(rule, test id) of what axe finds in Streamlit's own markup, with the upstream issue."""
AT_REST: Final = """async () => {
  const moves = a => a.playState === 'running' && a.effect.getComputedTiming().endTime < 5000;
  for (let quiet = 0, looks = 0; quiet < 2 && looks < 60; looks++) {
    quiet = document.getAnimations().some(moves) ? 0 : quiet + 1;
    await new Promise(done => setTimeout(done, 50));
  }
}"""
"""Colours that fade in are not yet those of the page."""
RUN: Final = """async within => {
  const found = await axe.run(within, {resultTypes: ['violations']});
  const seen = v => v.nodes.map(n => [v.id, v.impact, n.html, n.failureSummary]);
  return found.violations.flatMap(seen);
}"""
REVIEW_TABS: Final = ("How far to trust it", "Scores", "What changes it", "How old it looks")
EXPLORE_VIEWS: Final = ("Groups", "Two patients", "Change a face", "Concepts")
OTHER_PAGES: Final = {
    "Cohort": ("cohort", "Cohort"),
    "Explore": ("explore", "Patients"),
    "Follow-up": ("follow_up", "Follow-up: what DXA found"),
    "Model": ("model", "Downloads"),
    "Sources": ("sources", "Where the rules come from"),
    "About": ("about", "Privacy"),
}
"""A page's link -> its address, and a heading that stands there once it is drawn."""


@dataclass(frozen=True)
class Finding:
    """One element that breaks one rule."""

    where: str
    rule: str
    impact: str
    html: str
    why: str

    @property
    def is_streamlits(self) -> bool:
        """Whether it is one of the known ones in Streamlit's own markup."""
        return any(self.rule == rule and test_id in self.html for rule, test_id in STREAMLITS_OWN)


def audit(page: Page, where: str, within: str = "body") -> list[Finding]:
    """Everything that axe finds inside of ``within``, in both themes."""
    found = []
    dark = page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches")
    for theme in sorted(THEMES, reverse=not dark):  # the one at hand first: turning takes time
        page.emulate_media(color_scheme=theme)
        settled(page)
        page.evaluate(AT_REST)
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        seen = page.evaluate(RUN, within)
        found += [Finding(f"{where}, {theme}", *one) for one in seen]
    return found


def words(findings: list[Finding]) -> str:
    """The findings as one reads them after a test failed."""
    return "\n".join(f"{f.where}: {f.impact} {f.rule}: {f.html[:200]} {f.why}" for f in findings)


def review_places(page: Page) -> Iterator[tuple[str, str]]:
    """Review, empty and with a result, and every tab: where, and within what to look.

    *Why* is looked at while it is computed, and stopped.
    """
    page.goto("/")
    expect(page.get_by_text("Choose a sample patient", exact=False)).to_be_visible()
    expect(page.get_by_test_id("stCaptionContainer").first).to_have_css(
        "opacity", str(CAPTION_OPACITY)
    )
    yield "Review, empty", "body"
    choose_sample(page)
    expect_assessed(page)
    yield "Review, with a result", "body"
    for tab in REVIEW_TABS:
        open_tab(page, tab)
        yield f"Review, {tab}", ".st-key-more"
    unfold(page, "Report options")
    yield "Review, report options", "[data-testid=stPopoverBody]"
    page.keyboard.press("Escape")
    open_tab(page, "Why")
    yield "Review, Why, while it is computed", ".st-key-more"
    stop_explanation(page)


def answer_places(page: Page) -> Iterator[tuple[str, str]]:
    """What stands behind the buttons below an answer, and an explanation that is done."""
    page.goto("/?full=true")
    choose_sample(page)
    expect_explained(page)
    yield "Review, Why", ".st-key-more"
    for name in ("Save", "Copy text", "Report options"):
        unfold(page, name)
        yield f"Review, {name}", "[data-testid=stPopoverBody]"
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)


def other_places(page: Page) -> Iterator[tuple[str, str]]:
    """Every other page as it opens."""
    for link, (path, heading) in OTHER_PAGES.items():
        if page.evaluate("() => innerWidth") >= WIDE:
            page.get_by_test_id("stTopNavLink").filter(has_text=link).click()
        else:  # the bar is too narrow for all links
            page.goto(f"/{path}")
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        yield link, "body"


def chinese_places(page: Page) -> Iterator[tuple[str, str]]:
    """Every page as it opens in Chinese, and an answer."""
    page.goto("/?language=中文")
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    choose_sample(page)
    expect(page.get_by_role("heading", name="建议：")).to_be_visible()
    yield "Review in Chinese", "body"
    for place, (link, (path, _)) in enumerate(OTHER_PAGES.items(), 1):
        page.get_by_test_id("stTopNavLink").nth(place).click()
        page.wait_for_url(f"**/{path}*")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settled(page)
        expect(page.locator("html")).to_have_attribute("lang", "zh")
        yield f"{link} in Chinese", "body"


def explore_places(page: Page) -> Iterator[tuple[str, str]]:
    """Every other view of Explore."""
    page.goto("/explore")
    for view in EXPLORE_VIEWS:
        settled(page)
        page.get_by_role("radio", name=view).click()
        expect(page.get_by_role("heading", name=view, exact=True)).to_be_visible()
        yield f"Explore, {view}", "[data-testid=stMain]"


def unfolded_places(page: Page) -> Iterator[tuple[str, str]]:
    """Every other page with every fold opened."""
    for where, within in other_places(page):
        settled(page)
        for fold in page.locator("details:not([open]) > summary").all()[::-1]:
            fold.click()
            settled(page)
        yield f"{where}, unfolded", within
