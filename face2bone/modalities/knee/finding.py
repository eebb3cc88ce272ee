"""The knees of a film, each aligned, judged and measured."""

from dataclasses import dataclass
from typing import Final

from face2bone.errors import SubjectNotFound
from face2bone.modalities.film_kind import check_body_part, check_not_a_hand
from face2bone.modalities.knee.alignment import (
    Lateral,
    LateralGuess,
    align_knee,
    lateral_by_looks,
)
from face2bone.modalities.knee.cortex import Bone, CorticalIndex, cortical_indices
from face2bone.modalities.knee.locator import FoundKnee, locate_knees
from face2bone.modalities.knee.quality import LIKENESS_WARN, judge_knee
from face2bone.modalities.measure import RATIO, Measure
from face2bone.modalities.prepared import Prepared, QualityVerdict
from face2bone.modalities.radiograph import BodyPart, Laterality, Radiograph
from face2bone.words import message, template

NAMES: Final[dict[Bone, str]] = {
    "femur": template("Cortical index of the femur"),
    "tibia": template("Cortical index of the tibia"),
}
MEANING: Final = template(
    "Both walls of the shaft over its width, measured on the film and not by the model. It is a "
    "ratio and not a T-score; published cut-offs disagree, so it decides nothing. It holds only "
    "where the crop shows a knee."
)
NOT_MEASURED: Final = template(
    "It could not be measured: the film is too coarse, or too little of the shaft is on it."
)
UNLIKE: Final = template("It was not measured: what was found is only a little like a knee.")
WHICH: Final = {
    ("left", "other knee"): template("Right knee, by its place beside the other one."),
    ("right", "other knee"): template("Left knee, by its place beside the other one."),
    ("left", "file"): template("Right knee, as the file says."),
    ("right", "file"): template("Left knee, as the file says."),
    ("left", "looks"): template("Probably a right knee, judged by its looks."),
    ("right", "looks"): template("Probably a left knee, judged by its looks."),
}
"""(On which side of the film the lateral side lies, how that is known) -> which knee it is."""
CALLED: Final[dict[Lateral, str]] = {
    "left": template("Right knee"),
    "right": template("Left knee"),
}
"""The same in two words, for a button."""


def cortex_measures(cortex: tuple[CorticalIndex, ...], likeness: float) -> tuple[Measure, ...]:
    """Of femur and tibia, also of one that could not be measured; of what is hardly a knee none.

    likeness: ``FoundKnee.likeness``.
    """
    known = likeness >= LIKENESS_WARN
    found = {index.bone: index for index in cortex if known}
    why_not = NOT_MEASURED if known else UNLIKE
    return tuple(_measure(bone, found.get(bone), why_not) for bone in NAMES)


def _measure(bone: Bone, index: CorticalIndex | None, why_not: str) -> Measure:
    if index is None:
        return Measure(f"cortical_index_{bone}", NAMES[bone], None, RATIO, MEANING, why_not=why_not)
    return Measure(
        f"cortical_index_{bone}", NAMES[bone], index.index, RATIO, MEANING, _millimetres(index)
    )


def _millimetres(index: CorticalIndex) -> str:
    if index.thickness_mm is None or index.width_mm is None:
        return ""
    return message(
        "Walls of {thickness} mm on average, shaft of {width} mm, by the file's spacing.",
        thickness=f"{index.thickness_mm:.1f}",
        width=f"{index.width_mm:.1f}",
    )


LATERAL_OF: Final[dict[Laterality, Lateral]] = {Laterality.LEFT: "right", Laterality.RIGHT: "left"}
"""Seen from the front, a left knee's lateral side is on the film's right."""


@dataclass(frozen=True)
class Knee:
    """One knee of a film.

    lateral: on which side of the film its lateral side lies, and how that is known: "other knee",
    "file" or "looks". cortex: of femur and tibia, without a bone that could not be measured;
    information beside the network, never a verdict. of: how many knees the film shows.
    told: which knee it is, and what its file says of the film.
    """

    aligned: Prepared
    quality: QualityVerdict
    found: FoundKnee
    lateral: Lateral
    known_by: str
    cortex: tuple[CorticalIndex, ...]
    of: int
    told: tuple[str, ...]

    @property
    def called(self) -> str:
        """Which of two knees it is; of one "", for that is told as far as it is known."""
        return CALLED[self.lateral] if self.of > 1 else ""

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The cortical indices."""
        return cortex_measures(self.cortex, self.found.likeness)


def find_knees(film: Radiograph) -> tuple[Knee, ...]:
    """One or two knees seen from the front, the one more like the mean knee first.

    Raises ``SubjectNotFound`` where nothing is like a knee, or the film is one of a hand.
    """
    check_body_part(film, BodyPart.KNEE)
    places = locate_knees(film.pixels)
    check_not_a_hand(film.pixels, places[0].likeness if places else 0.0)
    if not places:
        raise SubjectNotFound(
            message(
                "No knee was found on the film. Use a film of the knee from the front, with the "
                "joint in it."
            )
        )
    return tuple(_knee(film, places, index) for index in range(len(places)))


def _knee(film: Radiograph, places: tuple[FoundKnee, ...], index: int) -> Knee:
    place = places[index]
    guess, known_by = _lateral(film, places, index)
    column_mm = None if film.spacing is None else film.spacing.column_mm
    other = places[1 - index] if len(places) == 2 else None
    return Knee(
        aligned=align_knee(film.pixels, place, guess.side),
        quality=judge_knee(film, place, guess.margin if known_by == "looks" else None, other),
        found=place,
        lateral=guess.side,
        known_by=known_by,
        cortex=cortical_indices(film.pixels, place, column_mm),
        of=len(places),
        told=(WHICH[guess.side, known_by], *film.remarks),
    )


def _lateral(
    film: Radiograph, places: tuple[FoundKnee, ...], index: int
) -> tuple[LateralGuess, str]:
    """By the other knee, which is medial; else by the file's word; else by the fibula."""
    place = places[index]
    if len(places) == 2:
        is_left = place.x < places[1 - index].x
        return LateralGuess("left" if is_left else "right", 1.0), "other knee"
    if film.laterality in LATERAL_OF:
        return LateralGuess(LATERAL_OF[film.laterality], 1.0), "file"
    return lateral_by_looks(film.pixels, place), "looks"
