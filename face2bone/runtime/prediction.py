"""From one aligned face to a calibrated prediction and an honest doubt about the face."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from face2bone.bone import BoneClass
from face2bone.bundle import Bundle, ood_distance, pooled
from face2bone.calibration import calibrated, prediction_set
from face2bone.runtime.engine import Engine, network_input

if TYPE_CHECKING:
    from face2bone.face import AlignedFace


@dataclass(frozen=True)
class OodVerdict:
    """Whether the face lies outside what the model was calibrated on.

    ``distance`` and ``threshold`` are Mahalanobis distances in feature space.
    """

    distance: float
    threshold: float
    is_outside: bool


@dataclass(frozen=True)
class Prediction:
    """What the bundle says of one face.

    probabilities: (3,) float64, calibrated; normal, osteopenia, osteoporosis.
    prediction_set: contiguous classes, with the most probable one.
    logits: (3,) float32 before calibration, which explanations are about.
    """

    probabilities: npt.NDArray[np.float64]
    prediction_set: tuple[BoneClass, ...]
    out_of_domain: OodVerdict
    logits: npt.NDArray[np.float32]


def predict(engine: Engine, bundle: Bundle, aligned: "AlignedFace") -> Prediction:
    """One pass of the network over ``aligned.crop``, calibrated by the bundle."""
    features = engine.features(network_input(aligned.crop[None]))
    logits = engine.head(features)[0]
    probabilities = calibrated(logits, *bundle.calibration)
    distance = float(ood_distance(pooled(features), bundle.ood)[0])
    threshold = bundle.ood.threshold
    return Prediction(
        probabilities=probabilities,
        prediction_set=prediction_set(probabilities, bundle.conformal),
        out_of_domain=OodVerdict(distance, threshold, distance > threshold),
        logits=logits,
    )
