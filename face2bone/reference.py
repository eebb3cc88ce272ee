"""How a patient's bone was measured: what a model was trained on and is held against.

A T-score is a number of one method. WHO's classes are defined for DXA; ultrasound of the heel and
quantitative CT give T-scores of their own that are not interchangeable with it (ISCD Official
Positions 2023). So every sentence that names the measurement takes its name from here.
"""

from enum import StrEnum

from face2bone.words import message


class ReferenceMethod(StrEnum):
    """The measurement behind a cohort's T-scores and classes, as a manifest writes it."""

    DXA = "dxa"
    QUS = "qus"
    QCT = "qct"
    NONE = "none"

    @property
    def label(self) -> str:
        """As a sentence names it: "what DXA found"."""
        return _LABELS[self]


_LABELS = {
    ReferenceMethod.DXA: message("DXA"),
    ReferenceMethod.QUS: message("ultrasound (QUS)"),
    ReferenceMethod.QCT: message("quantitative CT (QCT)"),
    ReferenceMethod.NONE: message("the reference"),
}
