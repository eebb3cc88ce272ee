"""Fixtures every test may ask for; modules are imported only by the fixture that needs them."""

from __future__ import annotations

import importlib.util
import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import settings

if TYPE_CHECKING:
    from face2bone.assess import Assessor
    from face2bone.assessment import Assessment
    from face2bone.bundle import Bundle
    from face2bone.modalities.photo import Photo

ROOT = Path(__file__).resolve().parent.parent
DEMO_BUNDLE = ROOT / "models" / "demo"
LONG_TESTS = ROOT / "tests" / "long"

# One drawn woman of 67 stands for all drawn faces where any face will do.
DRAWN_PHOTO_SEED = 20_260_101

# A machine that does something else as well is slow now and then, and a slow case is no fault.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

# No test opens a connection by way of a library's own reporting.
os.environ.setdefault("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if LONG_TESTS in item.path.parents:
            item.add_marker(pytest.mark.long)


def pytest_sessionfinish() -> None:
    """Let jobs of pages end: a thread within torch brings the whole process down when it is cut."""
    for thread in threading.enumerate():
        if thread.name in ("job", "load"):
            thread.join(10)


@pytest.fixture(scope="session", autouse=True)
def own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Marks of the databases of tests are left in a folder of theirs."""
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Moves this computer to a time zone, such as "Pacific/Auckland", until the test is over."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="session")
def astronaut_photo() -> Photo:
    """A real face, 512 x 512, that scikit-image carries in its wheel."""
    from skimage.data import astronaut

    from face2bone.modalities.photo import photo_from_pixels

    return photo_from_pixels(astronaut())


@pytest.fixture(scope="session")
def drawn_photo() -> Photo:
    """A drawn face, 256 x 256, neutral in every ageing parameter."""
    import numpy as np

    from face2bone.drawn.face.parameters import Ageing, draw_parameters
    from face2bone.drawn.face.render import draw_face
    from face2bone.modalities.photo import photo_from_pixels
    from face2bone.patient import Sex

    rng = np.random.default_rng(DRAWN_PHOTO_SEED)
    neutral = Ageing(orbit=0.0, maxilla=0.0, nasolabial=0.0, jaw=0.0, temple=0.0, wrinkle=0.0)
    parameters = draw_parameters(rng, Sex.FEMALE, 67.0, 0.0, neutral)
    return photo_from_pixels(draw_face(parameters, size=256).pixels)


@pytest.fixture(scope="session")
def demo_bundle() -> Bundle:
    """The bundle that ships, read once."""
    if not (DEMO_BUNDLE / "card.yaml").is_file():
        pytest.skip("models/demo holds no bundle; `make train-demo` trains one")
    from face2bone.bundle import load_bundle

    return load_bundle(DEMO_BUNDLE)


@pytest.fixture(scope="session")
def assessor(demo_bundle: Bundle) -> Assessor:
    """The assessor of the bundle that ships."""
    from face2bone.assess import Assessor

    return Assessor(demo_bundle)


@pytest.fixture(scope="session")
def assessed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Assessment, list[str]]:
    """The first sample patient's assessment, and the steps it reported.

    It takes long, so the first process that asks for it makes it and the others read it.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # of this run and of all its workers
    kept = folder / "assessed.pickle"
    with FileLock(folder / "assessed.lock"):
        if not kept.is_file():
            kept.write_bytes(pickle.dumps(assess_sample(request.getfixturevalue("assessor"))))
        found: tuple[Assessment, list[str]] = pickle.loads(kept.read_bytes())  # noqa: S301
    return found


def assess_sample(assessor: Assessor) -> tuple[Assessment, list[str]]:
    from face2bone.drawn.face.samples import sample_patients

    sample, steps = sample_patients()[0], list[str]()
    found = assessor.assess(sample.photo_bytes(), sample.patient, lambda s, *_: steps.append(s))
    return found, steps


@pytest.fixture(scope="session")
def assessment(assessed: tuple[Assessment, list[str]]) -> Assessment:
    """The first sample patient's assessment by the bundle that ships."""
    return assessed[0]


@pytest.fixture
def fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings read anew, from an environment without any FACE2BONE_ variable."""
    from face2bone.settings import ENV_PREFIX, get_settings

    for name in [name for name in os.environ if name.startswith(ENV_PREFIX)]:
        monkeypatch.delenv(name)
    get_settings.cache_clear()
    yield monkeypatch
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """What ``save_tiny_bundle`` makes."""
    from tests.tiny_bundle import save_tiny_bundle

    return save_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")


@pytest.fixture
def needs_ray() -> None:
    """Ray is an extra: a test of it is skipped where it is not installed, unless
    FACE2BONE_REQUIRE_RAY is set (continuous integration).
    """
    if importlib.util.find_spec("ray") is None:
        message = "Ray is not installed; `pip install -r requirements-cluster.txt` runs this too"
        if os.environ.get("FACE2BONE_REQUIRE_RAY"):
            pytest.fail(message)
        pytest.skip(message)
