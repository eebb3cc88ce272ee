"""Non-negative matrix factorisation: features as sums of a few parts.

Notation, as in CRAFT (Fel et al. 2023):
    A   features (N, C), non-negative, one row a map position
    U   coefficients (N, R), non-negative: how much of each part a row holds
    W   basis (R, C), non-negative, rows of unit length: the parts
so that A is about U W, in the least-squares sense (Lee and Seung 1999).
"""

import warnings
from typing import Final, Literal

import numpy as np

from face2bone.arrays import Floats, Reals
from face2bone.errors import TrainingError

Start = Literal["nndsvda", "random"]
MAX_ITERATIONS: Final = 500


def factorise(A: Reals, parts: int, seed: int, start: Start = "nndsvda") -> tuple[Floats, Floats]:
    """U (N, R) and W (R, C) of non-negative features A (N, C); the same seed, the same parts.

    ``start``: from the singular vectors of A (Boutsidis and Gallopoulos 2008), whatever the
    seed nearly the same, or from random factors, to see what hangs on the start.

    Raises ``TrainingError`` when there are fewer rows or columns than parts.
    """
    # Two seconds to import, and only learning concepts needs them.
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    if min(A.shape) < parts:
        raise TrainingError(
            "{count} concepts cannot be learned from {positions} map positions of {features} "
            "features. Give more photos, or ask for fewer concepts.",
            count=parts,
            positions=A.shape[0],
            features=A.shape[1],
        )
    model = NMF(parts, init=start, random_state=seed, max_iter=MAX_ITERATIONS, tol=1e-4)
    with warnings.catch_warnings():
        # A basis that still moves in its fourth digit is good enough to read concepts from.
        warnings.simplefilter("ignore", ConvergenceWarning)
        U = model.fit_transform(A.astype(np.float64))
    W = np.asarray(model.components_)
    length = np.linalg.norm(W, axis=1)
    # A part that learned nothing is a row of zeros; it stays one, and its presence is 0.
    scale = np.where(length > 0, length, 1.0)
    return U * length, W / scale[:, None]


def project(A: Reals, W: Reals) -> Floats:
    """Non-negative least-squares coefficients (N, R) of rows A (N, C) on the basis W (R, C).

    W^T = Q T once, and every row's problem shrinks from C to R equations with the same
    minimiser, because the part of a row outside the span of W costs the same whatever U.
    """
    Q, T = np.linalg.qr(W.astype(np.float64).T)
    reduced = A.astype(np.float64) @ Q
    from scipy.optimize import nnls  # half a second to import, and a result needs none of it

    return np.stack([nnls(T, row)[0] for row in reduced])


def relative_error(A: Reals, U: Reals, W: Reals) -> float:
    """||A - U W|| / ||A|| in the Frobenius norm; 0 when A is all zeros."""
    size = float(np.linalg.norm(A))
    return float(np.linalg.norm(A - U @ W)) / size if size > 0 else 0.0
