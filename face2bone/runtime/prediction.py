"""From prepared pictures to calibrated predictions and an honest doubt about each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from face2bone.bundle import Bundle, ood_distance, pooled
from face2bone.calibration import calibrated, prediction_sets
from face2bone.covariates import Rows
from face2bone.modalities.prepared import Prepared
from face2bone.runtime.engine import BATCH, Crops, Engine, beside_patients, network_input


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

    probabilities: (K,) float64, calibrated, of the card's classes in order.
    prediction_set: contiguous class indices, with the most probable one.
    logits: (K,) float32 before calibration, which explanations are about.
    engine: what computed it, and in which precision, such as "openvino cpu f32".
    """

    probabilities: npt.NDArray[np.float64]
    prediction_set: tuple[int, ...]
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


def predict(
    engine: Engine, bundle: Bundle, prepared: Prepared, beside: Rows | None = None
) -> Prediction:
    """One pass of the network over ``prepared.pixels``, calibrated by the bundle.

    ``beside`` (V,): the patient's standardised covariates, where the network reads any.
    """
    rows = None if beside is None else beside[None]
    found = predict_crops(engine, bundle, prepared.pixels[None], rows)
    distance, threshold = float(found.distances[0]), bundle.ood.threshold
    return Prediction(
        probabilities=found.probabilities[0],
        prediction_set=tuple(np.flatnonzero(found.sets[0]).tolist()),
        out_of_domain=OodVerdict(distance, threshold, distance > threshold),
        logits=found.logits[0],
        engine=engine.name,
    )


def predict_crops(
    engine: Engine, bundle: Bundle, crops: Crops, beside: Rows | None = None
) -> Predictions:
    """One pass over crops (N, H, W, C), 0 to 255, calibrated by the bundle.

    ``beside`` (N, V): the patients' standardised covariates, where the network reads any. At most
    one engine batch of scaled crops is held at a time, so N may be a whole cohort.
    """
    logits, distances = [], []
    for start in range(0, len(crops), BATCH):
        rows = None if beside is None else beside[start : start + BATCH]
        asked = beside_patients(engine, rows)
        features = asked.features(network_input(crops[start : start + BATCH], engine.input))
        logits.append(asked.head(features))
        distances.append(ood_distance(pooled(features), bundle.ood))
    stacked = np.concatenate(logits)
    probabilities = calibrated(stacked, *bundle.calibration)
    return Predictions(
        probabilities=probabilities,
        sets=prediction_sets(probabilities, bundle.conformal),
        distances=np.concatenate(distances).astype(np.float64),
        logits=stacked,
    )
