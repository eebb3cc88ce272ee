"""The whole evaluation of one set of predictions, as plain values that go into a file."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from face2bone.calibration.reliability import EceFloor, ece_floor
from face2bone.evaluation.bootstrap import RESAMPLES, Estimate, estimates, unit_weights
from face2bone.evaluation.calibration import HosmerLemeshow, classwise_floor, hosmer_lemeshow
from face2bone.evaluation.confusion import confusions
from face2bone.evaluation.curves import ReliabilityCurve, reliability_curves
from face2bone.evaluation.decision import DecisionCurve, decision_curves
from face2bone.evaluation.groups import caution, subgroups
from face2bone.evaluation.measures import figures
from face2bone.evaluation.ranking import RocCurve, roc_curve
from face2bone.evaluation.table import PredictionTable, beyond

EVERYONE = "everyone"


@dataclass(frozen=True)
class Group:
    """All figures of some patients.

    dimension, name: such as "sex" and "women"; "everyone" for both when it is everyone.
    photos, patients, of_class: how many; ``of_class`` counts photos by true class.
    confusion: rows true class, columns named class.
    figures: by name, see ``figures.figures``; each with its 95% interval.
    ece_floor, classwise_ece_floor: what a perfectly calibrated model would show on these.
    caution: why nothing should be read from this group, or "".

    Raises ``ValueError`` when ``confusion`` is not square.
    """

    dimension: str
    name: str
    photos: int
    patients: int
    of_class: tuple[int, ...]
    confusion: tuple[tuple[int, ...], ...]
    figures: Mapping[str, Estimate]
    ece_floor: EceFloor
    classwise_ece_floor: EceFloor
    hosmer_lemeshow: tuple[HosmerLemeshow, ...]
    caution: str

    def __post_init__(self) -> None:
        if [len(row) for row in self.confusion] != [len(self.of_class)] * len(self.of_class):
            raise ValueError("a confusion is no square table of its classes")


@dataclass(frozen=True)
class Evaluation:
    """Everyone first, then groups, curves and the decision curves; ``resamples`` per interval."""

    everyone: Group
    groups: tuple[Group, ...]
    reliability: tuple[ReliabilityCurve, ...]
    roc: tuple[RocCurve, ...]
    decision: tuple[DecisionCurve, ...]
    resamples: int
    seed: int


def evaluate_predictions(
    table: PredictionTable, resamples: int = RESAMPLES, seed: int = 0
) -> Evaluation:
    """Every figure of the predictions with its interval, for everyone and for each group.

    ``seed`` drives resamples and simulated floors: the same table gives the same figures.
    A figure that the patients cannot define is None, never an error.
    """
    groups = tuple(
        _group(dimension, name, table.rows(chosen), resamples, seed)
        for dimension, name, chosen in subgroups(table)
    )
    curves = (
        roc_curve(name, beyond(table.probabilities, cut), table.labels >= cut)
        for name, cut in table.task.cuts.items()
    )
    return Evaluation(
        everyone=_group(EVERYONE, EVERYONE, table, resamples, seed),
        groups=groups,
        reliability=reliability_curves(table),
        roc=tuple(curve for curve in curves if curve is not None),
        decision=decision_curves(table, resamples, seed),
        resamples=resamples,
        seed=seed,
    )


def _group(dimension: str, name: str, table: PredictionTable, resamples: int, seed: int) -> Group:
    p, y, codes = table.probabilities, table.labels, table.patient_codes
    patients, of_class = int(codes.max()) + 1, np.bincount(y, minlength=p.shape[1]).tolist()
    matrix = confusions(p, y, unit_weights(len(y)))[0].astype(int).tolist()
    return Group(
        dimension=dimension,
        name=name,
        photos=len(y),
        patients=patients,
        of_class=tuple(of_class),
        confusion=tuple(map(tuple, matrix)),
        figures=estimates(lambda weights: figures(table, weights), codes, resamples, seed),
        ece_floor=ece_floor(p, seed=seed),
        classwise_ece_floor=classwise_floor(p, seed=seed),
        hosmer_lemeshow=tuple(
            hosmer_lemeshow(cut, beyond(p, k), y >= k) for cut, k in table.task.cuts.items()
        ),
        caution=caution(patients, table.task.by_name(of_class)),
    )
