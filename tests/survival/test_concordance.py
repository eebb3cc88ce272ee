"""Harrell's and Uno's C against torchsurv and pairs counted one by one."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchsurv.metrics.cindex import ConcordanceIndex
from torchsurv.stats.ipcw import get_ipcw

from face2bone.errors import SurvivalError
from face2bone.survival import concordance
from face2bone.survival.concordance import harrell, uno
from face2bone.survival.times import SurvivalTimes


def tensors(scores: np.ndarray, times: SurvivalTimes) -> tuple[torch.Tensor, ...]:
    return torch.tensor(scores), torch.tensor(times.events), torch.tensor(times.years)


def test_harrell_equals_torchsurv(draw) -> None:
    x, times = draw()
    assert harrell(x[:, 0], times)[0] == pytest.approx(
        float(ConcordanceIndex()(*tensors(x[:, 0], times))), abs=1e-6
    )


@pytest.mark.parametrize("tau", [0.6, 1.1, 1.6])
def test_uno_equals_torchsurv(draw, tau: float) -> None:
    x, times = draw()
    score, event, years = tensors(x[:, 0], times)
    theirs = ConcordanceIndex()(
        score, event, years, weight=get_ipcw(event, years).double(), tmax=torch.tensor(tau)
    )
    assert uno(x[:, 0], times, tau)[0] == pytest.approx(float(theirs), abs=1e-6)


PATIENT = st.tuples(st.integers(1, 5), st.booleans(), st.integers(0, 3))


@settings(max_examples=60)
@given(st.lists(PATIENT, min_size=1, max_size=25))
def test_pairs_counted_one_by_one(rows: list[tuple[int, bool, int]]) -> None:
    right = known = 0.0
    for t, event, score in rows:
        for other_t, other_event, other in rows:
            if event and (other_t > t or (other_t == t and not other_event)):
                known += 1
                right += (score > other) + 0.5 * (score == other)
    years, events, scores = zip(*rows, strict=True)
    times = SurvivalTimes.of(years, events)
    found = harrell(scores, times)[0]
    assert np.isnan(found) if known == 0 else found == pytest.approx(right / known)
    reverse = harrell([-s for s in scores], times)[0]
    assert np.isnan(found) or reverse == pytest.approx(1.0 - found)


def test_a_resample_is_its_patients_again(draw) -> None:
    x, times = draw(80, 7, 0.1)
    weights = np.random.default_rng(1).multinomial(80, np.full(80, 1 / 80), 4).astype(float)
    together = harrell(x[:, 0], times, weights), uno(x[:, 0], times, 1.2, weights)
    for row, by_harrell, by_uno in zip(weights.astype(int), *together, strict=True):
        copies = np.repeat(np.arange(80), row)
        again = times.rows(copies)
        assert harrell(x[copies, 0], again)[0] == pytest.approx(by_harrell)
        assert uno(x[copies, 0], again, 1.2)[0] == pytest.approx(by_uno)


def test_blocks_of_pairs_give_the_same(draw, monkeypatch: pytest.MonkeyPatch) -> None:
    x, times = draw(100)
    whole = harrell(x[:, 0], times)
    monkeypatch.setattr(concordance, "BLOCK", 700)
    assert harrell(x[:, 0], times) == pytest.approx(whole)


def test_censoring_moves_harrell_and_not_uno() -> None:
    """Early times separate people here and late ones do not: short follow-up flatters Harrell."""
    rng = np.random.default_rng(11)
    n = 3_000
    score = rng.normal(size=n)
    early = rng.exponential(np.exp(-2.0 * score))
    happens = np.where(early < 1.0, early, 1.0 + rng.exponential(1.0, n))
    for_long, briefly = rng.uniform(2.8, 3.0, n), rng.uniform(0.1, 3.0, n)
    both = [SurvivalTimes.of(np.minimum(happens, c), happens <= c) for c in (for_long, briefly)]
    by_harrell = [harrell(score, times)[0] for times in both]
    by_uno = [uno(score, times, 2.5)[0] for times in both]
    assert by_harrell[1] - by_harrell[0] > 0.02
    assert abs(by_uno[1] - by_uno[0]) < 0.015


def test_missing_scores_are_refused(draw) -> None:
    _, times = draw(50)
    for scores in (np.full(50, np.nan), np.zeros(49)):
        with pytest.raises(SurvivalError, match="score is missing"):
            harrell(scores, times)
