"""Figures go by the names of the task's classes and cuts, however many there are."""

import numpy as np
import pytest

from face2bone.errors import EvaluationError
from face2bone.evaluation.measures import figures
from face2bone.evaluation.table import PredictionTable
from face2bone.tasks import OrdinalTask


@pytest.mark.parametrize(
    "task",
    [
        OrdinalTask(("none", "mild", "moderate", "severe"), "grade", {"any": 1, "worst": 3}),
        OrdinalTask(("no", "yes"), "finding", {"yes": 1}),
    ],
)
def test_figures_are_named_by_the_tasks_own_classes_and_cuts(task: OrdinalTask) -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(task.outputs), 300)
    labels = np.array([rng.choice(task.outputs, p=row) for row in p])
    table = PredictionTable.of(p, labels, sets=p > 0.2, task=task)
    found = figures(table, np.ones((1, len(table))))
    for name in task.classes:
        assert {f"recall_{name}", f"coverage_{name}"} <= found.keys()
    assert {name for name in found if name.startswith("auc_")} == {f"auc_{c}" for c in task.cuts}
    assert np.isfinite(np.concatenate(list(found.values()))).all()


def test_predictions_of_another_task_are_refused() -> None:
    with pytest.raises(EvaluationError, match="name 2 classes and the task 3"):
        PredictionTable.of(np.full((4, 2), 0.5), [0, 1, 0, 1])
