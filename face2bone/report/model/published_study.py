"""What the Face2Bone study published of itself, for a look beside ours; never a comparison.

Its figures are of its own validation set, which no other software has been run on; ours are of
whatever cohort an evaluation names.
"""

from dataclasses import dataclass
from typing import Final

from face2bone.words import template

MEASURED_ON: Final = template("the study's own validation set, patients of one hospital")
SOURCE: Final = template(
    "Summaries of the study at biocloudy.com (literatureDetail/NTA2NDY4Mg==) and ownyourai.com; "
    "the paper itself was not read"
)
CAVEAT: Final = template(
    "The study's figures are of its validation set, part of 1,167 patients with DXA at Ningbo No.2 "
    "Hospital in 2024; no held-out test set or outside cohort is mentioned. They are of other "
    "patients than ours and must not be compared as if they were of the same. Some conventions "
    "(of its Brier score, of averaging precision and recall) are not stated."
)


@dataclass(frozen=True)
class PublishedRow:
    """One model of the study's table."""

    model: str
    accuracy: float
    precision: float
    recall: float
    f1: float
    auc: float
    kappa: float


PUBLISHED: Final = (
    PublishedRow("VGG16", 0.8713, 0.8536, 0.8646, 0.8597, 0.9597, 0.7992),
    PublishedRow("VGG19", 0.8316, 0.8410, 0.8121, 0.8226, 0.9284, 0.7370),
    PublishedRow("ResNet18", 0.8583, 0.8562, 0.8499, 0.8528, 0.9576, 0.7808),
    PublishedRow("ResNet34", 0.8782, 0.8872, 0.8667, 0.8748, 0.9604, 0.8106),
    PublishedRow("Face2Bone", 0.9285, 0.9294, 0.9285, 0.9283, 0.9856, 0.8887),
)
OURS: Final = ("accuracy", "macro_precision", "macro_recall", "macro_f1", "macro_auc", "kappa")
"""Our figures in the order of the row's."""

PUBLISHED_ECE: Final = 0.027
PUBLISHED_BRIER: Final = 0.050
