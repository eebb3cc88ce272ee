"""What was measured of the demonstrations on films, and what missed its floor: nothing is hidden.

Their figures stand in the documents of each study, with the commands; a test holds these to those.
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
                "On 400 drawn patients kept out of training, osteoporosis against the rest: AUC "
                ".945 (95% .925 to .964) for film, age and sex; .853 for age, sex and BMI alone; "
                ".979 for the oracle that reads the drawn values."
            ),
            template(
                "In the explanations of 60 of 70 drawn films a part with a planted value came "
                "first (86%; the floor is 80%), else nearly always the soft tissue. 29 of 70 are "
                "withheld by their check."
            ),
            template(
                "On the one public set of real knee films with a patient table, age and sex tell "
                "nearly all and the films nothing that could be shown."
            ),
        ),
        missed=(
            template(
                "The network reads a decoy too: on 39 drawn films two values that say nothing of "
                "bone moved its answer by 18% of what all six did (the limit is 5%)."
            ),
            template(
                "Knees are found a little too rarely: 46 of 50 crops of real films were right "
                "(92%; the floor is 93%), and of the 4 wrong ones 3 are refused."
            ),
            template("Null and blank worlds were not trained for this bundle."),
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
        ),
        missed=(
            template("One seed, one training; null and blank worlds were not trained for hands."),
            template("Nothing is known about real hands: the films are drawn by one program."),
        ),
        where="docs/research/hand.md",
    ),
}
"""By the bundle's SHA-256: another bundle may have the same name, and these figures are not its."""
