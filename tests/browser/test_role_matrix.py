"""Each role through every page in a browser: what leaves the house, and what is left afterwards."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep, time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from face2bone.bundle import Bundle
from face2bone.drawn.face.samples import sample_patients
from tests.browser.acts import assess_upload, downloaded_report, settled
from tests.browser.conftest import ROOT, served
from tests.browser.provider import Provider, provider, secrets_file, sign_in

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
GONE_SECONDS = 90.0
"""A download is at its address for a minute at most, and the sweep goes every ten seconds."""
PIECE = 48


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
    folders: tuple[Path, ...]
    begun: float


@pytest.fixture
def house(tiny_bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    folders = {name: tmp_path / name for name in ("TMPDIR", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    for name, folder in folders.items():
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    with provider() as directory:
        secrets = secrets_file(tmp_path, directory)
        url = f"sqlite:///{tmp_path / 'records.sqlite'}"
        begun = time()
        with served(tiny_bundle, url, "torch", ["--secrets.files", str(secrets)]) as address:
            yield House(address, directory, (*folders.values(), tmp_path, ROOT), begun)


def headed(page: Page, name: str) -> Locator:
    """The heading of the page of this name."""
    return page.get_by_role("heading", name=HEADINGS[name], exact=True, level=1)


def walk(page: Page, role: str) -> None:
    """Every page that the role sees, by its link; and the others by their address."""
    links = page.get_by_test_id("stTopNavLink")
    expect(links).to_have_text(SEES[role])
    for name in SEES[role]:
        links.filter(has_text=name).first.click()
        expect(headed(page, name)).to_be_visible()
        settled(page)
        assert page.get_by_text("Your role does not allow this").count() == 0, name
    for name in set(SEES["administrator"]) - set(SEES[role]):
        page.goto(f"/{ADDRESSES.get(name, name.lower())}")
        expect(page.get_by_role("dialog")).to_contain_text("Page not found")
        settled(page)
        assert headed(page, name).count() == 0, name
    page.goto("/")  # and out of the window that says there is no such page
    settled(page)


def photo_given(page: Page, photo: bytes) -> None:
    """A patient's photo, assessed, and a report of it with the face in it taken away."""
    assess_upload(page, photo)
    assert downloaded_report(page).startswith(b"%PDF")


def pieces(photo: bytes) -> list[bytes]:
    """Stretches of the compressed picture: any copy of it holds all of them, a torn one some."""
    return [photo[at : at + PIECE] for at in range(700, len(photo) - PIECE, 512)]


def still_there(address: str, paths: set[str], photo: bytes) -> list[str]:
    """Addresses of the public store that still answer with something."""
    found = []
    for path in paths:
        try:
            with urllib.request.urlopen(f"{address}{path}", timeout=20) as answer:  # noqa: S310
                body = answer.read()
        except urllib.error.HTTPError as error:
            error.close()
        else:
            assert not any(piece in body for piece in pieces(photo)), path
            found.append(path)
    return found


def open_files(address: str) -> Iterator[Path]:
    """What the server's process has open, deleted files among it."""
    port = f"--server.port\0{urlsplit(address).port}\0".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if port in (process / "cmdline").read_bytes():
                yield from (process / "fd").iterdir()
        except OSError:
            continue


def written_files(house: House) -> list[Path]:
    """What has been written since the server was started, in its folders and where it runs."""
    found = []
    for folder in house.folders:
        for path in folder.rglob("*"):
            known = ".git" in path.parts or "__pycache__" in path.parts or ".venv" in path.parts
            with suppress(OSError):  # another test's, which is gone by now
                if not known and path.is_file() and path.stat().st_mtime >= house.begun:
                    found.append(path)
    return found


def holds(path: Path, photo: bytes) -> bool:
    """Whether a file has any stretch of the photo."""
    try:
        if not path.is_file():  # a socket, a pipe
            return False
        content = path.read_bytes()
    except OSError:
        return False
    return any(piece in content for piece in pieces(photo))


@pytest.mark.parametrize("role", SEES)
def test_nothing_leaves_the_house_and_nothing_of_the_photo_is_left(
    browser: Browser, house: House, role: str
) -> None:
    photo = sample_patients()[0].photo_bytes()
    seen = Seen(house.address, house.directory.address)
    context = browser.new_context(base_url=house.address)
    seen.watch(context)
    page = context.new_page()
    page.set_default_timeout(90_000)
    page.goto("/")
    sign_in(page, house.directory, "Li Wei", role)
    walk(page, role)
    if "Review" in SEES[role]:
        photo_given(page, photo)
        assert seen.media
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    deadline = monotonic() + GONE_SECONDS
    while (left := still_there(house.address, seen.media, photo)) and monotonic() < deadline:
        sleep(2.0)
    waited = GONE_SECONDS - (deadline - monotonic())
    written, opened = written_files(house), list(open_files(house.address))
    context.close()
    print(
        f"{role}: {seen.inside} requests inside, {len(seen.outside)} outside; {len(seen.media)} "
        f"addresses in /media, {len(left)} left after {waited:.0f} s; {len(written)} files "
        f"written, {len(opened)} open: {sorted({path.name for path in written})}"
    )
    assert seen.inside > 50
    assert seen.outside == []
    assert left == []
    assert opened
    assert [path for path in (*written, *opened) if holds(path, photo)] == []


def test_the_search_finds_a_photo_and_a_piece_of_one(tmp_path: Path) -> None:
    photo = sample_patients()[0].photo_bytes()
    (tmp_path / "whole").write_bytes(b"x" * 99 + photo)
    (tmp_path / "torn").write_bytes(photo[2000:4000])
    (tmp_path / "none").write_bytes(b"x" * 4000)
    assert [holds(tmp_path / name, photo) for name in ("whole", "torn", "none")] == [1, 1, 0]
