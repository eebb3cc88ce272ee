"""From raw logits to probabilities one may show: calibration, prediction sets, reliability.

Everything here is fitted on a calibration split that served neither training nor early
stopping; with fewer than a few hundred patients one temperature is the most that can be
estimated without making matters worse (Guo et al. 2017, arXiv 1706.04599).
"""

from face2bone.calibration.affine import Intercept, Vector
from face2bone.calibration.calibrators import (
    CALIBRATORS,
    Calibrator,
    Method,
    calibrated,
    fit,
    is_for,
    log_scores,
)
from face2bone.calibration.conformal import (
    ConformalThresholds,
    class_coverage,
    fit_conformal,
    minimum_per_class,
    prediction_set,
    prediction_sets,
)
from face2bone.calibration.ordinal import Ordinal
from face2bone.calibration.prior_shift import (
    PredictiveValues,
    operating_point,
    predictive_values,
    shift_prior,
)
from face2bone.calibration.reliability import (
    EceFloor,
    ReliabilityTable,
    bin_index,
    ece_floor,
    expected_calibration_error,
    log_losses,
    ranked_probability_scores,
    reliability_table,
)
from face2bone.calibration.selection import Choice, choose
from face2bone.calibration.site_recalibration import (
    LOCAL_METHODS,
    MINIMUM_PER_CLASS,
    Difference,
    Evidence,
    LocalRecalibration,
    recalibrate,
)
from face2bone.calibration.temperature import Temperature

__all__ = [
    "CALIBRATORS",
    "LOCAL_METHODS",
    "MINIMUM_PER_CLASS",
    "Calibrator",
    "Choice",
    "ConformalThresholds",
    "Difference",
    "EceFloor",
    "Evidence",
    "Intercept",
    "LocalRecalibration",
    "Method",
    "Ordinal",
    "PredictiveValues",
    "ReliabilityTable",
    "Temperature",
    "Vector",
    "bin_index",
    "calibrated",
    "choose",
    "class_coverage",
    "ece_floor",
    "expected_calibration_error",
    "fit",
    "fit_conformal",
    "is_for",
    "log_losses",
    "log_scores",
    "minimum_per_class",
    "operating_point",
    "prediction_set",
    "prediction_sets",
    "predictive_values",
    "ranked_probability_scores",
    "recalibrate",
    "reliability_table",
    "shift_prior",
]
