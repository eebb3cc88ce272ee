"""Does whoever has the event first have the higher score? Harrell's and Uno's C.

Of two patients it is known who came first when the earlier time is an event (an event and a last
visit at one time: the event). C is the share of such pairs in which the earlier one has the
higher score, equal scores one half.

Harrell's C (1982, JAMA 247:2543-2546) counts every such pair once; the pairs that can be known
depend on how long patients were followed, so it moves with censoring. Uno's C (2011, Stat. Med.
30:1105-1117) weighs each pair by 1 / G(t-)^2, G the chance of still being followed, and looks only
at events before a horizon tau: it estimates the same whatever the censoring.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.errors import SurvivalError
from face2bone.survival.curves import censoring_survival
from face2bone.survival.times import SurvivalTimes

BLOCK: Final = 2_000_000  # pairs looked at together


def harrell(scores: npt.ArrayLike, times: SurvivalTimes, weights: Floats | None = None) -> Floats:
    """Harrell's C under each row of weights (R, N); (R,), NaN where no pair is known.

    Without weights every patient counts once, and R is 1.
    """
    w = _weights(times, weights)
    return _concordance(_scores(scores, times), times, w, w)


def uno(
    scores: npt.ArrayLike, times: SurvivalTimes, tau: float, weights: Floats | None = None
) -> Floats:
    """Uno's C of events before ``tau`` years under each row of weights (R, N); (R,).

    The chance of being followed is estimated anew under each row.
    """
    w = _weights(times, weights)
    followed = censoring_survival(times, w)
    counted = (times.years < tau) & (followed > 0)
    inverse = np.divide(1.0, followed**2, out=np.zeros_like(followed), where=counted)
    return _concordance(_scores(scores, times), times, w * inverse, w)


def _concordance(scores: Floats, times: SurvivalTimes, first: Floats, second: Floats) -> Floats:
    """Share of pairs in order, weighted ``first`` for the earlier patient, ``second`` the later."""
    right, known = np.zeros(len(first)), np.zeros(len(first))
    places = np.flatnonzero(times.events)
    size = max(1, BLOCK // len(scores))
    for some in (places[i : i + size] for i in range(0, len(places), size)):
        at = times.years[some, None]
        later = (times.years > at) | ((times.years == at) & ~times.events)
        higher = (np.sign(scores[some, None] - scores) + 1.0) / 2.0
        known += (first[:, some] * (second @ later.T)).sum(axis=1)
        right += (first[:, some] * (second @ (later * higher).T)).sum(axis=1)
    share: Floats = np.divide(right, known, out=np.full_like(known, np.nan), where=known > 0)
    return share


def _weights(times: SurvivalTimes, weights: Floats | None) -> Floats:
    return np.ones((1, len(times))) if weights is None else weights


def _scores(scores: npt.ArrayLike, times: SurvivalTimes) -> Floats:
    found = np.asarray(scores, np.float64)
    if found.shape != times.years.shape or not np.isfinite(found).all():
        raise SurvivalError("A score is missing. Give one number for each patient.")
    return found
