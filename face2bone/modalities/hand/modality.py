"""The hand film as a kind of picture: what everything above reads and prepares it through."""

from typing import Final

from face2bone.errors import SubjectRejected
from face2bone.modalities.hand.alignment import HAND_INPUT
from face2bone.modalities.hand.finding import Hand, find_hand
from face2bone.modalities.hand.parts import HAND_PARTS, HAND_SCHEMATIC
from face2bone.modalities.modality import Modality
from face2bone.modalities.radiograph import MAX_BYTES, Radiograph, read_radiograph
from face2bone.modalities.radiograph.limits import ACCEPTED
from face2bone.words import template


def _one_hand(film: Radiograph) -> tuple[Hand, ...]:
    return (find_hand(film),)


HAND: Final = Modality(
    id="hand",
    noun=template("film"),
    subject=template("hand"),
    kind=template("hand radiograph"),
    pictures=template("hand radiographs"),
    read=read_radiograph,
    prepare=_one_hand,
    parts=HAND_PARTS,
    input=HAND_INPUT,
    schematic=HAND_SCHEMATIC,
    rejected=SubjectRejected,
    unusable=template("The film cannot be assessed."),
    recognisable=False,
    title=template("Film"),
    asks=template("One whole hand, flat, the fingers a little apart and the wrist on the film."),
    formats=ACCEPTED,
    most_bytes=MAX_BYTES,
)
