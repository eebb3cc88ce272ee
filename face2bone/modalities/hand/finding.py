"""One film in, one hand out: its points, side and quality, and the crop the network reads."""

from dataclasses import dataclass
from typing import Final

from face2bone.errors import SubjectNotFound
from face2bone.modalities.film_kind import check_body_part, check_not_a_knee
from face2bone.modalities.hand.alignment import AlignedHand, align_hand
from face2bone.modalities.hand.locator import HandLocator, shared_hand_locator
from face2bone.modalities.hand.metacarpal_index import MetacarpalIndex, metacarpal_index
from face2bone.modalities.hand.points import Points, thumb_on_the_right
from face2bone.modalities.hand.quality import judge_hand
from face2bone.modalities.measure import RATIO, Measure
from face2bone.modalities.prepared import QualityVerdict
from face2bone.modalities.radiograph import BodyPart, Laterality, Radiograph
from face2bone.words import message, template

SECOND: Final = template("Index of the second metacarpal")
MEAN: Final = template("Mean index of metacarpals 2 to 4")
MEANING: Final = template(
    "Both walls of the shaft over its width, measured on the film and not by the model. It is a "
    "ratio and neither a T-score nor a bone age. Published cuts lie between 0.415 and 0.600 and "
    "disagree about what they separate, so it decides nothing."
)
TOO_FEW: Final = template("Fewer than two of metacarpals 2 to 4 could be measured throughout.")
WHICH: Final = {
    Laterality.LEFT: template("Left hand seen from behind, as the thumb shows."),
    Laterality.RIGHT: template("Right hand seen from behind, as the thumb shows."),
}


def index_measures(index: MetacarpalIndex) -> tuple[Measure, ...]:
    """Of the second metacarpal, and the mean of nine places."""
    refused = [bone.refused for bone in index.bones if bone.metacarpal == 2]
    why_second = index.refused or "".join(refused)
    return (
        _measure("metacarpal_index_second", SECOND, index.second, why_second),
        _measure("metacarpal_index_mean", MEAN, index.mean, index.refused or TOO_FEW),
    )


def _measure(id_: str, name: str, value: float | None, why_not: str) -> Measure:
    return Measure(id_, name, value, RATIO, MEANING, why_not="" if value is not None else why_not)


@dataclass(frozen=True, eq=False)
class Hand:
    """The hand of a film.

    points: float64 (21, 2) in film pixels, 0 at the centre of the first one, as ``points`` names
    them. side: as the thumb shows it, if the hand was seen from behind. unrest: by how much the
    points move when the film is looked at again, in lengths of the hand; looks: how many agree.
    told: which hand it is, and what its file says of the film. measures: the metacarpal indices.
    """

    points: Points
    side: Laterality
    unrest: float
    looks: int
    quality: QualityVerdict
    aligned: AlignedHand
    told: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    called: str = ""


def find_hand(film: Radiograph, locator: HandLocator | None = None) -> Hand:
    """The hand on a film with its quality verdict; a bad verdict is data, not an error.

    Without a locator that of the process is used. Raises ``SubjectNotFound`` where no hand is found
    or the file says that it shows something else.
    """
    check_body_part(film, BodyPart.HAND)
    found = (locator or shared_hand_locator()).locate(film.pixels)
    if found is None:
        check_not_a_knee(film.pixels)
        raise SubjectNotFound(
            message(
                "No hand was found on the film. Use a PA film of one whole hand, flat, with the "
                "fingers a little apart and the wrist on it."
            )
        )
    side = Laterality.LEFT if thumb_on_the_right(found.points) else Laterality.RIGHT
    aligned = align_hand(film.pixels, found.points)
    verdict = judge_hand(film, found, aligned, side)
    told = (WHICH[side], *film.remarks)
    measures = index_measures(metacarpal_index(film, found.points))
    return Hand(found.points, side, found.unrest, found.looks, verdict, aligned, told, measures)
