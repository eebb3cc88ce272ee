"""Finished studies on Explore as a person sees them: in both themes, wide and narrow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from face2bone.bundle import Bundle
from tests.browser.acts import choose, keep_picture, settled
from tests.browser.audit import audit, words
from tests.browser.conftest import served, visiting
from tests.dashboard.explore.test_finished import answers, write_ages, write_followed

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NARROW = {"width": 390, "height": 900}
STUDIES = {"ages": "Every photo", "followed": "Who has the event first (concordance)"}
"""Name -> the last heading of its page."""


@pytest.fixture(scope="module")
def address(
    tiny_bundle: Bundle, records_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    root: Path = tmp_path_factory.mktemp("findings")
    write_ages(root / "ages", table=answers(60, gap=1.5))
    write_followed(root / "followed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACE2BONE_FINDINGS", str(root))
        with served(tiny_bundle, records_url, engine="torch") as it:
            yield it


@pytest.fixture
def explore(browser: Browser, address: str) -> Iterator[Page]:
    with visiting(browser, address) as visitor:
        visitor.get_by_role("link", name="Explore", exact=True).click()
        expect(visitor.get_by_role("combobox", name="Finished study")).to_be_visible()
        yield visitor


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_a_study_is_drawn_whole_and_fits_a_phone(explore: Page, name: str) -> None:
    choose(explore, "Finished study at this site", name)
    expect(explore.get_by_role("heading", name=STUDIES[name])).to_be_visible()
    settled(explore)
    keep_picture(explore, f"explore-{name}")
    explore.set_viewport_size(NARROW)
    settled(explore)
    wide = explore.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW["width"], "the page moves sideways"


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_axe_finds_nothing_in_either_theme(explore: Page, name: str) -> None:
    choose(explore, "Finished study at this site", name)
    expect(explore.get_by_role("heading", name=STUDIES[name])).to_be_visible()
    settled(explore)
    found = [one for one in audit(explore, name) if not one.is_streamlits]
    assert found == [], words(found)
