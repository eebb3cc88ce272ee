"""Planted values: the documented law, decoys that know nothing, an exact likelihood."""

import numpy as np
import pytest
from scipy.stats import norm

from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.planted import PlantedModel, PlantedValue
from face2bone.drawn.worlds import severity

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
