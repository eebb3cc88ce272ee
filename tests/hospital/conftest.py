"""The knee and hand models that ship, an archive, and folders, for every test of the listener."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from face2bone.hospital.connection import Destination, Listening
from face2bone.hospital.folders import Folders
from face2bone.hospital.models import Models, load_models
from face2bone.hospital.service import Service
from face2bone.settings import Settings
from tests.hospital.pacs import ARCHIVE, LOOPBACK, Archive

MODELS = Path(__file__).resolve().parents[2] / "models"
Listen = Callable[..., int]


@pytest.fixture(scope="session")
def models() -> Models:
    others = (MODELS / "hand-demo", MODELS / "nowhere", MODELS / "demo")
    return load_models(Settings(bundle=MODELS / "knee-demo", other_bundles=others))


@pytest.fixture
def archive() -> Iterator[Archive]:
    archive = Archive()
    archive.start()
    yield archive
    archive.stop()


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "listen")


@pytest.fixture
def listen(archive: Archive, folders: Folders, models: Models) -> Iterator[Listen]:
    """Starts a whole listener that answers into the archive; returns its port."""
    with ExitStack() as running:

        def start(**choices: object) -> int:
            return running.enter_context(
                Service(listening(archive, **choices), folders, models).running()
            )

        yield start


def listening(archive: Archive, **choices: object) -> Listening:
    """At a free port, for the caller PACS, with waits of a tenth of a second."""
    destination = Destination(ARCHIVE, LOOPBACK, archive.port)
    usual = {"port": 0, "first_wait": 0.1, "longest_wait": 0.2}
    return Listening("FACE2BONE", ("PACS",), destination, **(usual | choices))  # type: ignore[arg-type]
