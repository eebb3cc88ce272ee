"""How far an answer moves when only make-up, surgery, pose, light or the camera changes.

Drawn faces have exact twins (``drawn.face.twins``): the person, the bone and the planted age stay,
so whatever the answer moves by is the network's own. Faces are found and aligned as a photo's are,
but past the quality gate, which would refuse some of the twins: what is measured is what the
network does with them if they get through. Real skin and cameras may do more: of photographs the
pixels can be changed (``photo_twins``), which turns no head and puts on no glasses.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from face2bone.arrays import Floats
from face2bone.bundle import Bundle
from face2bone.bundle.years_bundle import YearsBundle
from face2bone.errors import StudyError
from face2bone.modalities.photo import Photo
from face2bone.modalities.prepared import Prepared
from face2bone.progress import UnitsDone
from face2bone.runtime import make_engine, network_input, predict_crops
from face2bone.studies import AGE_TOOLS
from face2bone.studies.demonstration import Kind, Pictures
from face2bone.studies.face2bone import FACE2BONE, demonstration

SEED: Final = 914_100
PICTURES: Final = 70
AGE_LIMIT: Final = 1.5  # years, of the median shift
PHOTO_AGE_LIMIT: Final = 2.5  # of real photos
CLASS_LIMIT: Final = 0.05  # of the median shift of a probability
WITHOUT_LIMIT: Final = "surgery"
"""It changes what the planted effect itself changes, so an answer that follows it is no fault."""

Answers = Callable[[Sequence[Prepared]], Floats]


@dataclass(frozen=True)
class Shift:
    """One change over so many ``pairs`` of twins, in the table's unit.

    median: of twin minus original; nine_in_ten: of the absolute shift, what 90% stay within.
    limit: of the median's size, None where there is none. named_otherwise: share of pictures
    that are given another class; None for an age.
    """

    kind: str
    words: str
    pairs: int
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
    """The table of one bundle. unit: of the shifts; pictures: originals. not_found:
    originals or twins without landmarks. seed: of drawn ones; None of photographs.
    """

    bundle: str
    sha256: str
    unit: str
    pictures: int
    seed: int | None
    not_found: int
    shifts: tuple[Shift, ...]

    @property
    def beyond(self) -> tuple[Shift, ...]:
        """The changes whose limit does not hold."""
        return tuple(shift for shift in self.shifts if not shift.holds)


def age_robustness(
    bundle: YearsBundle,
    pictures: int = PICTURES,
    seed: int = SEED,
    progress: UnitsDone | None = None,
) -> Robustness:
    """Shifts of the apparent age, in years, over people spread evenly over the ages."""
    twins = AGE_TOOLS.demonstration().twins
    drawn = twins.pairs(pictures, seed, bundle.card.input, progress)
    return _of_years(bundle, drawn, twins.kinds, AGE_LIMIT, pictures, seed)


def class_robustness(
    bundle: Bundle,
    pictures: int = PICTURES,
    seed: int = SEED,
    progress: UnitsDone | None = None,
) -> Robustness:
    """Shifts of the last class's calibrated probability, over patients of the planted world.

    Raises ``StudyError`` for a bundle that does not read faces.
    """
    _check_reads(bundle)
    twins = demonstration().twins
    drawn = twins.pairs(pictures, seed, bundle.card.input, progress)
    return _of_classes(bundle, drawn, twins.kinds, pictures, seed)


def photo_robustness(
    bundle: Bundle | YearsBundle,
    photos: Sequence[Photo],
    progress: UnitsDone | None = None,
) -> Robustness:
    """The same over real photos, whose pixels are changed (``photo_twins``).

    Raises ``StudyError`` for a bundle that does not read faces.
    """
    count, spec = len(photos), bundle.card.input
    if isinstance(bundle, YearsBundle):
        twins = AGE_TOOLS.demonstration().photo_twins
        changed = twins.pairs(photos, spec, progress)
        return _of_years(bundle, changed, twins.kinds, PHOTO_AGE_LIMIT, count, None)
    _check_reads(bundle)
    twins = demonstration().photo_twins
    changed = twins.pairs(photos, spec, progress)
    return _of_classes(bundle, changed, twins.kinds, count, None)


def _of_years(
    bundle: YearsBundle,
    originals: Pictures,
    twins: Sequence[Kind],
    limit: float,
    pictures: int,
    seed: int | None,
) -> Robustness:
    engine, task = make_engine(bundle), bundle.card.task

    def answers(prepared: Sequence[Prepared]) -> Floats:
        pixels = np.stack([one.pixels for one in prepared])
        return task.answers(engine.logits(network_input(pixels, engine.input)))[:, None]

    table, lost = _table(originals, len(twins), answers)
    shifts = tuple(_shift(twin, table[i], limit, False) for i, twin in enumerate(twins))
    return Robustness(bundle.card.name, bundle.sha256, "years", pictures, seed, lost, shifts)


def _of_classes(
    bundle: Bundle, originals: Pictures, twins: Sequence[Kind], pictures: int, seed: int | None
) -> Robustness:
    engine = make_engine(bundle)

    def answers(prepared: Sequence[Prepared]) -> Floats:
        pixels = np.stack([one.pixels for one in prepared])
        return predict_crops(engine, bundle, pixels).probabilities

    table, lost = _table(originals, len(twins), answers)
    shifts = tuple(_shift(twin, table[i], CLASS_LIMIT, True) for i, twin in enumerate(twins))
    unit = f"probability of {bundle.card.labels[-1]}"
    return Robustness(bundle.card.name, bundle.sha256, unit, pictures, seed, lost, shifts)


def _check_reads(bundle: Bundle) -> None:
    if not bundle.card.input.takes(FACE2BONE.ready().modality.input):
        raise StudyError(
            "The bundle {bundle} does not read faces, and the twins are faces. Give a "
            "bundle that does.",
            bundle=bundle.card.name,
        )


def _table(
    originals: Pictures, twins: int, answers: Answers
) -> tuple[list[list[tuple[Floats, Floats]]], int]:
    """For each twin the pairs of answers (K,) to original and twin, and how many were not found."""
    pairs: list[list[tuple[Floats, Floats]]] = [[] for _ in range(twins)]
    lost = 0
    for original, changed in originals:
        found = [i for i, twin in enumerate(changed) if twin is not None]
        lost += twins - len(found) if original is not None else twins
        if original is not None and found:
            row = answers([original, *(one for one in changed if one is not None)])
            for i, given in zip(found, row[1:], strict=True):
                pairs[i].append((row[0], given))
    return pairs, lost


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
        pairs=len(pairs),
        median=float(np.median(moved)),
        nine_in_ten=float(np.quantile(np.abs(moved), 0.9)),
        limit=None if twin.kind == WITHOUT_LIMIT else limit,
        named_otherwise=otherwise,
    )
