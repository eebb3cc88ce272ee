"""Patients whose true probabilities are known, for every test of calibration."""

from collections.abc import Callable

import numpy as np
import pytest

Cohort = tuple[np.ndarray, np.ndarray]


def draw_labels(probabilities: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    drawn = (rng.random((len(probabilities), 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
    return np.minimum(drawn, 2)


def softmax(z: np.ndarray) -> np.ndarray:
    p = np.exp(z - z.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@pytest.fixture
def honest() -> Callable[..., Cohort]:
    """(n, seed) -> logits (n, 3) whose softmax is the truth, and labels drawn from it.

    One latent severity orders the classes, as bone density does.
    """

    def make(n: int, seed: int) -> Cohort:
        rng = np.random.default_rng(seed)
        severity = rng.normal(0.0, 1.6, n)
        logits = np.stack([-1.5 * severity, np.full(n, 0.6), 1.5 * severity - 0.7], axis=1)
        logits += rng.normal(0.0, 0.3, (n, 3))
        return logits, draw_labels(softmax(logits), rng)

    return make
