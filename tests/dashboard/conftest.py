"""The records database and the model of a page under test."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from face2bone.bundle import Bundle
from face2bone.covariates import Rows
from face2bone.dashboard.common import session
from face2bone.dashboard.common.records_desk import shared_records
from face2bone.explain.baselines import Baseline
from face2bone.explain.coalitions import all_coalitions
from face2bone.explain.owen import CellAttribution, quarters
from face2bone.explain.shapley import RegionAttribution
from face2bone.modalities.face import AlignedFace
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.parts import Part
from face2bone.records import Records
from face2bone.runtime import Engine, OodVerdict, Prediction, predict
from face2bone.settings import get_settings


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Put the main module back.

    Streamlit's runner makes its script the main module, and a later test's worker processes
    would begin by running that script.
    """
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture
def records(fresh_settings: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Records]:
    """The database that the pages of this test use."""
    fresh_settings.setenv("FACE2BONE_RECORDS", f"sqlite:///{tmp_path / 'records.sqlite'}")
    shared_records.clear()
    opened = shared_records()
    yield opened
    opened.close()
    shared_records.clear()


@pytest.fixture
def tiny_model(fresh_settings: pytest.MonkeyPatch, tiny_bundle: Bundle) -> Iterator[Bundle]:
    """The pages of this test use a network that answers at once, and region games drawn at random.

    The 1,024 passes of a game are tested in tests/explain; here they would only take time.
    """
    monkeypatch = fresh_settings
    monkeypatch.setenv("FACE2BONE_BUNDLE", str(tiny_bundle.root))
    monkeypatch.setenv("FACE2BONE_ENGINE", "torch")
    get_settings.cache_clear()  # which opening the records has read
    for of_what in ("assess", "apparent_age"):
        monkeypatch.setattr(f"face2bone.{of_what}.region_shapley", drawn_game)
    monkeypatch.setattr("face2bone.assess.region_cells", drawn_cells)
    monkeypatch.setattr("face2bone.assess.predict", inside)
    for shared in (session.loaded_bundle, session.loaded_assessor):
        shared.clear()
    yield tiny_bundle
    for shared in (session.loaded_bundle, session.loaded_assessor):
        shared.clear()


@pytest.fixture
def bundle_root(
    tiny_bundle: Bundle, tmp_path: Path, fresh_settings: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A copy of a small bundle, with nothing kept beside it, loaded by the page."""
    root = Path(shutil.copytree(tiny_bundle.root, tmp_path / "bundle"))
    fresh_settings.setenv("FACE2BONE_BUNDLE", str(root))
    fresh_settings.setenv("FACE2BONE_ENGINE", "torch")
    st.cache_resource.clear()
    yield root
    st.cache_resource.clear()


def inside(
    engine: Engine, bundle: Bundle, aligned: AlignedFace, beside: Rows | None = None
) -> Prediction:
    """What ``predict`` returns, in domain: the pictures of this bundle were noise, not faces."""
    return replace(
        predict(engine, bundle, aligned, beside), out_of_domain=OodVerdict(0.5, 1.0, False)
    )


def drawn_cells(
    _: object,
    aligned: AlignedFace,
    fill: Baseline,
    attribution: RegionAttribution,
    region: Part,
    progress: Callable[[float], None],
) -> CellAttribution:
    """What ``region_cells`` returns, with a quarter of the region's value for each."""
    index = FACE_PARTS.index(region)
    progress(0.5)
    values = np.tile(attribution.values[index] / 4, (4, 1))
    return CellAttribution(region, values, quarters(aligned.part_map == index), fill.name)


def drawn_game(
    _network: object,
    aligned: AlignedFace,
    fill: Baseline,
    progress: Callable[[float], None],
    _watch: object = None,
) -> RegionAttribution:
    """What ``region_shapley`` returns: regions' worth that the photo decides, and a fill's noise.

    The fills agree, so that the explanation passes its own check.
    """
    seed = int(aligned.pixels.sum())
    worth = np.random.default_rng(seed).normal(size=(10, 3))
    noise = np.random.default_rng(seed + len(fill.name)).normal(0.0, 0.05, (1024, 3))
    progress(0.5)
    return RegionAttribution(all_coalitions(10) @ worth + noise, fill.name, FACE_PARTS)
