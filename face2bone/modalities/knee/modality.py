"""The knee on a film as a kind of picture: what everything above reads and prepares it through."""

from typing import Final

from face2bone.errors import SubjectRejected
from face2bone.modalities.knee.alignment import KNEE_INPUT
from face2bone.modalities.knee.finding import find_knees
from face2bone.modalities.knee.parts import KNEE_PARTS, KNEE_SCHEMATIC
from face2bone.modalities.modality import Modality
from face2bone.modalities.radiograph import MAX_BYTES, read_radiograph
from face2bone.modalities.radiograph.limits import ACCEPTED
from face2bone.words import template

KNEE_FILM: Final = Modality(
    id="knee",
    noun=template("film"),
    subject=template("knee"),
    kind=template("knee radiograph"),
    pictures=template("radiographs of one or both knees from the front"),
    read=read_radiograph,
    prepare=find_knees,
    parts=KNEE_PARTS,
    input=KNEE_INPUT,
    schematic=KNEE_SCHEMATIC,
    rejected=SubjectRejected,
    unusable=template("The film cannot be assessed."),
    recognisable=False,
    title=template("Film"),
    asks=template("One or both knees from the front, with the joint in the film."),
    formats=ACCEPTED,
    most_bytes=MAX_BYTES,
    most_subjects=2,
)
