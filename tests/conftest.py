"""Fixtures every test may ask for; modules are imported only by the fixture that needs them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from face2bone.bundle import Bundle
    from face2bone.photo import Photo

ROOT = Path(__file__).resolve().parent.parent
DEMO_BUNDLE = ROOT / "models" / "demo"
LONG_TESTS = ROOT / "tests" / "long"

# One drawn woman of 67 stands for all drawn faces where any face will do.
DRAWN_PHOTO_SEED = 20_260_101

# No test opens a connection by way of a library's own reporting.
os.environ.setdefault("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if LONG_TESTS in item.path.parents:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def astronaut_photo() -> Photo:
    """A real face, 512 x 512, that scikit-image carries in its wheel."""
    from skimage.data import astronaut

    from face2bone.photo import photo_from_pixels

    return photo_from_pixels(astronaut())


@pytest.fixture(scope="session")
def drawn_photo() -> Photo:
    """A drawn face, 256 x 256, neutral in every ageing parameter."""
    import numpy as np

    from face2bone.cohort.synthetic.parameters import Ageing, draw_parameters
    from face2bone.cohort.synthetic.render import draw_face
    from face2bone.patient import Sex
    from face2bone.photo import photo_from_pixels

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


@pytest.fixture
def fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings read anew, from an environment without any FACE2BONE_ variable."""
    from face2bone.settings import ENV_PREFIX, get_settings

    for name in [name for name in os.environ if name.startswith(ENV_PREFIX)]:
        monkeypatch.delenv(name)
    get_settings.cache_clear()
    yield monkeypatch
    get_settings.cache_clear()
