"""A toy: times drawn from known hazards, their concordance, and the partial likelihood by hand."""

import numpy as np
import pandas as pd
import pytest
import torch

from face2bone.errors import ManifestError, TrainingError
from face2bone.tasks import SurvivalTask
from face2bone.tasks.survival import Centre

FRACTURE = SurvivalTask("years", "fractured")
NOBODY = Centre(0.0, 1)


def test_the_loss_is_coxs_partial_likelihood() -> None:
    r, times, events = np.array([0.3, -0.2, 0.9]), [2.0, 1.0, 3.0], [1.0, 1.0, 0.0]
    expected = (
        np.log(np.exp(r).sum()) - r[1] + np.log(np.exp(r[[0, 2]]).sum()) - r[0]
    ) / 2  # first the second patient, of all three; then the first, of two
    labels = torch.tensor(np.stack([times, events], axis=1))
    assert float(FRACTURE.loss(torch.tensor(r[:, None]), labels)) == pytest.approx(expected)


def test_a_batch_without_an_event_teaches_nothing() -> None:
    z = torch.ones((2, 1), requires_grad=True)
    FRACTURE.loss(z, torch.tensor([[1.0, 0.0], [2.0, 0.0]])).backward()
    assert z.grad is not None
    assert z.grad.abs().sum() == 0


def test_true_hazards_are_concordant_and_their_reverse_is_not() -> None:
    rng = np.random.default_rng(3)
    r = rng.normal(0, 1.5, 400)
    labels = np.stack([rng.exponential(np.exp(-r)), rng.random(400) < 0.6], axis=1)
    found = FRACTURE.measures(r[:, None], labels, NOBODY)["concordance"]
    assert found > 0.75
    reverse = FRACTURE.measures(-r[:, None], labels, NOBODY)["concordance"]
    assert reverse == pytest.approx(1.0 - found)


def test_pairs_that_cannot_be_ordered_do_not_count() -> None:
    """The second was last seen before the event of the first: nobody knows who came first."""
    known = [[2.0, 1.0], [1.0, 0.0], [3.0, 0.0]]
    assert FRACTURE.measures([[1.0], [9.0], [0.0]], known, NOBODY) == {"concordance": 1.0}
    assert FRACTURE.measures([[1.0], [9.0], [1.0]], known, NOBODY) == {"concordance": 0.5}
    none = FRACTURE.measures([[1.0]], [[1.0, 0.0]], NOBODY)["concordance"]
    assert np.isnan(none)


def test_a_log_hazard_is_said_against_the_calibration_patients() -> None:
    fitted = FRACTURE.calibrate([[1.0], [2.0]], [[1.0, 1.0], [2.0, 0.0]])
    assert FRACTURE.summarise([2.5], fitted) == {"log_hazard": 1.0}


def test_what_is_no_time_or_event_is_refused() -> None:
    for row in ({"years": 0.0, "fractured": 1}, {"years": 1.0, "fractured": 2}):
        with pytest.raises(ManifestError, match="years must be above 0 and fractured 0 or 1"):
            FRACTURE.labels(pd.DataFrame([row]))
    with pytest.raises(TrainingError, match="do not belong together"):
        FRACTURE.calibrate([[1.0]], [1.0])
    with pytest.raises(TrainingError, match="NaN"):
        FRACTURE.calibrate([[np.nan]], [[1.0, 1.0]])
