"""People whose bone follows age and something only a face would show."""

import numpy as np
import pandas as pd

N = 240


def people(seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    about = pd.DataFrame(
        {
            "patient_id": [f"p{i}" for i in range(N)],
            "age_years": rng.uniform(45, 85, N),
            "sex": rng.choice(["F", "M"], N),
            "height_cm": rng.normal(160, 8, N),
            "weight_kg": rng.normal(60, 8, N),
        }
    )
    hidden = rng.normal(size=N)
    latent = (about["age_years"].to_numpy() - 65) / 10 + 1.5 * hidden + rng.logistic(size=N)
    features = np.column_stack(
        [hidden, about["age_years"] / 10, about["sex"] == "F", rng.normal(size=(N, 5))]
    ) @ rng.normal(size=(8, 20))
    labels = (latent > -1).astype(np.int64) + (latent > 1)
    return about.assign(bone=labels), features + 0.1 * rng.normal(size=features.shape)
