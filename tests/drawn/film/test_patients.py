"""Film patients: the people of every drawn picture, three worlds, an oracle in its band."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from face2bone.arrays import Floats
from face2bone.drawn.face.patients import draw_patient
from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import (
    FilmPatient,
    PlantedModel,
    PlantedValue,
    draw_film_cohort,
    draw_film_patient,
    film_oracle,
    named_values,
)
from face2bone.drawn.people import clinical_arrays, patient_seed
from face2bone.drawn.worlds import World, severity

N = 4_000
SEED = 400_310


@pytest.fixture(scope="module")
def cohorts(kind: FilmKind) -> dict[World, tuple[FilmPatient, ...]]:
    return {world: draw_film_cohort(kind.model, N, world, SEED) for world in World}


def osteoporosis_auc(probabilities: Floats, cohort: tuple[FilmPatient, ...]) -> float:
    return float(roc_auc_score([int(p.bone_class) == 2 for p in cohort], probabilities[:, 2]))


def residuals(cohort: tuple[FilmPatient, ...], values: Floats) -> Floats:
    """What is left of values after a least-squares fit on age, sex, BMI and sex times age."""
    age, female, bmi = clinical_arrays(cohort)
    X = np.column_stack([np.ones(len(age)), age, age**2, female, bmi, female * age])
    left: Floats = values - X @ np.linalg.lstsq(X, values, rcond=None)[0]
    return left


def test_the_same_seed_is_the_same_person_whatever_is_drawn(kind: FilmKind) -> None:
    seed = patient_seed(SEED, 7)
    film, face = draw_film_patient(kind.model, seed, World.PLANTED), draw_patient(seed, World.NULL)
    assert (film.patient_id, film.patient, film.t_score) == (
        face.patient_id,
        face.patient,
        face.t_score,
    )


def test_a_patient_does_not_depend_on_the_cohorts_size(kind: FilmKind) -> None:
    small, large = (draw_film_cohort(kind.model, n, World.NULL, SEED) for n in (3, 9))
    assert small == large[:3]


@pytest.mark.slow
def test_worlds_differ_in_what_they_should(
    cohorts: dict[World, tuple[FilmPatient, ...]],
) -> None:
    for planted, null, blank in zip(*(cohorts[w] for w in World), strict=True):
        assert replace(null, values=planted.values) == planted
        assert replace(blank, t_score=planted.t_score, bone_class=planted.bone_class) == planted
    values = {w: np.array([p.values for p in cohorts[w]]) for w in World}
    assert not np.array_equal(values[World.PLANTED], values[World.NULL])
    for a, b in zip(values[World.PLANTED].T, values[World.NULL].T, strict=True):
        marks = [0.05, 0.5, 0.95]
        assert np.quantile(a, marks) == pytest.approx(np.quantile(b, marks), abs=0.12 * a.std() * 3)


@pytest.mark.slow
def test_only_planted_values_know_the_t_score_beyond_age_sex_and_bmi(
    kind: FilmKind, cohorts: dict[World, tuple[FilmPatient, ...]]
) -> None:
    for world in World:
        cohort = cohorts[world]
        left = residuals(cohort, np.array([p.t_score for p in cohort]))
        for value, column in zip(
            kind.model.values, np.array([p.values for p in cohort]).T, strict=True
        ):
            r = np.corrcoef(left, residuals(cohort, column))[0, 1]
            if world is World.PLANTED and not value.is_decoy:
                assert r > 0.5, value.name
            else:
                assert abs(r) < 4 / np.sqrt(N), value.name


def test_the_oracle_reaches_its_band(
    kind: FilmKind, cohorts: dict[World, tuple[FilmPatient, ...]]
) -> None:
    planted, null = cohorts[World.PLANTED], cohorts[World.NULL]
    clinical = osteoporosis_auc(film_oracle(kind.model, null, World.NULL), null)
    assert 0.96 < osteoporosis_auc(film_oracle(kind.model, planted, World.PLANTED), planted) < 0.985
    assert 0.80 < clinical < 0.87
    misled = osteoporosis_auc(film_oracle(kind.model, null, World.PLANTED), null)
    assert misled < clinical - 0.05


def test_the_oracle_is_calibrated(
    kind: FilmKind, cohorts: dict[World, tuple[FilmPatient, ...]]
) -> None:
    """In each tenth of each class's probability the frequency lies within 4 standard errors."""
    cohort = cohorts[World.PLANTED]
    probabilities = film_oracle(kind.model, cohort, World.PLANTED)
    labels = np.array([p.bone_class for p in cohort])
    for k in range(3):
        p = probabilities[:, k]
        for part in np.array_split(np.argsort(p), 10):
            error = np.sqrt((p[part] * (1 - p[part])).sum()) / len(part)
            assert abs((labels[part] == k).mean() - p[part].mean()) < 4 * error + 1e-4


def test_values_have_names_and_sides_are_even(
    kind: FilmKind, cohorts: dict[World, tuple[FilmPatient, ...]]
) -> None:
    first = cohorts[World.PLANTED][0]
    assert tuple(named_values(kind.model, first)) == kind.model.names
    assert tuple(named_values(kind.model, first).values()) == first.values
    left = np.mean([p.side == "left" for p in cohorts[World.PLANTED]])
    assert left == pytest.approx(0.5, abs=0.04)


MODEL = PlantedModel(
    (
        PlantedValue("thick", "thickness", "mm", 3.0, -1.0, 0.5, 1.0, 4.0),
        PlantedValue("decoy", "decoy", "mm", 2.0, 0.0, 0.3, 0.0, 9.0),
    )
)


def test_the_mean_is_the_documented_law() -> None:
    assert MODEL.mean(-1.75).tolist() == [3.0, 2.0]
    assert MODEL.mean([0.0, -4.0])[:, 0] == pytest.approx(3.0 - severity([0.0, -4.0]))
    assert MODEL.mean([0.0, -4.0])[:, 1].tolist() == [2.0, 2.0]


def test_draws_have_the_documented_moments_and_limits() -> None:
    rng = np.random.default_rng(0)
    drawn = np.array([MODEL.draw(rng, -1.75) for _ in range(4_000)])
    assert drawn[:, 1].mean() == pytest.approx(2.0, abs=0.02)
    assert drawn[:, 1].std() == pytest.approx(0.3, abs=0.02)
    assert drawn[:, 0].max() == 4.0
    assert (drawn[:, 0] == 4.0).mean() == pytest.approx(norm.sf(2.0), abs=0.01)


def test_likelihood_is_the_normal_density_inside_and_its_tail_at_a_limit() -> None:
    grid = np.array([-3.0, 0.0])
    inside = MODEL.log_likelihood([[2.5, 2.0]], grid)[0]
    exact = norm.logpdf(2.5, MODEL.mean(grid)[:, 0], 0.5)
    assert np.diff(inside) == pytest.approx(np.diff(exact))
    at_limit = MODEL.log_likelihood([[4.0, 2.0]], grid)[0]
    tail = norm.logsf(4.0, MODEL.mean(grid)[:, 0], 0.5)
    assert np.diff(at_limit) == pytest.approx(np.diff(tail))


def test_a_decoy_changes_no_odds() -> None:
    grid = np.linspace(-5, 2, 20)
    low, high = (MODEL.log_likelihood([[3.0, d]], grid)[0] for d in (1.5, 2.5))
    assert low == pytest.approx(high)


def test_each_film_plants_four_values_and_two_decoys(kind: FilmKind) -> None:
    assert [v.is_decoy for v in kind.model.values] == [False] * 4 + [True] * 2
    assert set(kind.planted_parts) == set(kind.model.names)
    ids = {part.id for part in kind.parts}
    assert len(ids) == 10
    assert all(set(parts) <= ids for parts in kind.planted_parts.values())


def test_bone_loss_thins_everything_planted(kind: FilmKind) -> None:
    means = kind.model.mean(np.array([0.0, -1.75, -4.0]))
    for value, column in zip(kind.model.values, means.T, strict=True):
        assert (np.diff(column) == 0).all() if value.is_decoy else (np.diff(column) < 0).all()
        assert value.lowest < column.min()
        assert column.max() < value.highest
