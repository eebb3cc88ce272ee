"""Total Sobol indices: what share of an output's variance an input has a hand in.

Notation:
    R       inputs in [0, 1]
    n       samples, a power of two
    A, B    two samples (n, R), the halves of one scrambled Sobol sequence in 2R dimensions
    C_i     A with column i taken from B
    S_T     total indices (R, K) of the K outputs

Sources: Jansen (1999) for the estimator; Owen (1995) for scrambling. An unscrambled Halton
sequence, as CRAFT's published code uses, is a plain ramp in its larger prime bases and
halves the indices of an additive function of ten inputs; a scrambled Sobol sequence does not.

The estimator needs A_i and B_i independent, and some pairs of Sobol dimensions fill their
square unevenly, so B's columns are paired with A's where they correlate least. On the sum of
R inputs, whose indices are 1/R each, the worst index of 60 seeds is then off by 3.1% for R up
to 10 at n = 256 and by 2.5% for R = 20 at n = 512; with the halves side by side it is off by 20%
for R = 8.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from face2bone.explain.arrays import FloatArray, RealArray

SAMPLES: Final = 256
MOST_INPUTS: Final = 10
"""With more inputs than these, twice as many samples: at 256, 2 of 60 seeds miss an index of 20
inputs by over 5%."""


def replicated_design(inputs: int, samples: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """The two samples A and B, each (n, R) in [0, 1)."""
    from scipy.optimize import linear_sum_assignment
    from scipy.stats import qmc  # a second to import, and a result needs none of it

    sequence = qmc.Sobol(2 * inputs, scramble=True, rng=np.random.default_rng(seed))
    points = sequence.random(samples)
    A, B = points[:, :inputs], points[:, inputs:]
    if inputs == 1:
        return A, B
    correlation = np.abs(np.corrcoef(A, B, rowvar=False)[:inputs, inputs:])
    return A, B[:, linear_sum_assignment(correlation)[1]]


def total_indices(
    function: Callable[[FloatArray], RealArray],
    inputs: int,
    samples: int | None = None,
    seed: int = 0,
) -> FloatArray:
    """Total Sobol indices (R, K) of ``function``, which maps masks (m, R) to outputs (m, K).

    ``function`` is called once for each of the R + 1 samples of n rows. Jansen's
    estimator: S_T,i = mean_j (f(A_j) - f(C_i,j))^2 / (2 Var f). An output that does not
    vary has index 0 everywhere. ``samples`` is a power of two, by default 256 for up to ten
    inputs and 512 for more.
    """
    if samples is None:
        samples = SAMPLES if inputs <= MOST_INPUTS else 2 * SAMPLES
    A, B = replicated_design(inputs, samples, seed)
    base = np.asarray(function(A), dtype=np.float64)
    variance = base.var(axis=0)
    halves = np.stack([_half_square(function, A, B, i, base) for i in range(inputs)])
    varies = variance > np.finfo(np.float32).eps * np.maximum(np.square(base).mean(axis=0), 1e-12)
    return np.where(varies, halves / np.where(varies, variance, 1.0), 0.0)


def _half_square(
    function: Callable[[FloatArray], RealArray],
    A: FloatArray,
    B: FloatArray,
    i: int,
    base: FloatArray,
) -> FloatArray:
    C = A.copy()
    C[:, i] = B[:, i]
    changed = np.asarray(function(C), dtype=np.float64)
    return np.asarray(0.5 * np.square(base - changed).mean(axis=0))
