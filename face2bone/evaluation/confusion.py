"""Figures of a confusion matrix, for one matrix or a stack of resampled ones.

Notation: M (..., K, K), M_ij = patients of true class i predicted as j (or their weight);
s = sum of M, t_k and p_k its row and column sums, c its trace. Every function keeps the
leading axes and gives NaN where the patients cannot define the figure.
"""

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats


def confusions(probabilities: Floats, labels: npt.NDArray[np.int64], weights: Floats) -> Floats:
    """One matrix a resample, (R, K, K), from weights (R, N); predicted = most probable."""
    classes = probabilities.shape[1]
    cells = np.eye(classes**2)[labels * classes + probabilities.argmax(axis=1)]
    counts: Floats = (weights @ cells).reshape(-1, classes, classes)
    return counts


def accuracy(matrix: Floats) -> Floats:
    """Share of patients whose class is named, in [0, 1]."""
    return ratio(np.trace(matrix, axis1=-2, axis2=-1), matrix.sum(axis=(-2, -1)))


def recall(matrix: Floats) -> Floats:
    """Share of each true class that is named, (..., K); NaN for a class without patients."""
    return ratio(_diagonal(matrix), matrix.sum(axis=-1))


def precision(matrix: Floats) -> Floats:
    """Share of each named class that is true, (..., K).

    A class that has patients and is never named scores 0, or macro averages would reward
    leaving it out; one with neither is NaN.
    """
    named, true = matrix.sum(axis=-2), matrix.sum(axis=-1)
    return np.where((named == 0) & (true > 0), 0.0, ratio(_diagonal(matrix), named))


def f1(matrix: Floats) -> Floats:
    """Harmonic mean of precision and recall, 2 M_kk / (t_k + p_k), of each class; (..., K)."""
    return ratio(2 * _diagonal(matrix), matrix.sum(axis=-1) + matrix.sum(axis=-2))


def kappa(matrix: Floats) -> Floats:
    """Cohen's kappa, in [-1, 1]: agreement beyond what the margins give by chance."""
    return _weighted_kappa(matrix, 1.0 - np.eye(matrix.shape[-1]))


def quadratic_kappa(matrix: Floats) -> Floats:
    """Cohen's kappa with weights (i - j)^2 (Cohen 1968): two classes off costs four times one."""
    classes = np.arange(matrix.shape[-1], dtype=np.float64)
    cost: Floats = np.square(np.subtract.outer(classes, classes))
    return _weighted_kappa(matrix, cost)


def matthews(matrix: Floats) -> Floats:
    """Matthews' correlation for several classes (Gorodkin 2004), in [-1, 1].

    (c s - sum t_k p_k) / sqrt((s^2 - sum p_k^2)(s^2 - sum t_k^2)); NaN when one class is
    always named or always true.
    """
    total, true, named = matrix.sum(axis=(-2, -1)), matrix.sum(axis=-1), matrix.sum(axis=-2)
    above = np.trace(matrix, axis1=-2, axis2=-1) * total - (true * named).sum(axis=-1)
    spread = (total**2 - (named**2).sum(-1)) * (total**2 - (true**2).sum(-1))
    return ratio(above, np.sqrt(spread))


def ratio(above: npt.ArrayLike, below: npt.ArrayLike) -> Floats:
    """Quotient, NaN where the divisor is 0."""
    a, b = np.broadcast_arrays(np.asarray(above, np.float64), np.asarray(below, np.float64))
    quotient: Floats = np.full(a.shape, np.nan)
    np.divide(a, b, out=quotient, where=b != 0)
    return quotient


def _weighted_kappa(matrix: Floats, cost: Floats) -> Floats:
    true, named, total = matrix.sum(axis=-1), matrix.sum(axis=-2), matrix.sum(axis=(-2, -1))
    expected = ratio(true[..., :, None] * named[..., None, :], total[..., None, None])
    return 1.0 - ratio((cost * matrix).sum((-2, -1)), (cost * expected).sum((-2, -1)))


def _diagonal(matrix: Floats) -> Floats:
    return np.diagonal(matrix, axis1=-2, axis2=-1)
