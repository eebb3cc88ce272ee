"""Two visitors at once: each sees the face, the regions and the concepts of their own photo."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.acts import choose_sample, expect_explained, settled
from tests.browser.conftest import served, visiting
from tests.tiny_bundle import save_tiny_bundle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WOMAN, MAN = 0, 1  # places among the sample patients
CROP = "The aligned face that the model read"


@pytest.fixture
def quick(tmp_path: Path, records_url: str) -> Iterator[str]:
    """A dashboard whose network explains any face at once: continuous integration can wait."""
    bundle = save_tiny_bundle(tmp_path / "quick", knows_every_picture=True)
    with served(bundle, records_url, engine="torch") as address:
        yield address


def test_two_visitors_never_see_each_others_pictures(browser: Browser, quick: str) -> None:
    with visiting(browser, quick) as page, visiting(browser, quick) as other_page:
        each_sees_their_own(page, other_page)


@pytest.mark.long
def test_two_visitors_of_the_bundle_that_ships(demo_page: Page, other_demo_page: Page) -> None:
    """Four explanations, two of them at the same moment, each with the other's in the line."""
    each_sees_their_own(demo_page, other_demo_page)


def each_sees_their_own(page: Page, other_page: Page) -> None:
    woman, man = _looked_at(page, WOMAN), _looked_at(other_page, MAN)
    assert woman[CROP] != man[CROP]
    # Now each takes the other's patient, at the same moment.
    choose_sample(page, MAN)
    choose_sample(other_page, WOMAN)
    assert _shown(page, woman[CROP]) == man
    assert _shown(other_page, man[CROP]) == woman


def _looked_at(page: Page, who: int) -> dict[str, list[str]]:
    choose_sample(page, who)
    return _shown(page, before=[])


def _shown(page: Page, before: list[str]) -> dict[str, list[str]]:
    """Every picture of an explained photo, by what it is said to show; not those of before."""
    crop = page.get_by_alt_text(CROP)
    for source in before:
        expect(crop).not_to_have_attribute("src", source)
    settled(page)
    expect_explained(page)
    settled(page)
    found: dict[str, list[str]] = {}
    for picture in page.locator('[data-testid=stMain] img[src^="data:"]').all():
        alt, source = picture.get_attribute("alt"), picture.get_attribute("src")
        found.setdefault(alt or "", []).append(source or "")
    return found
