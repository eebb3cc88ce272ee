"""Face age figures: by hand on made-up answers, and from photos as the assessor says them."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from face2bone.apparent_age import AgeAssessor
from face2bone.assessment import LocatedSubject
from face2bone.bundle.years_bundle import YearsBundle, load_years_bundle
from face2bone.cohort.age_manifest import AgeCohort, read_age_manifest
from face2bone.drawn.face.aged import write_aged
from face2bone.evaluation.record import BundleName
from face2bone.evaluation.years import (
    MAY_BE_KNOWN,
    NEVER_SEEN,
    OTHER_GENERATOR,
    _measured,
    _remarks,
    evaluate_years,
)
from face2bone.modalities.face import find_face
from face2bone.modalities.photo import read_photo
from face2bone.runtime import TorchEngine
from face2bone.settings import shipped_models
from face2bone.tasks.years import YearsInterval


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> AgeCohort:
    return read_age_manifest(write_aged(tmp_path_factory.mktemp("aged") / "c", 3, 400_932))


def named(fitted: YearsInterval | None) -> YearsBundle:
    facts, card = SimpleNamespace(interval=fitted), SimpleNamespace(name="toy")
    return SimpleNamespace(facts=facts, card=card, sha256="a" * 64)  # type: ignore[return-value]


def answers(**changes: object) -> pd.DataFrame:
    columns = {
        "patient_id": ["A", "A", "B", "C"],
        "sex": ["F", "F", "M", "M"],
        "age_years": [21.0, 29.0, 50.0, 70.0],
        "years": [25.0, 31.0, 50.0, 64.0],
        "low": [20.0, 30.0, 40.0, 60.0],
        "high": [30.0, 40.0, 60.0, 69.0],
        "gap": [1.0, 2.0, -1.0, 3.0],
        "out_of_domain": [0.0, 1.0, 0.0, 0.0],
    }
    return pd.DataFrame(columns | changes)


def test_figures_are_those_worked_out_by_hand() -> None:
    found = _measured(named(YearsInterval(2.0, 0.1, 100)), answers())
    assert (found.photos, found.people) == (4, 3)
    assert found.mae.value == pytest.approx((4 + 2 + 0 + 6) / 4)
    assert found.bias.value == pytest.approx(0.0)
    line = np.polyfit([21, 29, 50, 70], [25, 31, 50, 64], 1)
    assert found.slope.value == pytest.approx(line[0], abs=1e-6)
    assert found.coverage is not None
    assert found.coverage.value == 0.5  # 29 lies below its interval, 70 above
    assert (found.level, found.width) == (pytest.approx(0.9), pytest.approx((10 + 10 + 20 + 9) / 4))
    assert found.guess_mae == pytest.approx(np.abs(np.array([21, 29, 50, 70]) - 39.5).mean())
    assert [(b.low, b.people, b.mae, b.bias) for b in found.bands] == [
        (20.0, 2, 3.0, 3.0),
        (50.0, 1, 0.0, 0.0),
        (70.0, 1, 6.0, -6.0),
    ]
    assert found.out_of_domain == 1


def test_women_and_men_have_figures_of_their_own() -> None:
    women, men = _measured(named(None), answers()).sexes
    assert (women.sex, women.photos, women.people) == ("F", 2, 1)
    assert (women.mae.value, women.bias.value) == (3.0, 3.0)
    assert (men.sex, men.people, men.mae.value, men.bias.value) == ("M", 2, 3.0, -3.0)
    assert women.gap is not None
    assert men.gap is not None
    assert (women.gap.value, men.gap.value) == (1.5, 1.0)
    assert _measured(named(None), answers(gap=np.nan)).sexes[0].gap is None


def test_without_an_interval_or_a_reference_nothing_is_said_of_them() -> None:
    found = _measured(named(None), answers(out_of_domain=np.nan))
    assert (found.coverage, found.level, found.width, found.out_of_domain) == (None,) * 4
    assert all(band.coverage is None for band in found.bands)


def test_intervals_are_over_people_and_not_over_photos() -> None:
    many = pd.concat([answers()] * 12, ignore_index=True)
    one_each = many.assign(patient_id=[f"p{i}" for i in range(len(many))])
    few, each = (_measured(named(None), table).mae for table in (many, one_each))
    assert few.value == each.value
    assert (few.high or 0) - (few.low or 0) > 2 * ((each.high or 0) - (each.low or 0))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["face-age-public", "face-age-demo"])
def test_every_photo_gets_the_answer_that_the_assessor_gives(
    name: str, cohort: AgeCohort, tmp_path: Path
) -> None:
    bundle = load_years_bundle(shipped_models() / name)
    engine = TorchEngine(bundle.network, bundle.card.input)
    steps: list[str] = []
    found = evaluate_years(
        bundle, cohort, engine, tmp_path / "crops", lambda step, *_: steps.append(step)
    )
    assert dict.fromkeys(steps) == dict.fromkeys(["aligning", "predicting", "measuring"])
    assessor = AgeAssessor(bundle, engine)
    assert len(found.answers) + len(found.rejected) == 3
    for row in found.answers.itertuples():
        photo = read_photo((cohort.root / row.photo).read_bytes())
        said = assessor.estimate(photo, LocatedSubject(photo.sha256, find_face(photo)))
        assert row.years == pytest.approx(said.years, abs=0.01)
        assert (row.low, row.high) == (
            pytest.approx(said.low, abs=0.01),
            pytest.approx(said.high, abs=0.01),
        )
    is_public = name == "face-age-public"
    record = found.record
    assert record.bundle == BundleName(name, bundle.card.version, bundle.card.status, bundle.sha256)
    assert (record.bundle.status == "demo") == (not is_public)
    assert record.cohort.drawn
    assert (record.cohort.seed, record.cohort.photos, record.cohort.side) == (400_932, 3, "")
    assert record.engine == "torch cpu f32"
    assert (record.figures.coverage is None) == is_public
    assert found.answers["gap"].isna().all() == is_public


def test_what_a_demonstrations_figures_must_not_be_taken_for() -> None:
    card = load_years_bundle(shipped_models() / "face-age-demo").card
    same = {"generator_hash": card.generator_hash, "generator_version": card.generator_version}
    assert list(_remarks(card, None)) == [NEVER_SEEN]
    assert list(_remarks(card, {"seed": 940_001} | same)) == []
    assert list(_remarks(card, {"seed": 114_000} | same)) == [MAY_BE_KNOWN]
    other = {"seed": 940_001, "generator_version": "0.1"}
    assert list(_remarks(card, other)) == [OTHER_GENERATOR]
    public = load_years_bundle(shipped_models() / "face-age-public").card
    assert list(_remarks(public, None)) == []
