"""The face age networks that ship: the original's answers, the floors, cards that say it all.

``face_age_public.json`` holds the shares that ``age-v1.onnx`` itself gave to these six pictures,
run by ONNX Runtime 1.23.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from face2bone.apparent_age import AgeAssessor
from face2bone.assessment import LocatedSubject
from face2bone.bundle.years_bundle import YearsBundle, load_years_bundle
from face2bone.drawn.face.aged import aged_face, draw_people
from face2bone.drawn.face.provenance import GENERATOR_HASH, GENERATOR_VERSION
from face2bone.drawn.face.render import draw_face
from face2bone.modalities.face import find_face
from face2bone.modalities.photo import photo_from_pixels
from face2bone.runtime import OpenVinoEngine, TorchEngine, network_input

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def public() -> YearsBundle:
    return load_years_bundle(ROOT / "models" / "face-age-public")


def pictures() -> np.ndarray:
    n, i, j, c = np.ogrid[:6, :64, :64, :3]
    waves = 90 * np.sin((i + 3 * n) / 7.0) * np.cos(j * (1 + n) / 11.0)
    levels = 128 + waves + 30 * np.sin((i * j) / 97.0 + c)
    return levels.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("kind", [TorchEngine, OpenVinoEngine])
def test_both_engines_give_the_originals_shares(
    public: YearsBundle, kind: type[TorchEngine] | type[OpenVinoEngine]
) -> None:
    engine = kind(public.network, public.card.input)
    logits = engine.logits(network_input(pictures(), engine.input))
    original = json.loads((ROOT / "tests" / "face_age_public.json").read_text("utf-8"))["shares"]
    np.testing.assert_allclose(public.card.task.distribution(logits), original, atol=2e-5)


def test_its_card_says_whose_it_is_and_what_is_unknown(public: YearsBundle) -> None:
    card, facts = public.card, public.facts
    assert card.status == "research"
    assert card.provenance["licence"] == "CC0-1.0"
    assert str(card.provenance["source_sha256"]).startswith("4f9f0075")
    assert "training pictures" in str(card.provenance["unknown"])
    assert card.answer == "mean"
    assert facts.interval is None
    assert facts.gap is None
    assert public.ood is None


def test_the_notices_name_it(public: YearsBundle) -> None:
    notices = (ROOT / "THIRD_PARTY_NOTICES").read_text("utf-8")
    assert "models/face-age-public" in notices
    assert str(public.card.provenance["source_sha256"]) in notices


@pytest.fixture(scope="module")
def demo() -> YearsBundle:
    return load_years_bundle(ROOT / "models" / "face-age-demo")


def test_the_demonstration_says_its_faces_are_drawn_and_fits_a_repository(
    demo: YearsBundle,
) -> None:
    card = demo.card
    assert card.status == "demo"
    assert "no real person" in card.cohort
    assert (card.generator_version, card.generator_hash) == (GENERATOR_VERSION, GENERATOR_HASH)
    assert demo.ood is not None
    assert sum(path.stat().st_size for path in demo.root.iterdir()) <= 20 * 2**20


def test_the_demonstration_is_above_every_floor(demo: YearsBundle) -> None:
    figures = json.loads(json.dumps(demo.card.results))
    natural, balanced = figures["natural"], figures["balanced"]
    assert balanced["gap_r"] >= 0.70
    assert 0.88 <= balanced["coverage"] <= 0.92
    assert min(band["coverage"] for band in balanced["bands"]) >= 0.85
    worst = max(range(7), key=lambda i: natural["bands"][i]["mae"])
    assert balanced["bands"][worst]["mae"] <= 0.9 * natural["bands"][worst]["mae"]
    assert balanced["natural_mae"] - natural["natural_mae"] <= 0.5
    assert [band.mae for band in demo.facts.bands] == [b["mae"] for b in balanced["bands"]]


@pytest.mark.slow
def test_the_demonstration_tells_drawn_faces_apart_by_age(demo: YearsBundle) -> None:
    assessor, found = AgeAssessor(demo), []
    people = draw_people(7, 400_040, evenly=True)
    for person in people:
        photo = photo_from_pixels(draw_face(aged_face(person)).pixels)
        located = LocatedSubject(photo.sha256, find_face(photo))
        found.append(assessor.estimate(photo, located, person.age_years, person.sex))
    looks = [person.apparent_years for person in people]
    assert np.corrcoef([age.years for age in found], looks)[0, 1] > 0.9
    assert all(age.is_calibrated and age.gap is not None for age in found)
    assert not any(age.out_of_domain is None for age in found)
