"""How far an answer moves when only make-up, surgery, pose, light or the camera changes.

Drawn faces have exact twins (``drawn.face.twins``): the person, the bone and the planted age stay,
so whatever the answer moves by is the network's own. Faces are found and aligned as a photo's are,
but past the quality gate, which would refuse some of the twins: what is measured is what the
network does with them if they get through. Real skin and cameras may do more: of photographs the
pixels can be changed (``photo_twins``), which turns no head and puts on no glasses.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.bundle import Bundle
from face2bone.bundle.years_bundle import YearsBundle
from face2bone.drawn.face.aged import aged_face, draw_people
from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.patients import draw_cohort, patient_face
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.face.twins import TWINS
from face2bone.drawn.worlds import World
from face2bone.errors import StudyError
from face2bone.modalities.face import FACE_INPUT, align_landmarks, shared_locator
from face2bone.modalities.face.chip import CHIP_INPUT, face_chip
from face2bone.modalities.photo import Photo
from face2bone.modalities.prepared import Prepared
from face2bone.photo_twins import PHOTO_TWINS
from face2bone.progress import UnitsDone
from face2bone.runtime import make_engine, network_input, predict_crops

SEED: Final = 914_100
FACES: Final = 70
PIXELS: Final = 256
AGE_LIMIT: Final = 1.5  # years, of the median shift
PHOTO_AGE_LIMIT: Final = 2.5  # of real photos
CLASS_LIMIT: Final = 0.05  # of the median shift of a probability
WITHOUT_LIMIT: Final = "surgery"
"""It changes what the planted effect itself changes, so an answer that follows it is no fault."""

Answers = Callable[[Sequence[Prepared]], Floats]
Pictures = Iterable[tuple[Prepared | None, list[Prepared | None]]]
"""Each original with its twins, as a network reads them; None where no face was found."""


class Kind(Protocol):
    """What a table says of a change."""

    @property
    def kind(self) -> str:
        """What it belongs to."""

    @property
    def words(self) -> str:
        """What was done."""


@dataclass(frozen=True)
class Shift:
    """One change over ``faces`` pairs of twins, in the table's unit.

    median: of twin minus original; nine_in_ten: of the absolute shift, what 90% stay within.
    limit: of the median's size, None where there is none. named_otherwise: share of faces that
    are given another class; None for an age.
    """

    kind: str
    words: str
    faces: int
    median: float
    nine_in_ten: float
    limit: float | None
    named_otherwise: float | None

    @property
    def holds(self) -> bool:
        """Whether the median stays within the limit; one without a limit always does."""
        return self.limit is None or abs(self.median) <= self.limit


@dataclass(frozen=True)
class Robustness:
    """The table of one bundle. unit: of the shifts; not_found: faces or twins without landmarks.

    seed: of drawn faces; None of photographs.
    """

    bundle: str
    sha256: str
    unit: str
    faces: int
    seed: int | None
    not_found: int
    shifts: tuple[Shift, ...]

    @property
    def beyond(self) -> tuple[Shift, ...]:
        """The changes whose limit does not hold."""
        return tuple(shift for shift in self.shifts if not shift.holds)


def age_robustness(
    bundle: YearsBundle,
    faces: int = FACES,
    seed: int = SEED,
    progress: UnitsDone | None = None,
) -> Robustness:
    """Shifts of the apparent age, in years, over people spread evenly over the ages."""
    people = [aged_face(person) for person in draw_people(faces, seed, evenly=True)]
    drawn = _drawn_twins(people, bundle.card.input.takes(CHIP_INPUT), progress)
    return _of_years(bundle, drawn, TWINS, AGE_LIMIT, faces, seed)


def class_robustness(
    bundle: Bundle,
    faces: int = FACES,
    seed: int = SEED,
    progress: UnitsDone | None = None,
) -> Robustness:
    """Shifts of the last class's calibrated probability, over patients of the planted world.

    Raises ``StudyError`` for a bundle that does not read faces.
    """
    _check_reads_faces(bundle)
    people = [patient_face(patient) for patient in draw_cohort(faces, World.PLANTED, seed)]
    return _of_classes(bundle, _drawn_twins(people, False, progress), TWINS, faces, seed)


def photo_robustness(
    bundle: Bundle | YearsBundle,
    photos: Sequence[Photo],
    progress: UnitsDone | None = None,
) -> Robustness:
    """The same over real photos, whose pixels are changed (``photo_twins``).

    Raises ``StudyError`` for a bundle that does not read faces.
    """
    count = len(photos)
    if isinstance(bundle, YearsBundle):
        chip = bundle.card.input.takes(CHIP_INPUT)
        changed = _photo_twins(photos, chip, progress)
        return _of_years(bundle, changed, PHOTO_TWINS, PHOTO_AGE_LIMIT, count, None)
    _check_reads_faces(bundle)
    changed = _photo_twins(photos, False, progress)
    return _of_classes(bundle, changed, PHOTO_TWINS, count, None)


def _of_years(
    bundle: YearsBundle,
    pictures: Pictures,
    twins: Sequence[Kind],
    limit: float,
    faces: int,
    seed: int | None,
) -> Robustness:
    engine, task = make_engine(bundle), bundle.card.task

    def answers(prepared: Sequence[Prepared]) -> Floats:
        pixels = np.stack([one.pixels for one in prepared])
        return task.answers(engine.logits(network_input(pixels, engine.input)))[:, None]

    table, lost = _table(pictures, len(twins), answers)
    shifts = tuple(_shift(twin, table[i], limit, False) for i, twin in enumerate(twins))
    return Robustness(bundle.card.name, bundle.sha256, "years", faces, seed, lost, shifts)


def _of_classes(
    bundle: Bundle, pictures: Pictures, twins: Sequence[Kind], faces: int, seed: int | None
) -> Robustness:
    engine = make_engine(bundle)

    def answers(prepared: Sequence[Prepared]) -> Floats:
        pixels = np.stack([one.pixels for one in prepared])
        return predict_crops(engine, bundle, pixels).probabilities

    table, lost = _table(pictures, len(twins), answers)
    shifts = tuple(_shift(twin, table[i], CLASS_LIMIT, True) for i, twin in enumerate(twins))
    unit = f"probability of {bundle.card.labels[-1]}"
    return Robustness(bundle.card.name, bundle.sha256, unit, faces, seed, lost, shifts)


def _check_reads_faces(bundle: Bundle) -> None:
    if not bundle.card.input.takes(FACE_INPUT):
        raise StudyError(
            "The bundle {bundle} does not read faces, and the twins are faces. Give a "
            "bundle that does.",
            bundle=bundle.card.name,
        )


def _drawn_twins(
    people: Sequence[FaceParameters], chip: bool, progress: UnitsDone | None
) -> Iterator[tuple[Prepared | None, list[Prepared | None]]]:
    for done, face in enumerate(people, start=1):
        yield _prepared(face, chip), [_prepared(twin.change(face), chip) for twin in TWINS]
        if progress is not None:
            progress(done, len(people))


def _photo_twins(
    photos: Sequence[Photo], chip: bool, progress: UnitsDone | None
) -> Iterator[tuple[Prepared | None, list[Prepared | None]]]:
    for done, photo in enumerate(photos, start=1):
        found = _only_face(photo.pixels)
        twins: list[Prepared | None] = [None] * len(PHOTO_TWINS)
        if found is not None:
            twins = [_read(twin.change(photo.pixels, found), chip) for twin in PHOTO_TWINS]
        yield _read(photo.pixels, chip), twins
        if progress is not None:
            progress(done, len(photos))


def _table(
    pictures: Pictures, twins: int, answers: Answers
) -> tuple[list[list[tuple[Floats, Floats]]], int]:
    """For each twin the pairs of answers (K,) to original and twin, and how many were not found."""
    pairs: list[list[tuple[Floats, Floats]]] = [[] for _ in range(twins)]
    lost = 0
    for original, changed in pictures:
        found = [i for i, twin in enumerate(changed) if twin is not None]
        lost += twins - len(found) if original is not None else twins
        if original is not None and found:
            row = answers([original, *(one for one in changed if one is not None)])
            for i, given in zip(found, row[1:], strict=True):
                pairs[i].append((row[0], given))
    return pairs, lost


def _prepared(face: FaceParameters, chip: bool) -> Prepared | None:
    """The drawn face as a network reads it; None where the landmarker does not find just one."""
    return _read(draw_face(face, PIXELS).pixels, chip)


def _read(pixels: npt.NDArray[np.uint8], chip: bool) -> Prepared | None:
    landmarks = _only_face(pixels)
    if landmarks is None:
        return None
    return face_chip(pixels, landmarks) if chip else align_landmarks(pixels, landmarks)


def _only_face(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.floating[Any]] | None:
    found = shared_locator().locate(pixels)
    return found[0] if len(found) == 1 else None


def _shift(twin: Kind, pairs: list[tuple[Floats, Floats]], limit: float, classes: bool) -> Shift:
    if not pairs:
        nothing = float("nan")
        return Shift(twin.kind, twin.words, 0, nothing, nothing, None, None)
    before, after = (np.stack(side) for side in zip(*pairs, strict=True))
    moved = after[:, -1] - before[:, -1]
    otherwise = float((after.argmax(1) != before.argmax(1)).mean()) if classes else None
    return Shift(
        kind=twin.kind,
        words=twin.words,
        faces=len(pairs),
        median=float(np.median(moved)),
        nine_in_ten=float(np.quantile(np.abs(moved), 0.9)),
        limit=None if twin.kind == WITHOUT_LIMIT else limit,
        named_otherwise=otherwise,
    )
