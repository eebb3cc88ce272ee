"""Stages that teach ages: what moves, by how much, and where a stopped stage goes on."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.crops import FACES
from face2bone.errors import TrainingError
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.nn.sface import SFace, SFaceSettings
from face2bone.progress import silent
from face2bone.tasks.years import YearsTask
from face2bone.training.recipe import read_recipe
from face2bone.training.years import AgedPhotos, Lesson, Stage, _optimizer, learn, outputs

TASK = YearsTask(20, 90)
HEAD = Stage("head", 1, 0.01, 0.0, False)
BALANCED = Stage("balanced", 2, 5e-4, 0.1, True)
LESSON = Lesson(TASK, read_recipe("compact").augmentation, 3, (HEAD, BALANCED))


def network() -> Face2Bone:
    torch.manual_seed(3)
    config = NetworkConfig(width=1 / 32, fsa="off", transformer="off", head="linear")
    return Face2Bone(config.__class__(**vars(config) | {"outputs": TASK.outputs}))


@pytest.fixture(scope="module")
def faces(
    make_store: Callable[..., CropStore], tmp_path_factory: pytest.TempPathFactory
) -> AgedPhotos:
    store = make_store(tmp_path_factory.mktemp("years"), 33)
    index = store.index.assign(age_years=np.linspace(25.0, 85.0, 33), sex=["F", "M", "F"] * 11)
    return AgedPhotos.of(CropStore(store.folder, index, store.crops, store.region_maps, FACES))


def test_photos_are_the_rows_of_a_store(faces: AgedPhotos) -> None:
    some = faces.some(np.array([4, 1]))
    assert list(some.store.index["patient_id"]) == ["p4", "p1"]
    assert some.ages.tolist() == faces.ages[[4, 1]].tolist()
    assert some.is_male.tolist() == [True, True]
    assert some.store.rows.tolist() == [4, 1]


def test_a_person_of_several_photos_is_one_person(faces: AgedPhotos) -> None:
    index = faces.store.index.assign(patient_id=["p0", "p1", "p0", "p1"] + ["p2"] * 29)
    twice = AgedPhotos(replace(faces.store, index=index), faces.ages, faces.is_male)
    each = twice.one_a_person()
    assert list(each.store.index["patient_id"]) == ["p0", "p1", "p2"]
    assert each.store.rows.tolist() == [0, 1, 4]
    assert each.ages.tolist() == faces.ages[[0, 1, 4]].tolist()


def test_the_balanced_stage_moves_the_trunk_at_a_tenth_of_the_rate() -> None:
    made = network()
    head, trunk = _optimizer(made, BALANCED).param_groups
    assert trunk["lr"] == pytest.approx(0.1 * head["lr"])
    assert all(p.requires_grad for p in made.backbone.parameters())
    (only,) = _optimizer(made, HEAD).param_groups
    assert {id(p) for p in only["params"]} == {id(p) for p in head["params"]}
    assert not any(p.requires_grad for p in made.backbone.parameters())


def test_what_lies_below_a_pretrained_trunks_cut_is_never_moved() -> None:
    made = SFace(SFaceSettings(dropout=0.0, outputs=TASK.outputs))
    _, trunk = _optimizer(made, BALANCED).param_groups
    below, above = made.pretrained()
    moved = {id(p) for p in trunk["params"]}
    assert {id(p) for p in above} <= moved
    assert not moved & {id(p) for p in below}
    assert not any(p.requires_grad for p in below)


@pytest.mark.parametrize("cached", [True, False])
def test_a_head_learns_on_a_trunk_that_stays_as_it_is(
    faces: AgedPhotos, cached: bool, tmp_path: Path
) -> None:
    made = network().eval()
    before = {name: value.clone() for name, value in made.named_parameters()}
    learn(made, faces, HEAD, replace(LESSON, cached=cached), tmp_path)
    moved = {name for name, v in made.named_parameters() if not torch.equal(v, before[name])}
    assert moved
    assert all(name.startswith(("classifier.", "bound.")) for name in moved)
    logits, features = outputs(made, faces)
    assert logits.shape == (33, TASK.outputs)
    assert features.shape == (33, made.cut_channels)


@pytest.mark.slow
def test_a_stage_that_was_stopped_goes_on_to_the_same_weights(
    faces: AgedPhotos, tmp_path: Path
) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "broken").mkdir()
    whole, first, second = network(), network(), network()
    learn(whole, faces, BALANCED, LESSON, tmp_path / "whole")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn(first, faces, BALANCED, LESSON, tmp_path / "broken", stop)
    told: list[tuple[object, ...]] = []
    learn(second, faces, BALANCED, LESSON, tmp_path / "broken", lambda *said: told.append(said[:3]))
    assert told == [("balanced", 2, 2)]
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(second.state_dict()[name], value)


def marks() -> dict[str, bytes]:
    """Files that a disk or a person may leave where a stage keeps its state."""

    def saved(what: object) -> bytes:
        held = io.BytesIO()
        torch.save(what, held)
        return held.getvalue()

    made = network()
    whole = {"network": made.state_dict(), "optimizer": _optimizer(made, HEAD).state_dict()}
    return {
        "no weights": b"no weights",
        "emptied": b"",
        "truncated": saved(whole | {"epochs": 1})[:-400],
        "a list": saved([1, 2]),
        "a tensor": saved(torch.zeros(3)),
        "no network": saved(whole | {"epochs": 1, "network": 7}),
        "no optimiser": saved(whole | {"epochs": 1, "optimizer": None}),
        "other parameters": saved(whole | {"epochs": 1, "optimizer": {"param_groups": 3}}),
        "no count": saved(whole),
        "a strange count": saved(whole | {"epochs": [1]}),
    }


@pytest.mark.parametrize("damage", marks())
def test_a_damaged_mark_is_a_sentence(faces: AgedPhotos, tmp_path: Path, damage: str) -> None:
    (tmp_path / "head.pt").write_bytes(marks()[damage])
    with pytest.raises(TrainingError, match=r"head\.pt of this run is damaged"):
        learn(network(), faces, HEAD, LESSON, tmp_path, silent)


def test_what_a_stage_draws_is_its_place_and_not_its_name() -> None:
    renamed = replace(BALANCED, name="even")
    lesson = replace(LESSON, stages=(HEAD, renamed))
    assert lesson.place(renamed) == LESSON.place(BALANCED) == 1
    with pytest.raises(ValueError, match="not in tuple"):
        LESSON.place(renamed)
