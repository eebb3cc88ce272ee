from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis
from sklearn.covariance import LedoitWolf

from face2bone.bundle import fit_ood, ood_distance, pooled
from face2bone.errors import BundleCorrupt, TrainingError


def faces(n: int, channels: int, seed: int) -> np.ndarray:
    """Correlated, skewed, non-negative features, as a ReLU leaves them."""
    mixing = np.random.default_rng(99).normal(size=(12, channels))
    return np.maximum(np.random.default_rng(seed).normal(size=(n, 12)) @ mixing + 1.0, 0.0)


def test_distance_equals_scipy_with_scikit_learns_covariance() -> None:
    x = faces(120, 30, seed=1)
    model = LedoitWolf().fit(x)
    fresh = faces(5, 30, seed=2)
    expected = [mahalanobis(row, model.location_, model.precision_) for row in fresh]
    assert ood_distance(fresh, fit_ood(x)) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("n", "channels"), [(400, 30), (150, 224)])
def test_one_in_a_hundred_new_faces_of_the_same_kind_is_outside(n: int, channels: int) -> None:
    reference = fit_ood(faces(n, channels, seed=3))
    alarms = ood_distance(faces(20_000, channels, seed=4), reference) > reference.threshold
    assert 0.002 < alarms.mean() < 0.03


def test_the_distance_of_faces_it_was_fitted_on_would_be_too_strict_a_threshold() -> None:
    x = faces(150, 224, seed=5)
    reference = fit_ood(x)
    own = np.quantile(ood_distance(x, reference), 0.99)
    assert own < reference.threshold


def test_a_face_of_another_kind_is_outside() -> None:
    x = faces(200, 30, seed=6)
    reference = fit_ood(x)
    strange = np.abs(np.random.default_rng(7).normal(size=(50, 30))) * x.std() * 3
    assert (ood_distance(strange, reference) > reference.threshold).all()


def test_a_channel_silent_on_every_face_counts_when_it_speaks() -> None:
    x = faces(200, 30, seed=8)
    x[:, 0] = 0.0
    reference = fit_ood(x)
    one = x[:1].copy()
    one[0, 0] = 20 * x.std()
    assert ood_distance(one, reference)[0] > reference.threshold


def test_fewer_faces_than_channels_give_finite_distances() -> None:
    reference = fit_ood(faces(50, 300, seed=9))
    assert np.isfinite(ood_distance(faces(10, 300, seed=10), reference)).all()
    assert reference.count == 50


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        (np.ones((60, 4)), "same for every face"),
        (np.full((60, 4), np.nan), "not finite"),
        (faces(49, 4, seed=11), "at least 50"),
        (np.ones(60), "at least 50"),
    ],
)
def test_features_that_define_no_reference_are_refused(features: np.ndarray, reason: str) -> None:
    with pytest.raises(TrainingError, match=reason):
        fit_ood(features)


def test_pooled_is_the_mean_over_the_map() -> None:
    features = np.arange(48, dtype=np.float32).reshape(2, 3, 4, 2)
    assert pooled(features).tolist() == [[3.5, 11.5, 19.5], [27.5, 35.5, 43.5]]


def test_a_reference_with_a_wrong_part_is_refused() -> None:
    good = fit_ood(faces(60, 4, seed=12))
    for change in (
        {"mean": good.mean[:3]},
        {"mean": good.mean.astype(np.float64)},
        {"whitening": good.whitening * np.float32(np.nan)},
        {"threshold": 0.0},
        {"threshold": float("inf")},
        {"quantile": 1.0},
        {"count": 0},
    ):
        with pytest.raises(BundleCorrupt):
            replace(good, **change)
