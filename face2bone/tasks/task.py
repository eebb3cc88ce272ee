"""The one protocol of a task: what is learned, how it is calibrated, said and measured.

Notation: N patients; z (N, K) the network's raw outputs; y the labels as the task reads them from
a manifest, (N,) or (N, 2). A task is a frozen value: nothing is fitted inside it. What is fitted
to a calibration split is a value of its own, which a bundle keeps.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor

Labels = npt.NDArray[Any]
Fitted = TypeVar("Fitted")


class Task(Protocol[Fitted]):
    """What a study asks of a picture."""

    @property
    def label_columns(self) -> tuple[str, ...]:
        """Of the manifest, in the order in which ``labels`` reads them."""

    @property
    def outputs(self) -> int:
        """How many numbers the network gives a picture."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Their names in order of severity; empty where the outputs are no classes."""

    @property
    def may_refer(self) -> bool:
        """Whether its answer may add a referral.

        That needs published rules for such an answer; a task without them only informs.
        """

    def labels(self, table: "pd.DataFrame") -> Labels:
        """The labels of N rows of a manifest; ``ManifestError`` for a value that is none."""

    def loss(self, outputs: "Tensor", labels: "Tensor") -> "Tensor":
        """What training minimises: a scalar, the mean over a batch."""

    def calibrate(self, outputs: npt.ArrayLike, labels: npt.ArrayLike, seed: int = 0) -> Fitted:
        """What is fitted to a split that served neither training nor early stopping.

        Raises ``TrainingError`` for too few patients or values that are no outputs or labels.
        """

    def summarise(self, outputs: npt.ArrayLike, fitted: Fitted) -> Mapping[str, float]:
        """What is said of one patient with raw outputs (K,), each number under its name."""

    def measures(
        self, outputs: npt.ArrayLike, labels: npt.ArrayLike, fitted: Fitted
    ) -> Mapping[str, float]:
        """The few figures by which two models of this task are told apart, by name."""
