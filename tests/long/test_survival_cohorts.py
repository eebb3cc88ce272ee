"""Two hundred simulated cohorts: intervals that hold, tests that do not cry wolf, dilution."""

import numpy as np
import pytest

from face2bone.drawn.hazard import PER_DECADE_OF_GAP, SurvivalWorld, diluted_ratio, simulate_cohort
from face2bone.survival.cox import HazardRatio, fit_cox
from face2bone.survival.proportional_hazards import proportional_hazards

RUNS = 200
PATIENTS = 1_500
COLUMNS = ("face", "age", "male")


def ratios(world: SurvivalWorld, error_sd: float = 0.0) -> tuple[list[HazardRatio], list[float]]:
    """Per decade of face age, adjusted for age and sex, with p of proportional hazards."""
    found, proportional = [], []
    for seed in range(RUNS):
        c = simulate_cohort(PATIENTS, seed, world, error_sd)
        x = np.column_stack([c.apparent_age / 10, c.age_years / 10, c.male])
        model = fit_cox(x, c.times, COLUMNS)
        found.append(model.hazard_ratio("face"))
        proportional.append(proportional_hazards(model, x, c.times)[-1].p_value)
    return found, proportional


def share(values: list[bool]) -> float:
    print(f"{np.mean(values):.3f} of {len(values)}")
    return float(np.mean(values))


def test_intervals_hold_the_planted_ratio() -> None:
    found, proportional = ratios(SurvivalWorld.PLANTED)
    true = float(np.exp(PER_DECADE_OF_GAP))
    assert 0.92 <= share([r.low <= true <= r.high for r in found]) <= 0.98
    assert share([p < 0.05 for p in proportional]) <= 0.09


def test_a_face_that_says_nothing_is_rejected_one_time_in_twenty() -> None:
    found, _ = ratios(SurvivalWorld.NULL)
    assert 0.03 <= share([r.p_value < 0.05 for r in found]) <= 0.07


def test_intervals_hold_under_heavy_censoring() -> None:
    found, _ = ratios(SurvivalWorld.CENSORED)
    true = float(np.exp(PER_DECADE_OF_GAP))
    assert 0.92 <= share([r.low <= true <= r.high for r in found]) <= 0.98


@pytest.mark.parametrize("error_sd", [5.0, 8.0])
def test_the_reported_ratio_is_the_diluted_one(error_sd: float) -> None:
    found, _ = ratios(SurvivalWorld.PLANTED, error_sd)
    mean = float(np.exp(np.mean([np.log(r.value) for r in found])))
    print(f"{error_sd:g} years: {mean:.3f}, expected {diluted_ratio(error_sd):.3f}")
    assert mean == pytest.approx(diluted_ratio(error_sd), abs=0.05)
