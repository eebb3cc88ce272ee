"""What needs no network of its own: logistic models, one index, the class frequencies.

Each is a multinomial logistic regression of the three classes on some columns, fitted to the
training patients. Three strengths of its penalty are tried and the lowest validation log loss
kept, as learning rates are for a network; one temperature is fitted on the calibration
patients, as for a network.

    prevalence            nothing: the training patients' class frequencies
    osta                  the OST index of age and weight
    clinical              age, sex, height, weight: what is known without the picture
    covariates            what the network reads beside the picture, where it reads anything
    landmark-geometry     468 mesh landmarks in the crop's frame, their first principal components
    facenet-features      the vector of the plain trunk trained in this comparison, one a seed
"""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from face2bone.arrays import Floats
from face2bone.bone import BoneClass
from face2bone.calibration import Temperature, calibrated
from face2bone.clinical.selection import ost_index
from face2bone.comparison.protocol import CohortProtocol, Protocol
from face2bone.comparison.runs import VECTORS, RunResult, run_folder, write_arrays
from face2bone.covariates import of_table
from face2bone.progress import Progress
from face2bone.studies import Shape, study_named
from face2bone.tasks import BONE_MASS

STRENGTHS: Final = (0.01, 0.1, 1.0)  # inverse penalties tried
COMPONENTS: Final = 40
LANDMARKS: Final = "landmarks.npz"

TITLES: Final = {
    "facenet-features": "FaceNet features, logistic",
    "landmark-geometry": "landmark geometry, logistic",
    "clinical": "age, sex, height, weight, logistic",
    "covariates": "what the network reads beside the picture, logistic",
    "osta": "OSTA, logistic",
    "prevalence": "prevalence",
}


def simple_predictions(protocol: CohortProtocol, progress: Progress) -> dict[str, Floats]:
    """Calibrated test probabilities (N, 3) of every simple model that needs no trained network."""
    table = protocol.store.index
    shape = study_named(protocol.cohort.study).ready().shape
    by_shape: dict[str, Floats] = {}
    if shape is not None:
        landmarks = landmark_columns(protocol, shape, progress)
        by_shape = {"landmark-geometry": _logistic(protocol, landmarks, COMPONENTS)}
    beside = of_table(table, protocol.covariates).astype(np.float64)
    own = {"covariates": _logistic(protocol, beside)} if protocol.covariates else {}
    clinical = {"clinical": _logistic(protocol, clinical_columns(table))}
    return (
        by_shape
        | clinical
        | own
        | {
            "osta": _logistic(protocol, osta_column(table)),
            "prevalence": _prevalence(protocol),
        }
    )


def clinical_columns(table: pd.DataFrame) -> Floats:
    """Age (years), sex (1 is female), height (cm), weight (kg); (N, 4)."""
    female = (table["sex"] == "F").astype(float)
    columns = [table["age_years"], female, table["height_cm"], table["weight_kg"]]
    return np.column_stack(columns).astype(np.float64)


def osta_column(table: pd.DataFrame) -> Floats:
    """The OST index, whose reading in Asian women is OSTA; (N, 1)."""
    pairs = zip(table["age_years"], table["weight_kg"], strict=True)
    return np.array([[ost_index(age, weight)] for age, weight in pairs], np.float64)


def landmark_columns(protocol: CohortProtocol, shape: Shape, progress: Progress) -> Floats:
    """Landmarks of every crop in crop pixels, x and y in turn, such as a face's mesh (N, 936).

    Position, size and in-plane rotation are those of the crop, so only shape and pose are left.
    Found once and kept in the folder.
    """
    path = protocol.folder / LANDMARKS
    if not path.is_file():
        write_arrays(path, landmarks=_find_landmarks(protocol, shape, progress))
    kept: Floats = np.load(path)["landmarks"]
    return kept


def _find_landmarks(protocol: CohortProtocol, shape: Shape, progress: Progress) -> Floats:
    photos: list[Path] = [protocol.cohort.photos[row] for row in protocol.store.rows]
    found = []
    for done, path in enumerate(photos, start=1):
        found.append(shape(path.read_bytes()))
        progress("finding landmarks", done, len(photos))
    return np.array(found, np.float64)


def on_vectors(protocol: Protocol, run: RunResult) -> Floats:
    """Test probabilities (N, 3) of a logistic model on the vectors of one of the trunk's runs."""
    folder = run_folder(protocol, run.name, run.seed, run.learning_rate)
    return _logistic(protocol, np.load(folder / VECTORS)["vectors"])


def _logistic(protocol: Protocol, columns: Floats, components: int | None = None) -> Floats:
    """Test probabilities of the best of three logistic regressions, calibrated."""
    labels, members = protocol.store.labels, protocol.members
    train, validation = members["train"], members["validation"]
    fitted = [_fit(columns[train], labels[train], c, components) for c in STRENGTHS]
    losses = [
        log_loss(
            labels[validation], model.predict_proba(columns[validation]), labels=list(BoneClass)
        )
        for model in fitted
    ]
    best = fitted[int(np.argmin(losses))]
    return _calibrated(protocol, np.asarray(best.predict_log_proba(columns), np.float64))


def _fit(
    columns: Floats, labels: npt.NDArray[np.int64], strength: float, components: int | None
) -> Pipeline:
    # A small cohort may have fewer patients than components are wanted.
    few = None if components is None else PCA(min(components, *columns.shape), random_state=0)
    steps = [StandardScaler(), *([] if few is None else [few, StandardScaler()])]
    model = make_pipeline(*steps, LogisticRegression(C=strength, max_iter=2000))
    return model.fit(columns, labels)


def _prevalence(protocol: Protocol) -> Floats:
    labels = protocol.store.labels
    counts = np.bincount(labels[protocol.members["train"]], minlength=BONE_MASS.outputs)
    shares = counts / counts.sum()
    return np.tile(shares, (len(protocol.members["test"]), 1))


def _calibrated(protocol: Protocol, scores: Floats) -> Floats:
    labels, members = protocol.store.labels, protocol.members
    temperature = Temperature.fit(scores[members["calibration"]], labels[members["calibration"]])
    return calibrated(scores[members["test"]], temperature)
