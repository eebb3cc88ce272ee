"""How well a model does on patients it has never seen, with honest comparisons beside it."""

from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.result import Evaluation, Group, evaluate_predictions
from face2bone.evaluation.table import PredictionTable

__all__ = ["Estimate", "Evaluation", "Group", "PredictionTable", "evaluate_predictions"]
