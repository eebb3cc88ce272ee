"""A face age bundle goes to disk and comes back; what is wrong with one is said in a sentence."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import torch

from face2bone.bundle import Bundle, OodReference, load_bundle
from face2bone.bundle.years_bundle import (
    Band,
    YearsBundle,
    YearsCard,
    YearsContents,
    YearsFacts,
    load_years_bundle,
    save_years_bundle,
)
from face2bone.errors import BundleCorrupt, BundleMissing, WrongStudy
from face2bone.modalities.face import FACE_INPUT
from face2bone.modalities.face.chip import CHIP_INPUT
from face2bone.nn.resnet10 import ResNet10, ResNet10Config
from face2bone.nn.sface import SFace, SFaceSettings
from face2bone.tasks.years import GapFit, YearsInterval

FACTS = YearsFacts(
    interval=YearsInterval(2.5, 0.1, 400),
    gap=GapFit(10.0, 0.8, 1.0, 5.0, 400),
    bands=(Band(0.0, 40.0, 200, 5.0, 1.0, 0.9), Band(40.0, 81.0, 200, 6.0, -1.0, 0.91)),
    measured_on="400 toy people",
)
CARD = YearsCard(
    name="toy-age",
    version="1.0.0",
    status="research",
    created_on=date(2026, 11, 29),
    network="resnet10",
    settings={},
    cohort="nobody",
    low=0,
    high=80,
    answer="median",
    input=CHIP_INPUT,
    limits=("A toy.",),
    provenance={"licence": "Apache-2.0"},
    results={},
)


def contents(**changes: object) -> YearsContents:
    torch.manual_seed(1)
    ood = OodReference(np.zeros(256, np.float32), np.eye(256, dtype=np.float32), 9.0, 0.99, 400)
    made = YearsContents(
        state=ResNet10(ResNet10Config(81)).state_dict(),
        facts=FACTS,
        mean_picture=np.full((64, 64, 3), 120, np.uint8),
        ood=ood,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> YearsBundle:
    return save_years_bundle(tmp_path_factory.mktemp("age") / "toy", CARD, contents())


@pytest.fixture
def copied(saved: YearsBundle, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved.root, tmp_path / "copy"))


def reseal(folder: Path, change: Callable[[str], str]) -> None:
    body = change((folder / "card.yaml").read_text("utf-8").rpartition("card_sha256: ")[0]).encode()
    seal = b"card_sha256: " + hashlib.sha256(body).hexdigest().encode() + b"\n"
    (folder / "card.yaml").write_bytes(body + seal)


def forge(folder: Path, name: str, data: bytes) -> None:
    old = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / name).write_bytes(data)
    reseal(folder, lambda text: text.replace(old, hashlib.sha256(data).hexdigest()))


def test_it_comes_back_as_it_was(saved: YearsBundle) -> None:
    again = load_years_bundle(saved.root)
    assert (again.facts, again.sha256) == (FACTS, saved.sha256)
    assert replace(again.card, files={}) == CARD
    assert again.ood is not None
    assert again.ood.threshold == 9.0
    x = torch.rand(1, 3, 64, 64)
    torch.testing.assert_close(again.network(x), saved.network(x))


def test_it_may_lack_interval_gap_and_reference(tmp_path: Path) -> None:
    bare = YearsFacts(interval=None, gap=None, bands=(), measured_on="nobody")
    made = save_years_bundle(tmp_path / "bare", CARD, contents(facts=bare, ood=None))
    assert made.ood is None
    assert made.facts == bare
    assert "ood.safetensors" not in made.card.files


@pytest.mark.parametrize("name", ["model.safetensors", "years.json", "mean_face.safetensors"])
def test_a_changed_byte_is_found(copied: Path, name: str) -> None:
    data = bytearray((copied / name).read_bytes())
    data[-1] ^= 1
    (copied / name).write_bytes(bytes(data))
    with pytest.raises(BundleCorrupt, match="differs from the hash"):
        load_years_bundle(copied)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("years.json", b"{}"),
        ("years.json", json.dumps({"interval": None, "gap": None, "bands": 3}).encode()),
        ("mean_face.safetensors", b"no array"),
        ("model.safetensors", b""),
        ("ood.safetensors", b"\x00" * 20),
    ],
)
def test_a_file_that_holds_something_else_is_named(copied: Path, name: str, data: bytes) -> None:
    forge(copied, name, data)
    with pytest.raises(BundleCorrupt, match=name.replace(".", r"\.")):
        load_years_bundle(copied)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("high: 80", "high: 0", "do not run from low to high"),
        ("high: 80", "high: 4000", "do not run from low to high"),
        ("network: resnet10", "network: vgg", "network"),
        ("high: 80", "high: 60", "do not fit the network"),
        ("settings: {}", "settings: {width: 1.0}", "do not fit the network"),
        ("height: 64", "height: 32", "not of the input"),
        ("answer: median", "answer: mode", "answer"),
        ("name: toy-age", "name: toy-age\nextra: 1", "extra"),
    ],
)
def test_a_card_that_contradicts_itself_is_refused(
    copied: Path, old: str, new: str, match: str
) -> None:
    reseal(copied, lambda text: text.replace(old, new))
    with pytest.raises(BundleCorrupt, match=match):
        load_years_bundle(copied)


def test_a_broken_seal_and_a_missing_folder(copied: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleMissing, match="FACE2BONE_FACE_AGE"):
        load_years_bundle(tmp_path / "nowhere")
    card = copied / "card.yaml"
    card.write_text(card.read_text("utf-8").replace("toy-age", "toy-old"), "utf-8")
    with pytest.raises(BundleCorrupt, match="not the hash of the rest"):
        load_years_bundle(copied)


def test_each_kind_of_bundle_says_where_the_other_belongs(
    saved: YearsBundle, tiny_bundle: Bundle
) -> None:
    with pytest.raises(WrongStudy, match="nothing of bone"):
        load_bundle(saved.root)
    with pytest.raises(WrongStudy, match="study face_age"):
        load_years_bundle(tiny_bundle.root)


def test_drawn_faces_only_make_a_demo() -> None:
    with pytest.raises(BundleCorrupt, match="only make a demo"):
        replace(CARD, generator_version="1.0.0")


def test_a_network_that_began_from_sface_is_held_as_any_other(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = SFace(SFaceSettings(dropout=0.2, outputs=81)).eval()
    settings = {name: v for name, v in network.config.to_dict().items() if name != "outputs"}
    card = replace(CARD, network="sface", settings=settings, input=FACE_INPUT)
    face = np.full(FACE_INPUT.picture_shape, 120, np.uint8)
    made = contents(state=network.state_dict(), mean_picture=face, ood=None)
    read = save_years_bundle(tmp_path / "own", card, made).network
    x = torch.zeros(1, *FACE_INPUT.shape)
    torch.testing.assert_close(read(x), network(x))
