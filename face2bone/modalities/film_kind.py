"""Whether a film given as a knee is a hand, and the other way round: it is refused, not measured.

A knee's template is like many things that have shafts: some drawn hands come as far as the limit
(likeness .45 to .48), so a film that is not surely a knee is also shown to the hand landmarker.
Figures: docs/research/knee.md.
"""

from typing import Final

from face2bone.errors import SubjectNotFound
from face2bone.modalities.hand.locator import HandLocator, shared_hand_locator
from face2bone.modalities.hand.looks import Film
from face2bone.modalities.hand.points import well_proportioned
from face2bone.modalities.knee.locator import locate_knees
from face2bone.modalities.radiograph import BodyPart, Radiograph
from face2bone.words import message, template

SURELY_A_KNEE: Final = 0.58
"""Likeness from which nobody looks for a hand, which takes a second of the processor."""
RATHER_A_KNEE: Final = 0.53
"""Likeness from which a film without a hand is said to look like a knee."""
FILE_SAYS: Final = {
    BodyPart.KNEE: template("The file says that it shows a knee. Choose the study of knees."),
    BodyPart.HAND: template("The file says that it shows a hand. Choose the study of hands."),
}


def check_body_part(film: Radiograph, expected: BodyPart) -> None:
    """Raise ``SubjectNotFound`` for a film whose file says that it shows the other one."""
    if film.body_part not in (None, expected):
        raise SubjectNotFound(message(FILE_SAYS[film.body_part]))


def check_not_a_hand(film: Film, likeness: float, locator: HandLocator | None = None) -> None:
    """Raise ``SubjectNotFound`` for a film on which a hand of a hand's proportions is seen.

    likeness: of what was taken for a knee, ``FoundKnee.likeness``.
    """
    if likeness >= SURELY_A_KNEE:
        return
    found = (locator or shared_hand_locator()).locate(film)
    if found is not None and well_proportioned(found.points):
        raise SubjectNotFound(
            message(
                "This looks like a hand. Choose the study of hands, or use a film of the knee from "
                "the front."
            )
        )


def check_not_a_knee(film: Film) -> None:
    """Raise ``SubjectNotFound`` for a film without a hand that is rather like a knee."""
    knees = locate_knees(film)
    if knees and knees[0].likeness >= RATHER_A_KNEE:
        raise SubjectNotFound(
            message(
                "This looks like a knee. Choose the study of knees, or use a PA film of one whole "
                "hand."
            )
        )
