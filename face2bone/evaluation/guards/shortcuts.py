"""The shortcut probe: can the class be told from a photo without looking at the face?

A model that learns which tablet the diseased were photographed with looks excellent, and is
worthless in the next clinic. The probe fits the same heads as ``added_value`` to what
``photo_facts`` gives: file, picture size, light of the whole photo, background in the corners,
and the record's device, site and day. Its areas are reported beside every result.

    The probe raises its voice when one kind of facts, or all together, improves on age, sex,
    height and weight in cross-fitted ranked probability score at a one-sided 2.5% divided by the
    number of tests, and predicts on its own with a macro AUC of at least ``AUDIBLE``.

Beyond age and sex, because grey hair darkens no photo by chance: light and file size follow the
look of a face a little, and a clean cohort must not be accused for it. A bar on the area, because
with thousands of patients the least trace is significant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.evaluation.added_value.columns import FLAT, clinical_columns
from face2bone.evaluation.added_value.crossfit import cross_fit
from face2bone.evaluation.added_value.rule import LEVEL, judge
from face2bone.evaluation.bootstrap import unit_weights
from face2bone.evaluation.guards.photo_facts import GROUPS, PhotoFacts
from face2bone.evaluation.ranking import macro_auc

AUDIBLE: Final = 0.60  # macro AUC
EVERYTHING: Final = "everything"


@dataclass(frozen=True)
class Probe:
    """One kind of facts: macro AUC of the facts alone, of clinical details, p-value beyond them."""

    macro_auc: float
    clinical_macro_auc: float
    p_value: float
    loud: bool


@dataclass(frozen=True)
class Shortcuts:
    """Probes by kind, "everything" among them; ``level`` is what a p-value was held against."""

    probes: Mapping[str, Probe]
    level: float

    @property
    def loud(self) -> tuple[str, ...]:
        """The kinds that raised their voice."""
        return tuple(name for name, probe in self.probes.items() if probe.loud)

    def __str__(self) -> str:
        """One or two sentences for a report."""
        alone = self.probes[EVERYTHING].macro_auc if EVERYTHING in self.probes else 0.5
        if not self.loud:
            return (
                f"Without the face, file, light, background and record tell the classes with a "
                f"macro AUC of {alone:.2f}; the probe stays quiet."
            )
        named = ", ".join(name for name in self.loud if name != EVERYTHING) or EVERYTHING
        return (
            f"SHORTCUT: without the face, {named} tell the classes (macro AUC {alone:.2f}). "
            "A model of these photos may have learnt the camera; do not trust its figures."
        )


def probe_shortcuts(
    about: pd.DataFrame, facts: PhotoFacts, labels: npt.NDArray[np.int64], seed: int = 0
) -> Shortcuts:
    """Probe N photos: ``about`` and ``labels`` are rows of ``facts.table``, one a patient.

    Kinds in which all photos agree have no probe. Raises ``EvaluationError`` when a class has
    too few patients.
    """
    kinds = {name: _varying(facts.group(name)) for name in GROUPS}
    kinds = {name: columns for name, columns in kinds.items() if columns.shape[1]}
    if len(kinds) > 1:
        kinds[EVERYTHING] = np.hstack(list(kinds.values()))
    clinical, level = clinical_columns(about), LEVEL / max(1, len(kinds))
    probes = {}
    for name, columns in kinds.items():
        fitted = cross_fit(clinical, columns, labels, seed)
        ones = unit_weights(len(labels))
        area = float(macro_auc(fitted.picture, labels, ones)[0])
        p_value = judge(fitted).p_value
        probes[name] = Probe(
            macro_auc=area,
            clinical_macro_auc=float(macro_auc(fitted.clinical, labels, ones)[0]),
            p_value=p_value,
            loud=bool(p_value < level and area >= AUDIBLE),
        )
    return Shortcuts(probes, level)


def _varying(columns: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return columns[:, columns.std(axis=0) > FLAT]
