"""An age in whole years as a distribution: one logit a year, and what is said of it.

A softmax over the years says more than one number does: how sure the network is, and of what. The
answer is the median, or the mean where that is how a published network is read; between two years
the median is interpolated, each year's share lying evenly over y - 1/2 to y + 1/2.

Interval: conformalised quantiles (Romano, Patterson, Candès 2019, arXiv 1905.03222). With the
quantiles q_lo, q_hi of the network's own distribution and n calibration people aged y_i,

    E_i = max(q_lo(x_i) - y_i, y_i - q_hi(x_i)),   m = the ceil((n + 1)(1 - a))-th smallest E_i

and the interval is [q_lo - m, q_hi + m]: wide where the network is unsure, and right for 1 - a of
people exchangeable with those. Without calibration people there is only the network's own spread,
which promises nothing.

Age gap: what is left of the answer when age and sex have said what they can, a least-squares fit
on the calibration people. The plain difference between answer and age is no gap: every estimator
makes the young look older and the old younger.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.calibration.conformal import DEFAULT_ALPHA, ROUNDING, minimum_per_class
from face2bone.errors import ManifestError, TrainingError
from face2bone.tasks.known_ages import KnownAges

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor

Answer = Literal["median", "mean"]

LDS_SIGMA: Final = 2.0
LDS_REACH: Final = 2  # years to each side: a kernel of five


@dataclass(frozen=True)
class YearsInterval:
    """``margin`` years added to both quantiles, from ``people`` people, at error ``alpha``."""

    margin: float
    alpha: float
    people: int


@dataclass(frozen=True)
class GapFit:
    """The answer expected of a person: intercept + slope * age + male, years.

    sd: of what is left over, years. people: on whom it was fitted.
    """

    intercept: float
    slope: float
    male: float
    sd: float
    people: int

    def expected(self, age_years: npt.ArrayLike, is_male: npt.ArrayLike) -> Floats:
        """How old people of this age and sex look to the network on average, years."""
        age, male = np.asarray(age_years, np.float64), np.asarray(is_male, np.float64)
        expected: Floats = self.intercept + self.slope * age + self.male * male
        return expected


@dataclass(frozen=True)
class YearsTask:
    """Whole years from ``low`` to ``high``, and which ``answer`` is given.

    label_column: of the manifest, age by the calendar in years.

    Raises ``ValueError`` for fewer than two years.
    """

    low: int
    high: int
    answer: Answer = "median"
    label_column: str = "age_years"

    classes: ClassVar[tuple[str, ...]] = ()
    may_refer: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.high <= self.low:
            raise ValueError("the years run from low to high")

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The one column of ages."""
        return (self.label_column,)

    def labels(self, table: "pd.DataFrame") -> Floats:
        """Ages (N,) in years; ``ManifestError`` for one outside the task's years."""
        ages = np.asarray(table[self.label_column], np.float64)
        if not ((ages >= self.low) & (ages <= self.high)).all():
            raise ManifestError(
                "{column}: a value is missing or not between {low} and {high} years. "
                "Correct the cell.",
                column=self.label_column,
                low=self.low,
                high=self.high,
            )
        return ages

    @property
    def outputs(self) -> int:
        """One logit a year."""
        return self.high - self.low + 1

    @property
    def years(self) -> Floats:
        """The years (K,)."""
        return np.arange(self.low, self.high + 1, dtype=np.float64)

    def distribution(self, logits: npt.ArrayLike) -> Floats:
        """Logits (..., K) -> shares of the years (..., K), summing to one."""
        z = np.asarray(logits, np.float64)
        if z.shape[-1] != self.outputs or not np.isfinite(z).all():
            raise TrainingError(
                "The network's outputs of shape {shape} are not a finite logit for each of "
                "{outputs} years. Use the bundle with the network it was made with.",
                shape=str(z.shape),
                outputs=self.outputs,
            )
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        shares: Floats = e / e.sum(axis=-1, keepdims=True)
        return shares

    def quantile(self, shares: npt.ArrayLike, q: float) -> Floats:
        """The q-quantile (...) of distributions (..., K), years, interpolated within a year."""
        p = np.asarray(shares, np.float64)
        cumulated = np.cumsum(p, axis=-1)
        at = np.minimum((cumulated < q).sum(axis=-1), self.outputs - 1)[..., None]
        share = np.take_along_axis(p, at, -1)[..., 0]
        before = np.take_along_axis(cumulated, at, -1)[..., 0] - share
        within = np.clip((q - before) / np.maximum(share, 1e-300), 0.0, 1.0)
        found: Floats = np.clip(self.low - 0.5 + at[..., 0] + within, self.low, self.high)
        return found

    def answers(self, logits: npt.ArrayLike) -> Floats:
        """Logits (..., K) -> the answer (...), years."""
        shares = self.distribution(logits)
        if self.answer == "mean":
            mean: Floats = shares @ self.years
            return mean
        return self.quantile(shares, 0.5)

    def spread(self, logits: npt.ArrayLike, alpha: float = DEFAULT_ALPHA) -> tuple[Floats, Floats]:
        """The quantiles alpha / 2 and 1 - alpha / 2 (...) of the network's own distribution."""
        shares = self.distribution(logits)
        return self.quantile(shares, alpha / 2), self.quantile(shares, 1 - alpha / 2)

    def interval(self, logits: npt.ArrayLike, fitted: YearsInterval) -> tuple[Floats, Floats]:
        """The conformal interval (...), both ends within the task's years."""
        low, high = self.spread(logits, fitted.alpha)
        # A negative margin may not turn an interval round.
        middle = (low + high) / 2
        ends = np.minimum(low - fitted.margin, middle), np.maximum(high + fitted.margin, middle)
        return np.clip(ends[0], self.low, self.high), np.clip(ends[1], self.low, self.high)

    def summarise(self, outputs: npt.ArrayLike, fitted: YearsInterval) -> dict[str, float]:
        """The answer and both ends of its interval."""
        low, high = self.interval(outputs, fitted)
        return {"value": float(self.answers(outputs)), "low": float(low), "high": float(high)}

    def known(
        self, outputs: npt.ArrayLike, labels: npt.ArrayLike, fitted: YearsInterval
    ) -> KnownAges:
        """The answers (N,) to logits (N, K) and their intervals beside the ages (N,)."""
        ages, ends = np.asarray(labels, np.float64), self.interval(outputs, fitted)
        return KnownAges(ages, self.answers(outputs), *ends)

    def measures(
        self, outputs: npt.ArrayLike, labels: npt.ArrayLike, fitted: YearsInterval
    ) -> dict[str, float]:
        """The figures of ``KnownAges``."""
        return self.known(outputs, labels, fitted).figures()

    def calibrate(
        self, outputs: npt.ArrayLike, labels: npt.ArrayLike, seed: int = 0
    ) -> YearsInterval:
        """The module's m at ``DEFAULT_ALPHA``; ``TrainingError`` for too few people.

        Nothing is drawn, so ``seed`` changes nothing.
        """
        alpha = DEFAULT_ALPHA
        y, (low, high) = np.asarray(labels, np.float64), self.spread(outputs, alpha)
        needed = minimum_per_class(alpha)
        if len(y) < needed or low.shape != y.shape:
            raise TrainingError(
                "The calibration split has {count} people where level {level} needs "
                "{needed}, with as many outputs as ages. Enlarge the split.",
                count=len(y),
                level=f"{alpha:g}",
                needed=needed,
            )
        errors = np.sort(np.maximum(low - y, y - high))
        rank = math.ceil(round((len(y) + 1) * (1.0 - alpha), ROUNDING))
        return YearsInterval(float(errors[rank - 1]), alpha, len(y))

    def loss(
        self, outputs: "Tensor", labels: "Tensor", weights: "Tensor | None" = None
    ) -> "Tensor":
        """Cross-entropy against each age shared between its two nearest years.

        outputs: logits (B, K); labels: ages (B,) in years; weights (B,) of the people, mean one.
        """
        import torch
        import torch.nn.functional as F

        place = (labels - self.low).clamp(0, self.outputs - 1)
        below = place.floor().long()
        above = (below + 1).clamp(max=self.outputs - 1)
        log_shares, part = F.log_softmax(outputs, dim=1), place - below
        each = -(
            (1 - part) * log_shares.gather(1, below[:, None])[:, 0]
            + part * log_shares.gather(1, above[:, None])[:, 0]
        )
        return torch.mean(each if weights is None else each * weights)

    def balancing_weights(self, ages: npt.ArrayLike) -> Floats:
        """Weights (N,), mean one: one over the square root of a year's smoothed count.

        Label distribution smoothing (Yang, Zha, Chen, Wang, Katabi 2021, arXiv 2102.09554) with a
        Gaussian kernel of five years, SD two.
        """
        place = np.clip(np.rint(np.asarray(ages, np.float64)) - self.low, 0, self.outputs - 1)
        counts = np.bincount(place.astype(np.int64), minlength=self.outputs)
        kernel = np.exp(-0.5 * (np.arange(-LDS_REACH, LDS_REACH + 1) / LDS_SIGMA) ** 2)
        smoothed = np.convolve(counts, kernel / kernel.sum(), mode="same")
        weights = 1.0 / np.sqrt(np.maximum(smoothed[place.astype(np.int64)], 1e-12))
        balanced: Floats = weights / weights.mean()
        return balanced


def fit_gap(answers: npt.ArrayLike, age_years: npt.ArrayLike, is_male: npt.ArrayLike) -> GapFit:
    """Least squares of answers (N,) on age (N,) and sex (N,) of calibration people.

    Raises ``TrainingError`` where they do not settle it: too few, or all of one age.
    """
    y, age = np.asarray(answers, np.float64), np.asarray(age_years, np.float64)
    male = np.asarray(is_male, np.float64)
    design = np.column_stack((np.ones_like(age), age, male - male.mean()))
    columns = design if male.std() > 0 else design[:, :2]
    if len(y) < 30 or np.linalg.matrix_rank(columns) < columns.shape[1]:
        raise TrainingError(
            "{count} calibration people do not settle how answers follow age and sex. "
            "Enlarge the split: 30 people of differing age are the least.",
            count=len(y),
        )
    found, *_ = np.linalg.lstsq(columns, y, rcond=None)
    by_sex = float(found[2]) if len(found) > 2 else 0.0
    left = y - columns @ found
    return GapFit(
        intercept=float(found[0] - by_sex * male.mean()),
        slope=float(found[1]),
        male=by_sex,
        sd=float(left.std(ddof=columns.shape[1])),
        people=len(y),
    )


def gaps(
    answers: npt.ArrayLike, age_years: npt.ArrayLike, is_male: npt.ArrayLike, fit: GapFit
) -> Floats:
    """Age gaps (N,) in years: above zero the face looks older than others of age and sex do."""
    left: Floats = np.asarray(answers, np.float64) - fit.expected(age_years, is_male)
    return left
