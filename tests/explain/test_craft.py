"""Concepts of a network with planted ones: three colours, each on its own feature channels.

The planted engine averages each colour over 16 x 16 pixels around the map's centres and
spreads it over four channels of its own. A face is lit red where one concept is, blue where
another; so presence, location and importance are known.
"""

import dataclasses

import numpy as np
import pytest

from face2bone.bone import CLASS_LABELS
from face2bone.bundle import ConceptBank
from face2bone.drawn.face.patients import draw_patient, patient_face
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.worlds import World
from face2bone.errors import TrainingError
from face2bone.explain.craft import (
    concept_coefficients,
    concept_importance,
    explain_concepts,
    fit_concepts,
)
from face2bone.modalities.face import FACE_INPUT, find_face
from face2bone.modalities.face.parts import (
    FACE_PARTS,
    FOREHEAD,
    MANDIBULAR_LEFT,
    MANDIBULAR_RIGHT,
    MIDFACE_LEFT,
    MIDFACE_RIGHT,
)
from face2bone.modalities.photo import photo_from_pixels
from face2bone.nn.inception_resnet_v1 import STAGES
from face2bone.runtime import TorchEngine, network_input

CHANNELS = 12
LOADINGS = np.zeros((3, CHANNELS), dtype=np.float32)
for _colour in range(3):
    LOADINGS[_colour, 4 * _colour : 4 * _colour + 4] = np.array([3, 2, 1, 1]) / np.sqrt(15)
RED, GREEN, BLUE = range(3)
FACE = (FACE_PARTS, CLASS_LABELS)


class PlantedEngine:
    """Features: how far each colour is above the mask grey, on its own channels."""

    input, stages = FACE_INPUT, STAGES

    def __init__(self):
        self.head_passes = 0

    def features(self, x):
        centres = STAGES.cut.rows.astype(int)
        blocks = [[x[:, :, r - 8 : r + 8, c - 8 : c + 8].mean(axis=(2, 3)) for c in centres]
                  for r in centres]  # fmt: skip
        colours = np.maximum(np.array(blocks).transpose(2, 3, 0, 1), 0)
        return np.einsum("bkhw,kc->bchw", colours, LOADINGS).astype(np.float32)

    def head(self, features):
        """Class 0 reads red alone, class 1 red and blue alike, class 2 nothing."""
        self.head_passes += len(features)
        colours = np.einsum("bchw,kc->bk", features, LOADINGS)
        red, blue = colours[:, RED], colours[:, BLUE]
        return np.stack([2 * red, 3 - red - blue, np.full(len(red), 0.5)], axis=1)

    def logits(self, x):
        return self.head(self.features(x))


def lit(face, lights):
    """The face grey but for regions lit in a colour: {(region, colour): strength 0..1}."""
    crop = np.full((160, 160, 3), 127, dtype=np.uint8)
    for (region, colour), strength in lights.items():
        crop[face.part_map == FACE_PARTS.index(region), colour] = 127 + round(128 * strength)
    return dataclasses.replace(face, pixels=crop)


@pytest.fixture(scope="module")
def engine():
    return PlantedEngine()


@pytest.fixture(scope="module")
def bank():
    """The planted loadings as a bank, red before blue before green."""
    return ConceptBank(
        basis=LOADINGS[[RED, BLUE, GREEN]],
        importance=np.zeros((3, 3), np.float32),
        presence_scale=np.full(3, 0.1, np.float32),
        exemplars=np.zeros((3, 0, 48, 48, 3), np.uint8),
        names=("red", "blue", "green"),
        region_tags=("", "", ""),
        description=("", "", ""),
    )


@pytest.fixture(scope="module")
def cohort(face):
    """Sixty faces: red in both nasolabial regions, blue in the forehead, green in the chin."""
    rng = np.random.default_rng(0)
    faces = [
        lit(
            face,
            {
                (MIDFACE_LEFT, RED): red,
                (MIDFACE_RIGHT, RED): red,
                (FOREHEAD, BLUE): blue,
                (MANDIBULAR_LEFT, GREEN): green,
            },
        )
        for red, blue, green in rng.uniform(0, 1, (60, 3))
    ]
    crops = np.stack([f.pixels for f in faces])
    return crops, np.repeat(face.part_map[None], 60, axis=0)


@pytest.fixture(scope="module")
def fitted(engine, cohort):
    return fit_concepts(engine, *cohort, *FACE, n_concepts=3, exemplars=4)


def test_presence_rises_with_the_concept_and_is_nought_without_it(engine, bank, face):
    def presence(strength):
        photo = lit(face, {(MIDFACE_LEFT, RED): strength})
        return explain_concepts(bank, engine, photo).presence

    none, half, full = presence(0.0), presence(0.5), presence(1.0)
    assert (none == 0).all()
    assert full[0] == pytest.approx(2 * half[0], rel=0.01)
    assert half[0] > 0
    assert np.abs(full[1:]).max() < 1e-6


def test_location_is_where_the_light_is_and_never_outside_the_face(engine, bank, face):
    photo = lit(face, {(MIDFACE_LEFT, RED): 1.0, (FOREHEAD, BLUE): 1.0})
    location = explain_concepts(bank, engine, photo).location
    assert location.shape == (3, 160, 160)
    assert location.dtype == np.float32
    assert location.min() >= 0
    assert location.max() <= 1
    assert (location[:, ~face.mask] == 0).all()
    for concept, region in ((0, MIDFACE_LEFT), (1, FOREHEAD)):
        there = face.part_map == FACE_PARTS.index(region)
        far = face.mask & (face.part_map == FACE_PARTS.index(MANDIBULAR_RIGHT))
        assert location[concept, there].mean() > 4 * location[concept, far].mean()
    assert location[2].max() < 1e-6


def test_a_trace_of_a_concept_is_not_lit_up_as_if_it_were_strong(engine, bank, face):
    trace = lit(face, {(MIDFACE_LEFT, RED): 0.05})
    assert 0 < explain_concepts(bank, engine, trace).location[0].max() < 0.6


def test_importance_is_the_share_of_the_logit_s_variance(engine, bank, face):
    photo = lit(face, {(MIDFACE_LEFT, RED): 1.0, (FOREHEAD, BLUE): 1.0})
    found = explain_concepts(bank, engine, photo)
    summed = found.coefficients.sum(axis=(1, 2))
    variance = summed[:2] ** 2 / (summed[:2] ** 2).sum()
    assert found.importance.shape == (3, 3)
    assert found.importance[:, 0] == pytest.approx([1, 0, 0], abs=0.02)
    assert found.importance[:2, 1] == pytest.approx(variance, rel=0.05)
    assert (found.importance[:, 2] == 0).all()
    assert (found.importance[2] < 1e-9).all()
    assert (np.abs(found.importance[:2, 1] - variance) < 2 * found.importance_error[:2, 1]).all()


def test_an_importance_is_said_with_its_range(engine, bank, face):
    found = explain_concepts(bank, engine, lit(face, {(FOREHEAD, BLUE): 1.0}))
    said = dataclasses.replace(
        found, importance=np.full((3, 3), 0.646), importance_error=np.full((3, 3), 0.0449)
    )
    assert said.importance_words(1, 2) == "0.65 ± 0.09"


def test_importance_takes_r_plus_one_samples_of_head_passes(bank):
    engine = PlantedEngine()
    concept_importance(engine, bank.basis, np.ones((3, 8, 8)), samples=128)
    assert engine.head_passes == 4 * 128


def test_reconstruction_error_tells_what_the_bank_cannot_express(engine, bank, face):
    photo = lit(face, {(MIDFACE_LEFT, RED): 1.0, (FOREHEAD, BLUE): 1.0})
    assert explain_concepts(bank, engine, photo).reconstruction_error < 1e-6
    only_green = dataclasses.replace(
        bank,
        basis=bank.basis[2:],
        importance=bank.importance[2:],
        presence_scale=bank.presence_scale[2:],
        exemplars=bank.exemplars[2:],
        names=("green",),
        region_tags=("",),
        description=("",),
    )
    assert explain_concepts(only_green, engine, photo).reconstruction_error == pytest.approx(1)


def test_coefficients_keep_their_map_positions():
    rng = np.random.default_rng(1)
    U = rng.gamma(1, size=(2, 3, 8, 8))
    features = np.einsum("brhw,rc->bchw", U, LOADINGS)
    assert np.allclose(concept_coefficients(features, LOADINGS), U, atol=1e-6)


def test_fit_finds_the_planted_concepts(fitted):
    cosine = fitted.basis @ LOADINGS.T
    assert (cosine.max(axis=1) > 0.98).all()
    assert sorted(cosine.argmax(axis=1)) == [RED, GREEN, BLUE]


def test_fit_orders_by_importance_and_green_matters_to_no_class(fitted):
    means = fitted.importance.mean(axis=1)
    assert (np.diff(means) <= 0).all()
    assert (fitted.basis[2] @ LOADINGS[GREEN]) > 0.98
    assert fitted.importance[2].max() < 0.02


def test_fit_names_concepts_by_where_they_sit(fitted):
    where = dict(zip((fitted.basis @ LOADINGS.T).argmax(axis=1), fitted.region_tags, strict=True))
    assert where[RED] == "mostly midface, left and right"
    assert where[BLUE] == "mostly forehead"
    assert where[GREEN] == "mostly left mandibular"
    assert [name.split(":")[0] for name in fitted.names] == ["Concept 1", "Concept 2", "Concept 3"]
    assert "left mandibular" in fitted.names[2]
    assert all("mostly" in text for text in fitted.description)


def test_presence_one_is_as_much_as_commonly_reached(fitted, engine, cohort, face):
    presence = np.stack(
        [
            explain_concepts(fitted, engine, dataclasses.replace(face, pixels=crop)).presence
            for crop in cohort[0][:20]
        ]
    )
    assert (presence.max(axis=0) < 1.3).all()
    assert (presence.max(axis=0) > 0.6).all()


def test_exemplars_show_the_concept(fitted):
    assert fitted.exemplars.shape == (3, 4, 48, 48, 3)
    for concept, colour in enumerate((fitted.basis @ LOADINGS.T).argmax(axis=1)):
        brightness = fitted.exemplars[concept].astype(float).mean(axis=(1, 2))
        assert (brightness[:, colour] > brightness.mean(axis=1)).all()


def test_no_exemplars_when_the_faces_are_of_patients(engine, cohort):
    crops, maps = cohort
    bank = fit_concepts(engine, crops[:12], maps[:12], *FACE, n_concepts=2, exemplars=0)
    assert bank.exemplars.size == 0
    assert len(bank) == 2


def test_the_same_seed_gives_the_same_bank(engine, cohort):
    crops, maps = cohort
    first, again = (fit_concepts(engine, crops[:12], maps[:12], *FACE, 2, seed=5) for _ in range(2))
    assert (first.basis == again.basis).all()
    assert (first.importance == again.importance).all()
    assert (first.exemplars == again.exemplars).all()


def test_fit_tells_its_progress_and_can_be_cancelled(engine, cohort):
    crops, maps = cohort
    seen = []
    fit_concepts(engine, crops[:12], maps[:12], *FACE, 2, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)

    def cancel(fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        fit_concepts(engine, crops[:12], maps[:12], *FACE, 2, progress=cancel)


def test_a_concept_no_whole_photo_holds_is_dropped(engine, cohort):
    crops, maps = cohort
    bank = fit_concepts(engine, crops, maps, *FACE, n_concepts=5)
    assert 3 <= len(bank) <= 5
    assert (bank.presence_scale > 0).all()


def test_too_few_faces_or_features_are_refused(engine, cohort):
    crops, maps = cohort
    with pytest.raises(TrainingError, match="no faces"):
        fit_concepts(engine, crops[:0], maps[:0], *FACE)
    with pytest.raises(TrainingError, match="13 concepts"):
        fit_concepts(engine, crops[:2], maps[:2], *FACE, n_concepts=13)


def test_more_photos_than_needed_are_sampled(engine, cohort, monkeypatch):
    monkeypatch.setattr("face2bone.explain.craft.MOST_PHOTOS", 5)
    monkeypatch.setattr("face2bone.explain.craft.MOST_POSITIONS", 100)
    bank = fit_concepts(engine, *cohort, *FACE, n_concepts=2, exemplars=9)
    assert bank.exemplars.shape[1] == 5


@pytest.mark.long
def test_concepts_carry_the_demo_network_s_answer(demo_bundle, monkeypatch):
    """Faces rebuilt from the bank alone are read as the faces themselves are."""
    monkeypatch.setattr("face2bone.explain.craft.WEIGHED_PHOTOS", 1)
    engine = TorchEngine(demo_bundle.network, FACE_INPUT, device="cpu")
    photos = [
        photo_from_pixels(draw_face(patient_face(draw_patient(seed, World.PLANTED))).pixels)
        for seed in range(7_000, 7_120)
    ]
    faces = [find_face(photo).aligned for photo in photos]
    crops = np.stack([face.pixels for face in faces])
    maps = np.stack([face.part_map for face in faces])
    bank = fit_concepts(engine, crops[:90], maps[:90], *FACE, n_concepts=8, exemplars=0)
    features = engine.features(network_input(crops[90:], FACE_INPUT))
    U = concept_coefficients(features, bank.basis)
    rebuilt = np.einsum("brhw,rc->bchw", U, bank.basis).astype(np.float32)
    logits, from_concepts = engine.head(features), engine.head(rebuilt)
    assert (logits.argmax(axis=1) == from_concepts.argmax(axis=1)).mean() >= 0.7
    for ours, theirs in zip(from_concepts.T, logits.T, strict=True):
        assert np.corrcoef(ours, theirs)[0, 1] > 0.8


@pytest.mark.slow
def test_a_real_network_from_fit_to_explanation(small_engine, face):
    rng = np.random.default_rng(2)
    noise = rng.integers(-60, 60, (6, 160, 160, 3))
    crops = np.clip(face.pixels + noise * face.mask[..., None], 0, 255).astype(np.uint8)
    maps = np.repeat(face.part_map[None], 6, axis=0)
    bank = fit_concepts(small_engine, crops, maps, *FACE, n_concepts=3, exemplars=2)
    found = explain_concepts(bank, small_engine, face)
    assert found.names == bank.names
    assert found.presence.shape == (len(bank),)
    assert found.importance.shape == (len(bank), 3)
    assert (found.importance >= 0).all()
    assert found.location.shape == (len(bank), 160, 160)
    assert (found.location[:, ~face.mask] == 0).all()
    assert 0 <= found.reconstruction_error < 1


def test_a_cut_that_may_be_negative_has_no_concepts(cohort):
    engine = PlantedEngine()
    engine.stages = dataclasses.replace(
        STAGES, cut=dataclasses.replace(STAGES.cut, non_negative=False)
    )
    with pytest.raises(TrainingError, match="not all positive"):
        fit_concepts(engine, *cohort, *FACE)


def test_the_card_of_a_concept_counts_the_classes_there_are(engine, cohort):
    bank = fit_concepts(engine, *cohort, FACE_PARTS, ("one", "other", "third"), n_concepts=2)
    assert all("of the three classes it matters most for" in text for text in bank.description)
    assert not any("osteo" in text for text in bank.description)
