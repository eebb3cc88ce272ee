"""Signing in and out in a real browser, with a small identity provider on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from face2bone.bundle import Bundle
from face2bone.records import Records, openings
from tests.browser.conftest import PATIENCE_MS, served
from tests.browser.provider import Provider, provider, secrets_file, sign_in
from tests.records.fill import keep

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def directory() -> Iterator[Provider]:
    with provider() as it:
        yield it


@pytest.fixture
def visitor(
    browser: Browser, directory: Provider, tiny_bundle: Bundle, tmp_path: Path, clinic: Records
) -> Iterator[Page]:
    secrets = secrets_file(tmp_path, directory)
    url = f"sqlite:///{tmp_path / 'records.sqlite'}"
    with served(tiny_bundle, url, "torch", ["--secrets.files", str(secrets)]) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, base_url=address)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto("/")
        yield page
        context.close()


@pytest.fixture
def short_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACE2BONE_IDLE_MINUTES", "1")


@pytest.fixture
def clinic(tmp_path: Path, tiny_bundle: Bundle) -> Iterator[Records]:
    opened = Records(f"sqlite:///{tmp_path / 'records.sqlite'}")
    keep(opened, "P-0007", tiny_bundle.sha256, (0.2, 0.5, 0.3))
    yield opened
    opened.close()


def pages(page: Page) -> list[str]:
    return page.get_by_test_id("stTopNavLink").all_inner_texts()


def test_two_people_at_one_browser(visitor: Page, directory: Provider, clinic: Records) -> None:
    visitor.goto("/follow_up")
    expect(visitor.get_by_text("Nobody is signed in.", exact=False)).to_be_visible()
    assert "P-0007" not in visitor.content()
    sign_in(visitor, directory, "Li Wei", "clinician")
    expect(visitor.get_by_role("heading", name="Review")).to_be_visible()
    assert pages(visitor) == ["Review", "Follow-up", "Model", "Sources", "About"]
    field = visitor.get_by_role("textbox", name="Pseudonym")
    field.fill("P-0007")
    field.press("Enter")
    visitor.get_by_role("button", name="1 saved assessment").click()
    expect(visitor.get_by_text("Saved on", exact=False).first).to_be_visible()
    assert [one.opened_by for one in openings(clinic, "P-0007")] == ["Li Wei"]
    visitor.reload()  # the browser keeps the sign-in
    expect(visitor.get_by_text("Signed in as Li Wei")).to_be_visible()
    visitor.get_by_role("button", name="Sign out").click()
    expect(visitor.get_by_role("button", name="Sign in")).to_be_visible()
    sign_in(visitor, directory, "Wu Min", "researcher")
    expect(visitor.get_by_role("heading", name="Cohort")).to_be_visible()
    assert pages(visitor)[:2] == ["Cohort", "Explore"]
    assert "P-0007" not in visitor.content()


def test_somebody_without_a_role_reads_one_sentence(visitor: Page, directory: Provider) -> None:
    sign_in(visitor, directory, "Ox Tan", "nurse")
    expect(visitor.get_by_text("have no role here", exact=False)).to_be_visible()
    assert pages(visitor) == []


@pytest.mark.long
def test_a_page_that_is_left_open_empties_itself(
    short_time: None, visitor: Page, directory: Provider
) -> None:
    sign_in(visitor, directory, "Li Wei", "clinician")
    expect(visitor.get_by_role("textbox", name="Pseudonym")).to_be_visible()
    expect(visitor.get_by_role("button", name="Sign in")).to_be_visible()  # nobody touched it
    expect(visitor.get_by_role("textbox", name="Pseudonym")).to_have_count(0)
