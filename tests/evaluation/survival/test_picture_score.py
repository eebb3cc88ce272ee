"""Scores out of fold: what they find, and that nobody's own outcome reaches their score."""

import numpy as np
import pytest

from face2bone.errors import Separation, SurvivalError
from face2bone.evaluation.survival.clinical import Clinical, People
from face2bone.evaluation.survival.picture_score import (
    PictureHazard,
    apparent_age,
    event_folds,
    picture_hazard,
    picture_layer,
)
from face2bone.evaluation.survival.study import scores_of_features
from face2bone.survival.concordance import harrell
from face2bone.survival.cox import fit_cox
from face2bone.survival.times import SurvivalTimes


def test_folds_share_events_evenly(planted) -> None:
    times = planted.cohort.times
    fold = event_folds(times, 3)
    events = [int(times.events[fold == k].sum()) for k in range(5)]
    assert max(events) - min(events) <= 1
    assert np.bincount(fold).tolist() == [len(times) // 5] * 5
    assert (event_folds(times, 3) == fold).all()
    assert (event_folds(times, 4) != fold).any()


def test_too_few_events_are_refused() -> None:
    times = SurvivalTimes.of(np.arange(1, 101), np.arange(100) < 29)
    with pytest.raises(SurvivalError, match="29 patients had the event where 30 are needed"):
        event_folds(times, 0)


def test_the_face_age_follows_the_gap_and_not_the_calendar_alone(planted) -> None:
    c = planted.cohort
    found = apparent_age(planted.features, c.age_years, event_folds(c.times, 0))
    left = found - np.polyval(np.polyfit(c.age_years, found, 1), c.age_years)
    assert np.corrcoef(left, c.gap_years)[0, 1] > 0.7
    assert abs(np.mean(found - c.age_years)) < 1.0


@pytest.mark.parametrize("events", [30, 37])
def test_as_many_events_as_are_asked_for_are_enough(planted, events: int) -> None:
    """Fewer of them are in the folds that fit, which is no reason to refuse the cohort."""
    times, happened = planted.cohort.times, planted.cohort.times.events.copy()
    happened[np.flatnonzero(happened)[events:]] = False
    few = SurvivalTimes(times.years, happened)
    scores = scores_of_features(planted.features, planted.people, few)
    assert scores.scores[0].name == "face age"


@pytest.mark.slow
def test_a_rare_column_is_left_aside_where_it_is_the_same_for_everybody(planted) -> None:
    """Two patients of a site: in some fits there is none, and what is found stays as it was."""
    times, c = planted.cohort.times, planted.cohort
    rare = np.zeros(len(times))
    rare[np.flatnonzero(times.events)[:2]] = 1.0
    fold, plain = event_folds(times, 0), planted.clinical
    beside = People(c.age_years, c.male, {"site": rare}).clinical
    found = [picture_hazard(planted.features, c.age_years, k, times, fold) for k in (plain, beside)]
    assert np.corrcoef(found[0].score, found[1].score)[0, 1] > 0.99


def test_a_column_that_cannot_be_fitted_is_called_by_its_name(planted) -> None:
    times, c = planted.cohort.times, planted.cohort
    well = (~times.events).astype(float)
    beside = People(c.age_years, c.male, {"well": well}).clinical
    with pytest.raises(Separation, match="The column well orders the events"):
        picture_hazard(planted.features, c.age_years, beside, times, event_folds(times, 0))


def test_patients_of_one_age_are_refused(planted) -> None:
    people = People(np.full(len(planted.cohort.times), 60.0), planted.cohort.male)
    with pytest.raises(SurvivalError, match="of the same age"):
        scores_of_features(planted.features, people, planted.cohort.times)


def hazard_of(faces, times: SurvivalTimes, fold: np.ndarray | None = None) -> PictureHazard:
    dealt = event_folds(faces.cohort.times, 0) if fold is None else fold
    return picture_hazard(faces.features, faces.cohort.age_years, faces.clinical, times, dealt)


@pytest.mark.slow
def test_the_hazard_is_found_where_planted_and_faint_where_not(planted, null) -> None:
    found = [hazard_of(f, f.cohort.times) for f in (planted, null)]
    assert np.corrcoef(found[0].score, planted.cohort.gap_years)[0, 1] > 0.2
    assert found[0].left_out == 0.0
    assert found[1].score.std() < 0.6 * found[0].score.std()


@pytest.mark.slow
def test_nobodys_own_outcome_reaches_their_score(planted) -> None:
    """Other outcomes in one fold leave the scores of that fold as they were."""
    times, fold = planted.cohort.times, event_folds(planted.cohort.times, 0)
    mine = fold == 2
    order = np.flatnonzero(mine)[::-1]
    years, events = times.years.copy(), times.events.copy()
    years[mine], events[mine] = years[order], events[order]
    changed = SurvivalTimes(years, events)
    before = hazard_of(planted, times).score
    after = hazard_of(planted, changed, fold).score
    assert after[mine] == pytest.approx(before[mine])
    assert not np.allclose(after[~mine], before[~mine])


@pytest.mark.parametrize("world", ["planted", "null"])
def test_a_layer_says_of_others_what_was_learnt(world: str, request) -> None:
    """Fitted on half of a cohort; it orders the other half better only where faces say more."""
    made = request.getfixturevalue(world)
    c, clinical = made.cohort, made.clinical
    half = np.arange(len(c.times)) % 2 == 0
    part = Clinical(clinical.names, clinical.columns[half])
    fitted, others = c.times.rows(half), c.times.rows(~half)
    layer = picture_layer(made.features[half], c.age_years[half], part, fitted)
    assert layer.weights.shape == (30,)
    assert layer.clinical.shape == (2,)
    told = clinical.columns @ layer.clinical + made.features @ layer.weights
    alone = fit_cox(part.columns, fitted, part.names).log_hazard(clinical.columns[~half])
    gain = harrell(told[~half], others)[0] - harrell(alone, others)[0]
    assert gain > 0.01 if world == "planted" else abs(gain) < 0.02
