"""Total Sobol indices: what share of an output's variance an input has a hand in.

Notation:
    R       inputs in [0, 1]
    n       samples, a power of two
    A, B    two samples (n, R), the halves of one scrambled Sobol sequence in 2R dimensions
    C_i     A with column i taken from B
    S_T     total indices (R, K) of the K outputs

    S_T,i = mean_j (f(A_j) - f(C_i,j))^2 / (2 Var f), with Var f over A and C_i together

A and C_i are the same but for input i, so this is one less their correlation, and what makes the
upper part large makes the lower part large too. With Var f over A alone (Jansen 1999) a few masks
at which a network's answer falls off a cliff gave an index of 2.6, where no index can exceed 1.
The standard error leaves out every sixteenth sample in turn (the jackknife; Efron 1982). On a
smooth function it is several times too wide, because a Sobol sequence does better there than
random points; on the shipped network it is 1.7 times the spread over seeds in the median, and 95%
of seeds lie within two of it (docs/reference/concepts.md).

Sources: Jansen (1999); Glen & Isaacs (2012) for indices as correlations; Owen (1995) for
scrambling. An unscrambled Halton sequence, as CRAFT's published code uses, is a plain ramp in its
larger prime bases and halves the indices of an additive function of ten inputs; a scrambled Sobol
sequence does not.

The estimator needs A_i and B_i independent, and some pairs of Sobol dimensions fill their
square unevenly, so B's columns are paired with A's where they correlate least. On the sum of
R inputs, whose indices are 1/R each, the worst index of 60 seeds is then off by 3.6% for R up
to 10 at n = 256 and by 2.9% for R = 20 at n = 512; with the halves side by side it is off by 20%
for R = 8.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from face2bone.arrays import Floats, Reals

SAMPLES: Final = 256
GROUPS: Final = 16  # of the jackknife; divides every number of samples
MOST_INPUTS: Final = 10
"""With more inputs than these, twice as many samples: at 256, 6 of 60 seeds miss an index of 20
inputs by over 5%."""


def replicated_design(inputs: int, samples: int, seed: int) -> tuple[Floats, Floats]:
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


@dataclass(frozen=True)
class TotalIndices:
    """Total indices (R, K) in [0, 1], and the standard error of each, in the same units.

    At least about 95% of repeats with other random masks lie within two of them.
    """

    values: Floats
    errors: Floats


def total_indices(
    function: Callable[[Floats], Reals],
    inputs: int,
    samples: int | None = None,
    seed: int = 0,
) -> TotalIndices:
    """Total Sobol indices of ``function``, which maps masks (m, R) to outputs (m, K).

    ``function`` is called once for each of the R + 1 samples of n rows. An output that does not
    vary has index 0 everywhere. ``samples`` is a power of two, by default 256 for up to ten
    inputs and 512 for more.
    """
    if samples is None:
        samples = SAMPLES if inputs <= MOST_INPUTS else 2 * SAMPLES
    A, B = replicated_design(inputs, samples, seed)
    base = np.asarray(function(A), dtype=np.float64)
    changed = np.stack([_outputs(function, A, B, i) for i in range(inputs)])
    values = _indices(base, changed)
    group = np.arange(samples) % GROUPS
    without = [_indices(base[group != g], changed[:, group != g]) for g in range(GROUPS)]
    errors = np.sqrt((GROUPS - 1) * np.var(without, axis=0))
    return TotalIndices(np.clip(values, 0.0, 1.0), errors)


def _outputs(function: Callable[[Floats], Reals], A: Floats, B: Floats, i: int) -> Floats:
    """Outputs (n, K) for C_i."""
    C = A.copy()
    C[:, i] = B[:, i]
    return np.asarray(function(C), dtype=np.float64)


def _indices(base: Floats, changed: Floats) -> Floats:
    """S_T (R, K) of outputs for A, (n, K), and for every C_i, (R, n, K)."""
    half_square = 0.5 * np.square(changed - base).mean(axis=1)
    mean = 0.5 * (base.mean(axis=0) + changed.mean(axis=1))
    square = 0.5 * (np.square(base).mean(axis=0) + np.square(changed).mean(axis=1))
    variance = square - np.square(mean)
    varies = variance > np.finfo(np.float32).eps * np.maximum(square, 1e-12)
    return np.where(varies, half_square / np.where(varies, variance, 1.0), 0.0)
