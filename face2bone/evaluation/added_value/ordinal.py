"""Proportional odds for three ordered classes, with a ridge on chosen columns.

Notation: x (d,) one patient's columns, y in 0 < 1 < 2, s the logistic function,

    P(y >= k | x) = s(a_k + x . b),  k = 1, 2,  a_1 > a_2        (McCullagh 1980)

fitted by Newton's method on sum log P(y_i | x_i) - 1/2 sum_j penalty_j b_j^2, which is concave
in (a, b). One slope for both cuts is what keeps the classes' order, and costs half the
parameters of a multinomial model. Where a T-score is normal about a linear mean with constant
spread, the model with a probit link is exact, and the logistic one close to it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit

from face2bone.arrays import Floats, Integers
from face2bone.errors import EvaluationError
from face2bone.tasks import BONE_MASS

CUTS: Final = BONE_MASS.outputs - 1
STEPS: Final = 50
TOLERANCE: Final = 1e-8  # of the Newton decrement, in log-likelihood
SMALLEST: Final = 1e-12  # probability below which a logarithm is not taken
RIDGE: Final = 1e-8  # keeps the system solvable when two columns say the same


@dataclass(frozen=True)
class OrdinalModel:
    """A fitted model: cuts (2,) falling, slopes (d,), log-likelihood without the penalty."""

    cuts: Floats
    slopes: Floats
    log_likelihood: float

    def probabilities(self, x: Floats) -> Floats:
        """P(class) of rows (N, d); (N, 3)."""
        beyond = expit(self.cuts + (x @ self.slopes)[:, None])
        ones, zeros = np.ones((len(x), 1)), np.zeros((len(x), 1))
        falls: Floats = -np.diff(np.hstack([ones, beyond, zeros]), axis=1)
        return np.clip(falls, 0.0, 1.0)


def fit_ordinal(
    x: Floats, labels: Integers, penalty: Floats, start: OrdinalModel | None = None
) -> OrdinalModel:
    """Fit to rows (N, d) and classes (N,); ``penalty`` (d,) >= 0, 0 leaves a slope free.

    ``start`` is a model of the same columns to begin from. Raises ``EvaluationError`` when a
    class has no patient, or Newton's method does not settle.
    """
    if len(np.unique(labels)) < BONE_MASS.outputs:
        raise EvaluationError(
            "A class has no patient among those a model is fitted to. "
            "Use a cohort with every class, or with more patients."
        )
    theta = _start(x.shape[1], labels) if start is None else np.append(start.cuts, start.slopes)
    value = _objective(theta, x, labels, penalty)
    for _ in range(STEPS):
        gradient, hessian = _derivatives(theta, x, labels, penalty)
        step: Floats = np.linalg.solve(hessian, gradient).astype(np.float64)
        promise = float(gradient @ step)
        if promise < TOLERANCE:
            return _model(theta, x, labels)
        theta, value = _shortened(theta, step, value, x, labels, penalty)
    raise EvaluationError(
        "A model of {columns} columns did not settle on {count} patients. Look for a column "
        "of wild or identical values.",
        columns=x.shape[1],
        count=len(x),
    )


def _start(columns: int, labels: Integers) -> Floats:
    """No slope, and the cuts of the class fractions."""
    beyond = np.array([(labels >= k).mean() for k in range(1, BONE_MASS.outputs)])
    return np.append(np.log(beyond / (1.0 - beyond)), np.zeros(columns))


def _shortened(
    theta: Floats, step: Floats, value: float, x: Floats, labels: Integers, penalty: Floats
) -> tuple[Floats, float]:
    """The longest of the step's halves that does not lose."""
    for _ in range(STEPS):
        candidate = theta + step
        reached = _objective(candidate, x, labels, penalty)
        if reached >= value:
            return candidate, reached
        step = step / 2.0
    return theta, value


def _model(theta: Floats, x: Floats, labels: Integers) -> OrdinalModel:
    fitted = OrdinalModel(theta[:CUTS], theta[CUTS:], 0.0)
    own = fitted.probabilities(x)[np.arange(len(labels)), labels]
    total = float(np.log(np.maximum(own, SMALLEST)).sum())
    return OrdinalModel(theta[:CUTS], theta[CUTS:], total)


def _objective(theta: Floats, x: Floats, labels: Integers, penalty: Floats) -> float:
    """Penalised log-likelihood; minus infinity where the cuts cross."""
    if theta[0] <= theta[1]:
        return -np.inf
    slopes = theta[CUTS:]
    return _model(theta, x, labels).log_likelihood - 0.5 * float(penalty @ slopes**2)


def _derivatives(
    theta: Floats, x: Floats, labels: Integers, penalty: Floats
) -> tuple[Floats, Floats]:
    """Gradient (2 + d,) and negative Hessian (2 + d, 2 + d) of the penalised log-likelihood."""
    u, w11, w12, w22 = _curvatures(theta[:CUTS] + (x @ theta[CUTS:])[:, None], labels)
    gradient = np.append(u.sum(axis=0), x.T @ u.sum(axis=1) - penalty * theta[CUTS:])
    hessian = np.zeros((CUTS + x.shape[1],) * 2)
    hessian[0, 0], hessian[1, 1] = w11.sum(), w22.sum()
    hessian[0, 1] = hessian[1, 0] = w12.sum()
    for k, weight in enumerate((w11 + w12, w22 + w12)):
        hessian[k, CUTS:] = hessian[CUTS:, k] = x.T @ weight
    hessian[CUTS:, CUTS:] = (x * (w11 + 2.0 * w12 + w22)[:, None]).T @ x + np.diag(penalty)
    return gradient, hessian + RIDGE * np.eye(len(hessian))


def _curvatures(eta: Floats, labels: Integers) -> tuple[Floats, Floats, Floats, Floats]:
    """Slope (N, 2) and negative curvatures (N,) of log P(y) along the two linear predictors."""
    f = expit(eta)
    density = f * (1.0 - f)
    low, middle, high = (labels == k for k in range(BONE_MASS.outputs))
    share = np.maximum(f[:, 0] - f[:, 1], SMALLEST)
    ratio = density / share[:, None]
    bend = ratio * (1.0 - 2.0 * f)
    up = np.where(low, -f[:, 0], np.where(middle, ratio[:, 0], 0.0))
    down = np.where(high, 1.0 - f[:, 1], np.where(middle, -ratio[:, 1], 0.0))
    w11 = np.where(low, density[:, 0], np.where(middle, ratio[:, 0] ** 2 - bend[:, 0], 0.0))
    w22 = np.where(high, density[:, 1], np.where(middle, ratio[:, 1] ** 2 + bend[:, 1], 0.0))
    w12 = np.where(middle, -ratio[:, 0] * ratio[:, 1], 0.0)
    return np.column_stack([up, down]), w11, w12, w22
