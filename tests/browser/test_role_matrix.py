"""Each role through every page in a browser: what leaves the house, and what is left afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from face2bone.bundle import Bundle
from face2bone.drawn.face.samples import sample_patients
from tests.browser.acts import assess_upload, downloaded_report, settled
from tests.browser.conftest import ROOT, served
from tests.browser.provider import Provider, provider, secrets_file, sign_in
from tests.browser.traces import (
    Face,
    answers,
    forms_of,
    open_files,
    pictures_of,
    written_since,
)
from tests.tiny_bundle import save_tiny_bundle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEES = {
    "clinician": ["Review", "Follow-up", "Model", "Sources", "About"],
    "researcher": ["Cohort", "Explore", "Follow-up", "Model", "Sources", "About"],
    "administrator": ["Review", "Cohort", "Explore", "Follow-up", "Model", "Sources", "About"],
}
HEADINGS = {
    "Review": "Review",
    "Cohort": "Cohort",
    "Explore": "Explore a cohort",
    "Follow-up": "Follow-up: what DXA found",
    "Model": "The model",
    "Sources": "Where the rules come from",
    "About": "About Face2Bone",
}
"""What stands at the head of each page, and of no other."""
ADDRESSES = {"Follow-up": "follow_up"}
"""Of pages whose address is not their name in small letters."""


@dataclass
class Seen:
    """Addresses that a browser asked for, by whom they belong to."""

    app: str
    directory: str
    inside: int = 0
    outside: list[str] = field(default_factory=list)
    media: set[str] = field(default_factory=set)

    def watch(self, context: BrowserContext) -> None:
        """Every request and every websocket of every page from now on."""
        context.on("request", lambda one: self.note(one.url))
        context.on("page", lambda page: page.on("websocket", lambda one: self.note(one.url)))

    def note(self, url: str) -> None:
        at = urlsplit(url)
        if at.scheme in ("data", "blob"):
            return
        if at.netloc in (urlsplit(self.app).netloc, urlsplit(self.directory).netloc):
            self.inside += 1
        else:
            self.outside.append(url)
        if at.path.startswith("/media/"):  # what visitors bring; /static/media has fonts
            self.media.add(at.path)


@dataclass
class House:
    """A dashboard with sign-in, and every folder that its process may write to."""

    address: str
    directory: Provider
    bundle: Bundle
    folders: tuple[Path, ...]
    begun: float


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    bundle = save_tiny_bundle(tmp_path / "bundle", knows_every_picture=True)
    folders = {name: tmp_path / name for name in ("TMPDIR", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    for name, folder in folders.items():
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    with provider() as directory:
        secrets = secrets_file(tmp_path, directory)
        url = f"sqlite:///{tmp_path / 'records.sqlite'}"
        begun = time()
        with served(bundle, url, "torch", ["--secrets.files", str(secrets)]) as address:
            yield House(address, directory, bundle, (*folders.values(), tmp_path, ROOT), begun)


def headed(page: Page, name: str) -> Locator:
    """The heading of the page of this name."""
    return page.get_by_role("heading", name=HEADINGS[name], exact=True, level=1)


def walk(page: Page, role: str) -> int:
    """Every page that the role sees, by its link, and the others by their address: so many."""
    links = page.get_by_test_id("stTopNavLink")
    expect(links).to_have_text(SEES[role])
    for name in SEES[role]:
        links.filter(has_text=name).first.click()
        expect(headed(page, name)).to_be_visible()
        settled(page)
        assert page.get_by_text("Your role does not allow this").count() == 0, name
    refused = set(SEES["administrator"]) - set(SEES[role])
    for name in refused:
        page.goto(f"/{ADDRESSES.get(name, name.lower())}")
        expect(page.get_by_role("dialog")).to_contain_text("Page not found")
        settled(page)
        assert headed(page, name).count() == 0, name
    page.goto("/")  # and out of the window that says there is no such page
    settled(page)
    return len(refused)


def photo_given(page: Page, photo: bytes) -> bytes:
    """A patient's photo, assessed, and the report with the face in it, taken away."""
    assess_upload(page, photo)
    report = downloaded_report(page, with_face=True)
    assert report.startswith(b"%PDF")
    return report


def looked_for(house: House, paths: set[str], photo: bytes, report: bytes) -> Face:
    """What has to be gone, after the search has found it where it is.

    At its address, before sign-out; and in a file that somebody might have left on the disk.
    """
    in_report = pictures_of(report)
    assert in_report, "the box was not ticked"
    face = Face(forms_of(photo, house.bundle) | in_report)
    there = answers(house.address, paths)
    assert [path for path, body in there.items() if face.forms_in(body)] == sorted(paths)
    left = house.folders[0] / "left.pdf"
    left.write_bytes(report)
    assert face.files_among(written_since(house.begun, house.folders)) == [left]
    left.unlink()
    return face


@pytest.mark.parametrize("role", SEES)
def test_nothing_leaves_the_house_and_nothing_of_the_photo_is_left(
    browser: Browser, house: House, role: str
) -> None:
    photo, face = sample_patients()[0].photo_bytes(), None
    seen = Seen(house.address, house.directory.address)
    context = browser.new_context(base_url=house.address)
    seen.watch(context)
    page = context.new_page()
    page.set_default_timeout(90_000)
    page.goto("/")
    sign_in(page, house.directory, "Li Wei", role)
    refused = walk(page, role)
    if "Review" in SEES[role]:
        report = photo_given(page, photo)
        assert len(seen.media) == 1  # the report's address, and of no picture
        face = looked_for(house, seen.media, photo, report)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    left = answers(house.address, seen.media)  # at once: no sweep comes within a second
    written, opened = written_since(house.begun, house.folders), list(open_files(house.address))
    context.close()
    print(
        f"{role}: {len(SEES[role])} pages seen, {refused} addresses refused; requests: "
        f"{seen.inside} inside, {len(seen.outside)} outside; addresses in /media: "
        f"{len(seen.media)}, left: {len(left)}; files: {len(written)} written, {len(opened)} open: "
        f"{sorted({path.name for path in written})}"
    )
    assert seen.inside > 50
    assert seen.outside == []
    assert left == {}
    assert opened
    if face is not None:
        assert face.files_among((*written, *opened)) == []
