"""The models that are set up, and which of them a picture is for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from face2bone.assess import Assessor
from face2bone.assessment import LocatedSubject
from face2bone.bundle import load_bundle
from face2bone.errors import BundleMissing, ListenError, SubjectNotFound
from face2bone.hospital.dicom_photo import is_photo, read_dicom_photo
from face2bone.hospital.header import Header
from face2bone.modalities.modality import AnyModality, Picture
from face2bone.modalities.radiograph import BodyPart, Radiograph, read_radiograph
from face2bone.runtime import make_engine
from face2bone.settings import Settings, get_settings
from face2bone.words import message


@dataclass(frozen=True)
class Found:
    """What a picture shows, and the model that reads such pictures."""

    assessor: Assessor
    located: LocatedSubject


@dataclass(frozen=True)
class Models:
    """One assessor for each kind of picture that is read, the site's own first."""

    assessors: tuple[Assessor, ...]

    @property
    def first(self) -> Assessor:
        """The site's own."""
        return self.assessors[0]

    def find(self, data: bytes, header: Header) -> Found:
        """What the picture shows to the first model that finds its subject there.

        Raises ``PictureError`` for an unusable picture, ``SubjectError`` where nothing is found,
        and ``ListenError`` where no model for such pictures is set up.
        """
        if is_photo(data, header.sop_class):
            return _looked_for(self._of(lambda kind: kind.camera), read_dicom_photo(data))
        film = read_radiograph(data)
        kinds = _kinds(film)
        return _looked_for(self._of(lambda kind: kind.id in kinds), film)

    def _of(self, takes: Callable[[AnyModality], bool]) -> list[Assessor]:
        chosen = [one for one in self.assessors if takes(one.tools.modality)]
        if not chosen:
            raise ListenError(
                "No model that reads such pictures is set up here. Name one in "
                "FACE2BONE_BUNDLE or FACE2BONE_OTHER_BUNDLES."
            )
        return chosen


def load_models(settings: Settings | None = None) -> Models:
    """The site's model and those of other studies that are there; of two of one kind the first.

    Raises ``BundleError`` for the site's own as ``load_bundle`` does, and for another one that is
    damaged.
    """
    chosen = settings or get_settings()
    found = {(own := _assessor(chosen.bundle, chosen)).tools.modality.id: own}
    for root in chosen.other_bundles:
        try:
            other = _assessor(root, chosen)
        except BundleMissing:
            continue
        found.setdefault(other.tools.modality.id, other)
    return Models(tuple(found.values()))


def _assessor(root: Path, settings: Settings) -> Assessor:
    """On one engine at every start, so that an answer made again says the same."""
    kind = "torch" if settings.engine == "auto" else settings.engine
    bundle = load_bundle(root)
    return Assessor(bundle, make_engine(bundle, kind, threads=settings.threads))


def _kinds(film: Radiograph) -> tuple[str, ...]:
    """The kinds of film that it may be: one where the file says which."""
    return tuple(part.value for part in BodyPart if film.body_part in (None, part))


def _looked_for(assessors: Sequence[Assessor], picture: Picture) -> Found:
    for assessor in assessors:
        try:
            return Found(assessor, assessor.locate(picture))
        except SubjectNotFound:
            if len(assessors) == 1:
                raise
    raise SubjectNotFound(
        message(
            "Neither a knee nor a hand was found on the film. Send a film of a knee or of one "
            "whole hand from the front."
        )
    )
