"""What was measured of the demonstrations on films, and what missed its floor: nothing is hidden.

Their figures stand in the documents of each study, with the commands; a test holds these to those.

Beside them what the Face2Bone study published of itself, for a look and never a comparison: its
figures are of its own validation set, which no other software has been run on.
"""

from dataclasses import dataclass
from typing import Final

from face2bone.words import template

PASSED_YET_WRONG: Final = {
    "48b8ea6a2c8615c3bb5a04f5edfc2dff6ea75610cba526debdeb8dd87fc74760": template(  # demo
        "three in ten (a class) or two in ten (severity)"
    ),
}
"""How many explanations that passed their check rank the regions wrongly, by the bundle's SHA-256.

Measured on drawn patients with release 0.1.0's landmarks: docs/evidence/faithfulness.md.
"""


@dataclass(frozen=True)
class KnownFigures:
    """Of one bundle. measured, missed: sentences; where: the document they stand in."""

    measured: tuple[str, ...]
    missed: tuple[str, ...]
    where: str


KNOWN_FIGURES: Final = {
    "81b6a229808b27ab1b7ab54f0033dbbe973913ff2da673d0286b73cc9a08be93": KnownFigures(  # knee-demo
        measured=(
            template(
                "On 393 drawn patients kept out of training, osteoporosis against the rest: AUC "
                ".933 (95% .909 to .956) for film, age and sex; .840 for age, sex and BMI alone; "
                ".974 for the oracle that reads the drawn values."
            ),
            template(
                "In the explanations of 60 of 70 drawn films a part with a planted value came "
                "first (86%; the floor is 80%), else nearly always the soft tissue. 29 of 70 are "
                "withheld by their check."
            ),
            template(
                "On the one public set of real knee films with a patient table, age and sex tell "
                "nearly all (AUC .930) and the films nothing more that could be shown (alone .704, "
                "95% .580 to .825)."
            ),
            template(
                "Of 50 crops of real films 48 were right (96%; the floor is 93%), and both wrong "
                "ones are refused."
            ),
            template(
                "Trained where films say no more than age, sex and body mass, the same network "
                "finds no more than these (its AUC less theirs: -.014, 95% -.035 to .010). Where "
                "nothing says anything, its AUC is .495 (.438 to .555), as good as chance."
            ),
        ),
        missed=(
            template(
                "The network reads a decoy too: on 39 drawn films two values that say nothing of "
                "bone moved its answer by 18% of what all six did (the limit is 5%)."
            ),
        ),
        where="docs/research/knee.md",
    ),
    "7c009c718429464cfca2cd7529a7a2055a89215b48c04a3b991829c8af5c6da8": KnownFigures(  # hand-demo
        measured=(
            template(
                "On 789 drawn patients kept out of training, osteoporosis against the rest: AUC "
                ".957 (95% .944 to .969) for film, age and sex; .832 for age, sex and BMI alone; "
                ".961 for the oracle that reads the drawn values."
            ),
            template(
                "Trained where films say no more than age, sex and body mass, the same network "
                "finds no more than these: AUC .829 (95% .786 to .870), theirs .850. Where "
                "nothing says anything, its AUC is .476 (.416 to .541), as good as chance."
            ),
        ),
        missed=(
            template("One seed, one training in each world."),
            template("Nothing is known about real hands: the films are drawn by one program."),
        ),
        where="docs/research/hand.md",
    ),
}
"""By the bundle's SHA-256: another bundle may have the same name, and these figures are not its."""


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
