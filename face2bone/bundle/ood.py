"""Is this picture like those the model was calibrated on? A distance in feature space.

Notation: x (C,) features at the cut, averaged over the map; m their mean and S their
covariance on the calibration split, S shrunk towards a multiple of the identity (Ledoit
and Wolf 2004, doi 10.1016/S0047-259X(03)00096-4), without which it has no inverse when
there are fewer pictures than channels. Distance = sqrt((x - m)' S^-1 (x - m)) = |L (x - m)|
with L'L = S^-1 (Lee et al. 2018, arXiv 1807.03888, without classes).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from face2bone.errors import BundleCorrupt, TrainingError

DEFAULT_QUANTILE: Final = 0.99
FOLDS: Final = 5
MINIMUM_PICTURES: Final = 50  # below this a fold has under 40 pictures and a quantile of 10 values


@dataclass(frozen=True)
class OodReference:
    """What the calibration pictures look like to the network, over C channels.

    mean: (C,) float32. whitening: (C, C) float32, L above.
    threshold: distance that ``quantile`` of calibration pictures stay within, each measured
    against a reference fitted without it. count: pictures used.

    Raises ``BundleCorrupt`` when shapes, types or ranges differ.
    """

    mean: npt.NDArray[np.float32]
    whitening: npt.NDArray[np.float32]
    threshold: float
    quantile: float
    count: int

    def __post_init__(self) -> None:
        arrays = (self.mean, self.whitening)
        holds = (
            self.mean.ndim == 1
            and self.whitening.shape == (self.mean.size, self.mean.size)
            and all(a.dtype == np.float32 and bool(np.isfinite(a).all()) for a in arrays)
            and np.isfinite(self.threshold)
            and self.threshold > 0
            and 0 < self.quantile < 1
            and self.count > 0
        )
        if not holds:
            raise BundleCorrupt(
                "The out-of-domain reference is invalid: a shape or a number is wrong. "
                "Fetch the bundle again or rebuild it."
            )


def pooled(features: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Features (B, C, H, W) averaged over the map: (B, C)."""
    means: npt.NDArray[np.float64] = np.mean(features, axis=(2, 3), dtype=np.float64)
    return means


def fit_ood(
    pooled_features: npt.ArrayLike, quantile: float = DEFAULT_QUANTILE, seed: int = 0
) -> OodReference:
    """Reference from pooled features (N, C) of the calibration split.

    With as many channels as pictures, a picture lies far closer to a reference it helped to fit
    than a new one does; so the threshold comes from distances across folds, each picture
    against a reference fitted on the other four fifths. ``seed`` orders the folds.

    Raises ``TrainingError`` for fewer than ``MINIMUM_PICTURES`` pictures, or for features that
    are not finite or all the same.
    """
    x = np.asarray(pooled_features, dtype=np.float64)
    _check_features(x)
    fold = np.random.default_rng(seed).permutation(len(x)) % FOLDS
    held_out = np.empty(len(x))
    for k in range(FOLDS):
        mean, whitening = _fit(x[fold != k])
        held_out[fold == k] = _distance(x[fold == k], mean, whitening)
    mean, whitening = _fit(x)
    threshold = float(np.quantile(held_out, quantile, method="higher"))
    return OodReference(mean, whitening, threshold, quantile, len(x))


def ood_distance(
    pooled_features: npt.ArrayLike, reference: OodReference
) -> npt.NDArray[np.float64]:
    """Mahalanobis distances (B,) of pooled features (B, C); outside above the threshold."""
    x = np.asarray(pooled_features, dtype=np.float64)
    return _distance(x, reference.mean, reference.whitening)


def _check_features(x: npt.NDArray[np.float64]) -> None:
    if x.ndim != 2 or len(x) < MINIMUM_PICTURES:
        raise TrainingError(
            "The out-of-domain reference got features of shape {shape} where at least "
            "{least} faces are needed. Enlarge the calibration split.",
            shape=str(x.shape),
            least=MINIMUM_PICTURES,
        )
    if not np.isfinite(x).all() or float(x.std(axis=0).max()) == 0.0:
        raise TrainingError(
            "The calibration features are not finite, or are the same for every face. "
            "Look for a diverged training run and train again."
        )


def _fit(x: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Mean, and L = diag(1 / sqrt(l)) V' from the shrunk covariance V diag(l) V'."""
    from sklearn.covariance import ledoit_wolf  # two seconds to import, and only training fits

    covariance, _ = ledoit_wolf(x)
    values, vectors = np.linalg.eigh(covariance)
    # A few pictures with many channels can leave eigenvalues at rounding error.
    values = np.maximum(values, values[-1] * 1e-9)
    whitening = (vectors / np.sqrt(values)).T
    return x.mean(axis=0).astype(np.float32), whitening.astype(np.float32)


def _distance(
    x: npt.NDArray[np.float64],
    mean: npt.NDArray[np.float32],
    whitening: npt.NDArray[np.float32],
) -> npt.NDArray[np.float64]:
    difference = x - mean
    projected = difference @ whitening.T.astype(np.float64)
    distances: npt.NDArray[np.float64] = np.sqrt((projected**2).sum(axis=1))
    return distances
