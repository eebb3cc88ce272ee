"""Predictions with known properties, and a small table of patients around them."""

import numpy as np
import pandas as pd
import pytest

from face2bone.evaluation import PredictionTable


def drawn_predictions(n: int, seed: int, signal: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (N, 3) of a model with signal, and the true classes (N,)."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    p = np.exp(rng.normal(0.0, 1.0, (n, 3)) + signal * np.eye(3)[y])
    return p / p.sum(axis=1, keepdims=True), y


def calibrated_predictions(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (N, 3), and classes drawn from them: perfect calibration."""
    p, _ = drawn_predictions(n, seed)
    u = np.random.default_rng([seed, 1]).random((n, 1))
    return p, (u > p.cumsum(axis=1)[:, :-1]).sum(axis=1)


def drawn_details(n: int, seed: int) -> pd.DataFrame:
    """Manifest columns of N patients, two photos of the first."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "patient_id": ["p1", *(f"p{i}" for i in range(1, n))],
            "sex": ["F", *rng.choice(["F", "M"], n - 1)],
            "age_years": rng.uniform(40, 90, n).round(1),
            "height_cm": rng.normal(160, 8, n).round(1),
            "weight_kg": rng.normal(60, 10, n).round(1).clip(35),
            "site": rng.choice(["north", "", "south"], n),
            "device": "camera",
        }
    )


@pytest.fixture(scope="session")
def table() -> PredictionTable:
    """400 photos of 399 patients with every detail and with prediction sets."""
    p, y = drawn_predictions(400, 1)
    return PredictionTable.of(p, y, drawn_details(400, 2), p > 0.2)
