"""Predict every patient by models that never saw the patient: clinical, picture, both.

The patients are cut into folds, stratified by class, and the cut is made several times. For
each fold the models are fitted to the other folds:

    clinical   proportional odds on the clinical columns, nothing penalised
    picture    proportional odds on the picture's components, all under one ridge
    both       clinical columns free, the picture's components under one ridge

Components are learnt on the fitting folds alone. The ridge is chosen inside them, by ranked
probability score over inner folds; for "both" the candidates include an infinite one, which is
the clinical model itself, so that a useless picture can be left out. Probabilities are averaged
over the cuts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from face2bone.arrays import Flags, Floats, Integers
from face2bone.calibration.reliability import ranked_probability_scores
from face2bone.errors import EvaluationError
from face2bone.evaluation.added_value.columns import learn_components
from face2bone.evaluation.added_value.ordinal import OrdinalModel, fit_ordinal
from face2bone.tasks import BONE_MASS

COMPONENTS: Final = 100
FOLDS: Final = 5
INNER_FOLDS: Final = 5
REPEATS: Final = 3
PENALTIES: Final = (
    30.0,
    10.0,
    3.0,
    1.0,
    0.3,
    0.1,
)  # from stiff to loose, each starting at the last one's
LEAST_PER_CLASS: Final = 25  # five in each fold


@dataclass(frozen=True)
class CrossFitted:
    """Out-of-fold probabilities (N, 3) of three models, and how often the picture was left out.

    left_out: share of fits of "both" in which the inner folds chose the clinical model.
    """

    labels: Integers
    clinical: Floats
    picture: Floats
    both: Floats
    left_out: float

    @property
    def models(self) -> Mapping[str, Floats]:
        """The three by the names that files give their figures."""
        return {"clinical": self.clinical, "face": self.picture, "both": self.both}


def cross_fit(
    clinical: Floats,
    features: Floats,
    labels: Integers,
    seed: int = 0,
    least: int = LEAST_PER_CLASS,
) -> CrossFitted:
    """Out-of-fold predictions of one row a patient: (N, c) columns, (N, F) features, (N,) classes.

    Raises ``EvaluationError`` when a class has fewer than ``least`` patients.
    """
    counts = np.bincount(labels, minlength=BONE_MASS.outputs)
    if counts.min() < least:
        raise EvaluationError(
            "The smallest class has {count} patients where {least} are needed. Judge "
            "added value on a larger cohort.",
            count=int(counts.min()),
            least=least,
        )
    totals = np.zeros((3, len(labels), BONE_MASS.outputs))
    left_out = 0
    for repeat in range(REPEATS):
        rng = np.random.default_rng([seed, repeat])
        fold = stratified_folds(labels, FOLDS, rng)
        for k in range(FOLDS):
            inside = fold != k
            predictions, without = _one_fold(clinical, features, labels, inside, rng)
            totals[:, ~inside] += predictions
            left_out += without
    own, picture, both = totals / REPEATS
    return CrossFitted(labels, own, picture, both, left_out / (REPEATS * FOLDS))


def stratified_folds(labels: Integers, folds: int, rng: np.random.Generator) -> Integers:
    """A fold, 0 to ``folds`` - 1, for each patient; classes are dealt out evenly; (N,)."""
    order = rng.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    fold = np.empty(len(labels), np.int64)
    fold[order] = np.arange(len(labels)) % folds
    return fold


def ridge_path(x: Floats, free: int, labels: Integers) -> list[OrdinalModel]:
    """Models of columns (N, d), the first ``free`` unpenalised: an infinite ridge on the others,
    then each of ``PENALTIES``.
    """
    model = fit_ordinal(x[:, :free], labels, np.zeros(free))
    model = replace(model, slopes=np.append(model.slopes, np.zeros(x.shape[1] - free)))
    path = [model]
    for penalty in PENALTIES:
        ridge = np.where(np.arange(x.shape[1]) < free, 0.0, penalty)
        model = fit_ordinal(x, labels, ridge, start=model)
        path.append(model)
    return path


def _one_fold(
    clinical: Floats, features: Floats, labels: Integers, inside: Flags, rng: np.random.Generator
) -> tuple[Floats, bool]:
    """Probabilities (3, M, 3) of the M patients outside, and whether "both" left it out."""
    scores = learn_components(features[inside], COMPONENTS)(features)
    inner = stratified_folds(labels[inside], INNER_FOLDS, rng)
    columns, free = np.hstack([clinical, scores]), clinical.shape[1]
    picture, _ = _chosen(scores, 0, labels, inside, inner)
    both, place = _chosen(columns, free, labels, inside, inner)
    model = fit_ordinal(clinical[inside], labels[inside], np.zeros(free))
    alone = model.probabilities(clinical[~inside])
    # The same model, so the same digits: rounding must not pass for a difference.
    return np.stack([alone, picture, alone if place == 0 else both]), place == 0


def _chosen(
    x: Floats, free: int, labels: Integers, inside: Flags, inner: Integers
) -> tuple[Floats, int]:
    """Predictions outside by the model whose ridge did best over the inner folds; its place."""
    seen, y = x[inside], labels[inside]
    score = np.zeros(1 + len(PENALTIES))
    for k in range(INNER_FOLDS):
        models = ridge_path(seen[inner != k], free, y[inner != k])
        score += [
            ranked_probability_scores(m.probabilities(seen[inner == k]), y[inner == k]).sum()
            for m in models
        ]
    place = int(score.argmin())
    return ridge_path(seen, free, y)[place].probabilities(x[~inside]), place
