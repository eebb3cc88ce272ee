"""What the face features know of a patient besides bone: age, sex and BMI.

A face model can look good by reading these. Each is predicted by ridge regression from the
features' components, out of fold, so that a figure of 0 (R2) or 0.5 (AUC) means "not there".
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import RidgeCV

from face2bone.arrays import Floats
from face2bone.evaluation.added_value.columns import learn_components
from face2bone.evaluation.added_value.crossfit import COMPONENTS, FOLDS
from face2bone.evaluation.bootstrap import unit_weights
from face2bone.evaluation.ranking import auc

RIDGES = tuple(10.0**k for k in range(-1, 6))


@dataclass(frozen=True)
class Reading:
    """Out of fold: R2 (1 is perfect, 0 the mean) and error of age and BMI, AUC of sex.

    age_error in years and bmi_error in kg/m2 are mean absolute errors. sex_auc is NaN in a
    cohort of one sex.
    """

    age_r2: float
    age_error: float
    bmi_r2: float
    bmi_error: float
    sex_auc: float


def read_features(
    features: Floats, age_years: Floats, female: npt.NDArray[np.bool_], bmi: Floats, seed: int = 0
) -> Reading:
    """Predict age, BMI and sex of N patients from features (N, F), five folds."""
    targets = np.column_stack([age_years, bmi, female.astype(np.float64)])
    predicted = out_of_fold(features, targets, seed)
    errors = np.abs(predicted - targets).mean(axis=0)
    return Reading(
        age_r2=_r2(predicted[:, 0], age_years),
        age_error=float(errors[0]),
        bmi_r2=_r2(predicted[:, 1], bmi),
        bmi_error=float(errors[1]),
        sex_auc=float(auc(predicted[:, 2], female, unit_weights(len(female)))[0]),
    )


def out_of_fold(features: Floats, targets: Floats, seed: int = 0) -> Floats:
    """Targets (N, T) by ridge on features (N, F), each by a model that did not see it; (N, T)."""
    fold = np.random.default_rng(seed).permutation(len(features)) % FOLDS
    predicted = np.empty_like(targets)
    for k in range(FOLDS):
        inside = fold != k
        scores = learn_components(features[inside], COMPONENTS)(features)
        model = RidgeCV(alphas=RIDGES, alpha_per_target=True).fit(scores[inside], targets[inside])
        predicted[~inside] = model.predict(scores[~inside]).reshape(-1, targets.shape[1])
    return predicted


def _r2(predicted: Floats, true: Floats) -> float:
    return 1.0 - float(((predicted - true) ** 2).sum() / ((true - true.mean()) ** 2).sum())
