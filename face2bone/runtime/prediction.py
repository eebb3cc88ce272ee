"""From prepared pictures to calibrated predictions and an honest doubt about each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from face2bone.bone import BoneClass
from face2bone.bundle import Bundle, ood_distance, pooled
from face2bone.calibration import calibrated, prediction_sets
from face2bone.modalities.prepared import Prepared
from face2bone.runtime.engine import BATCH, Crops, Engine, network_input


@dataclass(frozen=True)
class OodVerdict:
    """Whether the picture lies outside what the model was calibrated on.

    ``distance`` and ``threshold`` are Mahalanobis distances in feature space.
    """

    distance: float
    threshold: float
    is_outside: bool


@dataclass(frozen=True)
class Prediction:
    """What the bundle says of one picture.

    probabilities: (K,) float64, calibrated, in the order of the card's labels.
    prediction_set: contiguous classes, with the most probable one.
    logits: (K,) float32 before calibration, which explanations are about.
    engine: what computed it, and in which precision, such as "openvino cpu f32".
    """

    probabilities: npt.NDArray[np.float64]
    prediction_set: tuple[BoneClass, ...]
    out_of_domain: OodVerdict
    logits: npt.NDArray[np.float32]
    engine: str


@dataclass(frozen=True)
class Predictions:
    """What the bundle says of N pictures, row by row what ``Prediction`` says of one.

    probabilities (N, K) float64; sets (N, K) bool, membership of the prediction sets;
    distances (N,) against ``OodVerdict.threshold``; logits (N, K) float32.
    """

    probabilities: npt.NDArray[np.float64]
    sets: npt.NDArray[np.bool_]
    distances: npt.NDArray[np.float64]
    logits: npt.NDArray[np.float32]


def predict(engine: Engine, bundle: Bundle, prepared: Prepared) -> Prediction:
    """One pass of the network over ``prepared.pixels``, calibrated by the bundle."""
    found = predict_crops(engine, bundle, prepared.pixels[None])
    distance, threshold = float(found.distances[0]), bundle.ood.threshold
    return Prediction(
        probabilities=found.probabilities[0],
        prediction_set=tuple(k for k in BoneClass if found.sets[0, k]),
        out_of_domain=OodVerdict(distance, threshold, distance > threshold),
        logits=found.logits[0],
        engine=engine.name,
    )


def predict_crops(engine: Engine, bundle: Bundle, crops: Crops) -> Predictions:
    """One pass over crops (N, H, W, C), 0 to 255, calibrated by the bundle.

    At most one engine batch of scaled crops is held at a time, so N may be a whole cohort.
    """
    logits, distances = [], []
    for start in range(0, len(crops), BATCH):
        features = engine.features(network_input(crops[start : start + BATCH], engine.input))
        logits.append(engine.head(features))
        distances.append(ood_distance(pooled(features), bundle.ood))
    stacked = np.concatenate(logits)
    probabilities = calibrated(stacked, *bundle.calibration)
    return Predictions(
        probabilities=probabilities,
        sets=prediction_sets(probabilities, bundle.conformal),
        distances=np.concatenate(distances).astype(np.float64),
        logits=stacked,
    )
