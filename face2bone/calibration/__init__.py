"""From raw logits to probabilities one may show: temperature, prediction sets, reliability.

Everything here is fitted on a calibration split that served neither training nor early
stopping; with fewer than a few hundred patients one temperature is the most that can be
estimated without making matters worse (Guo et al. 2017, arXiv 1706.04599).
"""

from face2bone.calibration.conformal import (
    ConformalThresholds,
    class_coverage,
    fit_conformal,
    minimum_per_class,
    prediction_set,
    prediction_sets,
)
from face2bone.calibration.reliability import (
    EceFloor,
    ReliabilityTable,
    bin_index,
    ece_floor,
    expected_calibration_error,
    reliability_table,
)
from face2bone.calibration.temperature import calibrated, fit_temperature, negative_log_likelihood

__all__ = [
    "ConformalThresholds",
    "EceFloor",
    "ReliabilityTable",
    "bin_index",
    "calibrated",
    "class_coverage",
    "ece_floor",
    "expected_calibration_error",
    "fit_conformal",
    "fit_temperature",
    "minimum_per_class",
    "negative_log_likelihood",
    "prediction_set",
    "prediction_sets",
    "reliability_table",
]
