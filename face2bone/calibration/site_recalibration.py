"""A clinic's own DXA results against what the model predicted for the same patients.

The rule. Recalibration passes when all five hold:
1. at least ``MINIMUM_PER_CLASS`` patients of every class;
2. fault: the probabilities as they were do not fit these results (``reliability.py``), with
   p below ``FAULT_LEVEL`` - otherwise there is nothing to repair, or no proof;
3. gain: the ranked probability score of patients the map has not seen falls;
4. skill: it is below that of the clinic's own base rates told to everybody, with one-sided
   97.5% confidence - a model that knows nothing about these patients is not to be repaired;
5. what is left of miscalibration is within chance: the expected calibration error is not
   above the 95th percentile of a perfectly calibrated model on as many patients.
Every score comes from probabilities of patients the map has not seen; the choice of the map
(``selection.py``) is repeated inside each fold, so that choosing cannot flatter the gain.
Looking again after every new patient would make chance pass in the end: look at planned
counts, such as every hundred patients; ``FAULT_LEVEL`` is small enough for ten such looks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats, Integers
from face2bone.calibration.calibrators import (
    CALIBRATORS,
    Calibrator,
    Method,
    calibrated,
    log_scores,
)
from face2bone.calibration.labelled import checked_labels
from face2bone.calibration.reliability import (
    ece_floor,
    expected_calibration_error,
    miscalibration_p,
    ranked_probability_scores,
)
from face2bone.calibration.selection import choose, folds
from face2bone.errors import RecalibrationRefused
from face2bone.words import message, template, together

MINIMUM_PER_CLASS: Final = 20
CONFIDENCE: Final = 0.975  # one-sided
FAULT_LEVEL: Final = 0.0025
LOCAL_METHODS: Final[tuple[Method, ...]] = tuple(CALIBRATORS)


@dataclass(frozen=True)
class Difference:
    """A mean difference over patients and its one-sided 97.5% lower bound."""

    mean: float
    lower: float


@dataclass(frozen=True)
class Evidence:
    """What the clinic's results say, all from patients the map had not seen.

    rps_before, rps_after, rps_base_rates: mean ranked probability score in [0, 1] of the
        probabilities as they were, recalibrated, and of the clinic's base rates for everyone.
    gain: rps_before - rps_after. skill: rps_base_rates - rps_after.
    fault_p: p-value in (0, 1] of the probabilities as they were.
    ece, ece_limit: expected calibration error after, and what chance allows.
    probabilities: (N, K) recalibrated, each row by a map fitted without that patient.
    """

    method: Method
    calibrator: Calibrator
    rps_before: float
    rps_after: float
    rps_base_rates: float
    gain: float
    skill: Difference
    fault_p: float
    ece: float
    ece_limit: float
    probabilities: Floats


@dataclass(frozen=True)
class LocalRecalibration:
    """The outcome: ``reasons`` against a new calibration, none when it passes.

    labels: (N,) observed classes. counts: of each class. evidence: None while a class has
    too few patients to look.
    """

    labels: Integers
    counts: tuple[int, ...]
    reasons: tuple[str, ...]
    evidence: Evidence | None

    @property
    def passes(self) -> bool:
        """Whether the written rule is met."""
        return not self.reasons

    def apply(self, probabilities: npt.ArrayLike) -> Floats:
        """Recalibrate probabilities (N, K) of other patients.

        Raises ``RecalibrationRefused`` while there are too few patients, and
        ``TrainingError`` when a row is no distribution.
        """
        if self.evidence is None:
            raise RecalibrationRefused(together(self.reasons))
        return calibrated(log_scores(probabilities), self.evidence.calibrator)


def recalibrate(
    probabilities: npt.ArrayLike,
    labels: npt.ArrayLike,
    seed: int = 0,
    classes: Sequence[str] = (),
) -> LocalRecalibration:
    """Judge a clinic's results: predicted probabilities (N, K) and observed classes (N,).

    One row per patient; ``seed`` orders the folds; ``classes`` are the K names, for the reasons'
    sentences. Raises ``TrainingError`` when shapes disagree or a row is no distribution.
    """
    scores = log_scores(probabilities)
    y = checked_labels(labels, scores)
    counts = tuple(np.bincount(y, minlength=scores.shape[1]).tolist())
    few = _too_few(dict(zip(classes or _numbered(counts), counts, strict=True)))
    if few:
        return LocalRecalibration(y, counts, few, None)
    evidence = _weigh(scores, y, seed)
    return LocalRecalibration(y, counts, _objections(evidence), evidence)


def _numbered(counts: Sequence[int]) -> list[str]:
    return [message("class {k}", k=k) for k in range(len(counts))]


def _too_few(counts: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(
        message(
            "{count} patients with {name} have a DXA result where {needed} are needed. Collect "
            "more results.",
            count=count,
            name=name,
            needed=MINIMUM_PER_CLASS,
        )
        for name, count in counts.items()
        if count < MINIMUM_PER_CLASS
    )


def _weigh(scores: Floats, y: Integers, seed: int) -> Evidence:
    fold = folds(y, seed)
    after, base_rates = np.empty_like(scores), np.empty_like(scores)
    for k in np.unique(fold):
        out = fold == k
        inner = choose(scores[~out], y[~out], LOCAL_METHODS, seed)
        after[out] = calibrated(scores[out], inner.calibrator)
        base_rates[out] = np.bincount(y[~out], minlength=scores.shape[1]) / (~out).sum()
    chosen = choose(scores, y, LOCAL_METHODS, seed)
    told = (calibrated(scores), after, base_rates)
    before_loss, after_loss, base_loss = (ranked_probability_scores(p, y) for p in told)
    return Evidence(
        method=chosen.method,
        calibrator=chosen.calibrator,
        rps_before=float(before_loss.mean()),
        rps_after=float(after_loss.mean()),
        rps_base_rates=float(base_loss.mean()),
        gain=float((before_loss - after_loss).mean()),
        skill=_difference(base_loss - after_loss),
        fault_p=miscalibration_p(scores, y),
        ece=expected_calibration_error(after, y),
        ece_limit=ece_floor(after, seed=seed).p95,
        probabilities=after,
    )


def _difference(values: Floats) -> Difference:
    from scipy.stats import t as student  # a second to import, and no assessment asks for it

    error = values.std(ddof=1) / np.sqrt(len(values))
    mean = float(values.mean())
    return Difference(mean, mean - float(student.ppf(CONFIDENCE, len(values) - 1) * error))


def _objections(evidence: Evidence) -> tuple[str, ...]:
    objections: list[str] = []
    if evidence.fault_p >= FAULT_LEVEL:
        objections.append(
            message(
                "That the probabilities do not fit these results may be chance (p {p}, below "
                "{level} is asked). Keep the bundle as it is, or collect more results.",
                p=f"{evidence.fault_p:.2g}",
                level=f"{FAULT_LEVEL}",
            )
        )
    if evidence.gain <= 0:
        objections.append(
            template(
                "A new calibration is not better for patients it has not seen. "
                "Keep the bundle as it is, or collect more results."
            )
        )
    if evidence.skill.lower <= 0:
        objections.append(
            template(
                "Recalibrated, the model is not better here than telling everybody the clinic's "
                "base rates. Do not use it for these patients."
            )
        )
    if evidence.ece > evidence.ece_limit:
        objections.append(
            message(
                "Miscalibration remains after recalibration (calibration error {error}, chance "
                "allows {limit}). Collect more results and look at the reliability curve.",
                error=f"{evidence.ece:.3f}",
                limit=f"{evidence.ece_limit:.3f}",
            )
        )
    return tuple(objections)
