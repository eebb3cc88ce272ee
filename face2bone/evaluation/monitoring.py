"""Is the model still right here? Outcomes against predictions, running and by group.

Notation: s_t stated probability of osteoporosis of patient t, in the order the results came;
y_t = 1 when DXA found it; R an odds ratio, L a limit.

    W_t = y_t log R - log(1 - s_t + R s_t)        log likelihood ratio: odds times R, against s_t
    C_t = max(0, C_{t-1} + W_t)                   two charts: R = 2 (too low) and R = 1/2 (too high)

The risk-adjusted cumulative sum of Steiner, Cook, Farewell and Treasure (Biostatistics
2000;1:441-452, doi:10.1093/biostatistics/1.4.441). An alarm is the first C_t >= L in either
chart. L is chosen by simulation so that a model that is right raises a false alarm in at most
``FALSE_ALARMS`` of clinics within their first ``HORIZON`` results. Reading the chart as often as
one likes costs nothing: the rate is for the whole run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Flags, Floats
from face2bone.errors import EvaluationError
from face2bone.evaluation.curves import wilson
from face2bone.evaluation.groups import subgroups
from face2bone.evaluation.table import PredictionTable
from face2bone.words import message, template

ODDS_RATIO: Final = 2.0
FALSE_ALARMS: Final = 0.05
HORIZON: Final = 500  # results
DRAWS: Final = 2_000  # simulated clinics
MINIMUM: Final = 20  # results before a chart is drawn: its limit rests on their predictions


@dataclass(frozen=True)
class CalibrationChart:
    """The two running sums (N,) over N steps, their limit, and where it was first reached.

    ``too_low`` grows when more patients have osteoporosis than was stated, ``too_high`` when
    fewer have. ``alarm`` is the 0-based step at which the first of them reached ``limit``.
    A step is ``each`` results.
    """

    too_low: Floats
    too_high: Floats
    limit: float
    alarm: int | None
    each: int = 1

    def coarser(self, results: int) -> "CalibrationChart":
        """The highest points of every so many results, so that none shows a single patient.

        Results that do not fill a step are left out. A chart of one result a step is expected.
        """
        steps = len(self.too_low) // results
        low, high = (
            sums[: steps * results].reshape(steps, results).max(axis=1)
            for sums in (self.too_low, self.too_high)
        )
        alarm = None if self.alarm is None else self.alarm // results
        shown = None if alarm is None or alarm >= steps else alarm
        return replace(self, too_low=low, too_high=high, alarm=shown, each=results)

    @property
    def verdict(self) -> str:
        """One sentence for the page."""
        if self.alarm is None:
            return template("No alarm: the results so far are what the predictions led to expect.")
        rising = self.too_low[self.alarm] >= self.limit
        said = (
            template(
                "Alarm at result {result}: more patients have osteoporosis here than the model "
                "says; its probabilities are too low."
            )
            if rising
            else template(
                "Alarm at result {result}: fewer patients have osteoporosis here than the model "
                "says; its probabilities are too high."
            )
        )
        return message(said, result=(self.alarm + 1) * self.each)


@dataclass(frozen=True)
class ObservedGroup:
    """One group of patients: what DXA found against what was predicted, per class.

    observed: counts. predicted: expected counts, the sums of the stated probabilities.
    low, high: Wilson's 95% limits of the observed share. Class order as everywhere.
    """

    dimension: str
    name: str
    patients: int
    observed: tuple[int, ...]
    predicted: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def calibration_chart(
    stated: npt.ArrayLike, happened: npt.ArrayLike, seed: int = 0
) -> CalibrationChart:
    """The chart of stated probabilities (N,) and outcomes (N,), N >= ``MINIMUM``.

    Raises ``EvaluationError`` for fewer, unequal lengths, or values that are no probabilities.
    """
    s, y = _checked(stated, happened)
    limit = alarm_limit(s, seed=seed)
    low, high = running_sums(s, y)
    reached = np.flatnonzero(np.maximum(low, high) >= limit)
    return CalibrationChart(low, high, limit, int(reached[0]) if reached.size else None)


def running_sums(stated: Floats, happened: Flags) -> tuple[Floats, Floats]:
    """Both charts of stated probabilities and outcomes (..., N): (too low, too high)."""
    return _cusum(stated, happened, ODDS_RATIO), _cusum(stated, happened, 1.0 / ODDS_RATIO)


def alarm_limit(
    stated: Floats, rate: float = FALSE_ALARMS, horizon: int = HORIZON, seed: int = 0
) -> float:
    """Limit that clinics with a model that is right reach within ``horizon`` at ``rate``.

    Simulated: predictions drawn with replacement from ``stated`` (N,), outcomes from them.
    """
    return float(np.quantile(_highest(stated, horizon, seed), 1.0 - rate, method="higher"))


def false_alarm_rate(stated: Floats, limit: float, horizon: int = HORIZON, seed: int = 1) -> float:
    """Share of newly simulated clinics, their model right, that reach ``limit``."""
    return float((_highest(stated, horizon, seed) >= limit).mean())


def observed_against_predicted(table: PredictionTable) -> tuple[ObservedGroup, ...]:
    """Everyone first, then every subgroup of ``groups.subgroups``."""
    everyone = np.ones(len(table.labels), dtype=np.bool_)
    groups = [("all", "everyone", everyone), *subgroups(table)]
    return tuple(_group(dimension, name, table, chosen) for dimension, name, chosen in groups)


def without_small(groups: Sequence[ObservedGroup], fewest: int) -> tuple[ObservedGroup, ...]:
    """The groups of at least ``fewest`` patients; what is left out cannot be computed from them.

    The groups of a dimension add up to everyone, so together those left out have to be that many
    too: the next smallest goes with them until they are.
    """
    kept = set[int]()
    for dimension in dict.fromkeys(group.dimension for group in groups):
        own = [i for i, group in enumerate(groups) if group.dimension == dimension]
        by_size = sorted(own, key=lambda i: groups[i].patients)
        hidden = sum(groups[i].patients < fewest for i in own)
        while 0 < sum(groups[i].patients for i in by_size[:hidden]) < fewest:
            hidden += 1
            if hidden >= len(own):
                break
        kept |= set(by_size[hidden:])
    return tuple(group for i, group in enumerate(groups) if i in kept)


def _cusum(stated: Floats, happened: Flags, ratio: float) -> Floats:
    steps: Floats = happened * np.log(ratio) - np.log1p((ratio - 1.0) * stated)
    sums: Floats = np.empty_like(steps)
    level = np.zeros(steps.shape[:-1])
    for t in range(steps.shape[-1]):
        level = np.maximum(0.0, level + steps[..., t])
        sums[..., t] = level
    return sums


def _highest(stated: Floats, horizon: int, seed: int) -> Floats:
    """The highest point of either chart in each of ``DRAWS`` clinics whose model is right."""
    rng = np.random.default_rng([seed, horizon])
    drawn = rng.choice(stated, (DRAWS, horizon))
    happened = rng.random(drawn.shape) < drawn
    low, high = running_sums(drawn, happened)
    highest: Floats = np.maximum(low, high).max(axis=-1)
    return highest


def _group(dimension: str, name: str, table: PredictionTable, chosen: Flags) -> ObservedGroup:
    count = int(chosen.sum())
    observed = np.bincount(table.labels[chosen], minlength=table.task.outputs).tolist()
    sums = table.probabilities[chosen].sum(axis=0).tolist()
    low, high = zip(*(wilson(k / count, count) for k in observed), strict=True)
    return ObservedGroup(
        dimension=dimension,
        name=name,
        patients=count,
        observed=tuple(observed),
        predicted=tuple(sums),
        low=low,
        high=high,
    )


def _checked(stated: npt.ArrayLike, happened: npt.ArrayLike) -> tuple[Floats, Flags]:
    s = np.asarray(stated, dtype=np.float64)
    y = np.asarray(happened)
    if s.ndim != 1 or s.shape != y.shape or y.dtype != np.bool_:
        raise EvaluationError(
            "A chart needs one stated probability and one outcome, true or false, per patient. "
            "Pass two arrays of the same length."
        )
    if len(s) < MINIMUM or not ((s >= 0) & (s <= 1)).all():
        raise EvaluationError(
            "A chart needs at least {least} results with probabilities between 0 and 1. "
            "Collect more results.",
            least=MINIMUM,
        )
    return s, y
