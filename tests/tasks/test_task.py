"""Every kind of task goes through the same five calls."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from face2bone.tasks import BONE_MASS, OrdinalTask, SurvivalTask, Task, YearsTask

RNG = np.random.default_rng(5)
N = 200
GRADES = OrdinalTask(("none", "mild", "moderate", "severe"), "grade", {"any": 1, "severe": 3})
AGE = YearsTask(0, 120)
FRACTURE = SurvivalTask("years", "fractured")

HIDDEN = RNG.normal(size=N)
TABLE = pd.DataFrame(
    {
        "bone_mass_class": np.array(BONE_MASS.classes)[np.digitize(HIDDEN, [-0.5, 0.5])],
        "grade": np.array(GRADES.classes)[np.digitize(HIDDEN, [-0.7, 0.0, 0.7])],
        "age_years": 60.0 + 8.0 * HIDDEN,
        "years": RNG.exponential(np.exp(-HIDDEN)) + 1e-3,
        "fractured": RNG.random(N) < 0.7,
    }
)
OUTPUTS = {
    BONE_MASS.label_column: HIDDEN[:, None] * [-1.0, 0.0, 1.0],
    GRADES.label_column: HIDDEN[:, None] * [-1.5, -0.5, 0.5, 1.5],
    AGE.label_column: -np.abs(
        AGE.years - 60.0 - 8.0 * (HIDDEN + 0.2 * RNG.normal(size=N))[:, None]
    ),
    FRACTURE.time_column: HIDDEN[:, None],
}


@pytest.mark.parametrize("task", [BONE_MASS, GRADES, AGE, FRACTURE])
def test_labels_loss_calibration_summary_and_measures(task: Task[Any]) -> None:
    outputs, labels = OUTPUTS[task.label_columns[0]], task.labels(TABLE)
    assert outputs.shape == (N, task.outputs)
    assert len(task.classes) in (0, task.outputs)
    z = torch.tensor(outputs, requires_grad=True)
    loss = task.loss(z, torch.tensor(labels))
    loss.backward()
    assert loss.shape == ()
    assert z.grad is not None
    assert torch.isfinite(z.grad).all()
    shuffled = task.loss(z[torch.randperm(N)], torch.tensor(labels))
    assert (loss < shuffled).item()
    fitted = task.calibrate(outputs, labels)
    said = task.summarise(outputs[0], fitted)
    assert all(isinstance(name, str) and np.isfinite(value) for name, value in said.items())
    assert np.isfinite(list(task.measures(outputs, labels, fitted).values())).all()


def test_only_bone_mass_has_the_rules_to_add_a_referral() -> None:
    assert BONE_MASS.may_refer
    assert not any(task.may_refer for task in (GRADES, AGE, FRACTURE))
