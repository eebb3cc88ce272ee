"""The same drawn face made up, operated on, turned, lit otherwise or badly photographed.

Each change is made to the parameters before anything is drawn, so that a twin differs in that and
in nothing else, and nobody's bone or planted age moves with it. How strong each change is was
chosen by us; none is a measurement of what cosmetics or surgery do.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from face2bone.drawn.face.aged import aged_face, draw_people
from face2bone.drawn.face.description import FaceParameters, Glasses
from face2bone.drawn.face.patients import draw_cohort, patient_face
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.worlds import World
from face2bone.modalities.face.photo_twins import Pair, only_face_in
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.prepared import Prepared
from face2bone.progress import UnitsDone

Change = Callable[[FaceParameters], FaceParameters]
PIXELS: Final = 256  # a side
SURGERY_UNITS: Final = 2.0  # mm-like units by which orbit or jaw is filled up
SPECTACLES: Final = Glasses(26.0, 19.0, 3.0, 1.4, (25, 22, 22))


@dataclass(frozen=True)
class Twin:
    """One change: ``kind`` is what it belongs to, ``words`` what was done."""

    kind: str
    words: str
    change: Change


def _made_up(p: FaceParameters) -> FaceParameters:
    """Concealer over spots and under the eyes, darker brows and lashes, red lips."""
    skin = replace(
        p.skin,
        under_eye=0.2 * p.skin.under_eye,
        spots=0.3 * p.skin.spots,
        freckles=0.3 * p.skin.freckles,
        oil=0.7 * p.skin.oil,
    )
    brows = replace(p.brows, darkness=0.95, density=min(1.0, p.brows.density + 0.2))
    lips = replace(p.lips, red=min(1.0, p.lips.red + 0.4))
    return replace(p, skin=skin, brows=brows, lips=lips, eyes=replace(p.eyes, lash=1.0))


def _lips(p: FaceParameters) -> FaceParameters:
    return replace(p, lips=replace(p.lips, red=min(1.0, p.lips.red + 0.4)))


def _filled(part: str) -> Change:
    def change(p: FaceParameters) -> FaceParameters:
        moved = {part: getattr(p.ageing, part) - SURGERY_UNITS}
        return replace(p, ageing=replace(p.ageing, **moved))

    return change


def _turned(yaw: float = 0.0, pitch: float = 0.0) -> Change:
    """To these degrees, whatever the pose was."""

    def change(p: FaceParameters) -> FaceParameters:
        turned = replace(p.pose, yaw=float(np.deg2rad(yaw)), pitch=float(np.deg2rad(pitch)))
        return replace(p, pose=turned)

    return change


def _lit(**changes: float) -> Change:
    return lambda p: replace(p, light=replace(p.light, **changes))


def _blurred(p: FaceParameters) -> FaceParameters:
    return replace(p, camera=replace(p.camera, blur=1.2))


def _compressed(p: FaceParameters) -> FaceParameters:
    return replace(p, camera=replace(p.camera, jpeg=30))


def _spectacled(p: FaceParameters) -> FaceParameters:
    return replace(p, glasses=SPECTACLES)


TWINS: Final = (
    Twin("make-up", "concealer, brows, lashes, lips", _made_up),
    Twin("make-up", "lipstick alone", _lips),
    Twin("surgery", f"orbit filled by {SURGERY_UNITS:g} units", _filled("orbit")),
    Twin("surgery", f"jaw filled by {SURGERY_UNITS:g} units", _filled("jaw")),
    Twin("pose", "head turned 10 degrees", _turned(yaw=10.0)),
    Twin("pose", "head turned 20 degrees", _turned(yaw=20.0)),
    Twin("pose", "head raised 15 degrees", _turned(pitch=15.0)),
    Twin("light", "from the side", _lit(azimuth=0.9, elevation=0.2)),
    Twin("light", "dim", _lit(key=0.66, ambient=0.42)),
    Twin("light", "warm", _lit(warmth=1.5)),
    Twin("blur", "1.2 pixels at 256", _blurred),
    Twin("JPEG", "quality 30", _compressed),
    Twin("glasses", "put on", _spectacled),
)
"""Every change, in the order of the table."""


def patient_twins(
    count: int, seed: int, spec: InputSpec, progress: UnitsDone | None = None
) -> Iterator[Pair]:
    """Patients of the planted world, each with every twin."""
    patients = draw_cohort(count, World.PLANTED, seed)
    return _twins([patient_face(one) for one in patients], spec, progress)


def aged_twins(
    count: int, seed: int, spec: InputSpec, progress: UnitsDone | None = None
) -> Iterator[Pair]:
    """People spread evenly over the ages, each with every twin."""
    people = draw_people(count, seed, evenly=True)
    return _twins([aged_face(one) for one in people], spec, progress)


def _twins(
    people: Sequence[FaceParameters], spec: InputSpec, progress: UnitsDone | None
) -> Iterator[Pair]:
    for done, face in enumerate(people, start=1):
        yield _seen(face, spec), [_seen(twin.change(face), spec) for twin in TWINS]
        if progress is not None:
            progress(done, len(people))


def _seen(face: FaceParameters, spec: InputSpec) -> Prepared | None:
    """The drawn face as a network reads it; None where the landmarker does not find just one."""
    return only_face_in(draw_face(face, PIXELS).pixels, spec)
