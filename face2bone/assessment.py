"""What an assessment holds: the picture, its explanation, the model it is of, and the referral.

Made by ``assess.Assessor``; frozen, and nothing here computes more than a figure of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from face2bone.arrays import Floats
from face2bone.bundle import Bundle, Status, bundle_hash
from face2bone.calibration import Calibrator, calibrated
from face2bone.clinical.referral import Referral
from face2bone.explain.craft import ConceptAttribution, no_concepts
from face2bone.explain.owen import CellAttribution
from face2bone.explain.self_check import SelfCheck, self_check
from face2bone.explain.shapley import RegionAttribution, expected_class
from face2bone.modalities.measure import Measure
from face2bone.modalities.parts import Part
from face2bone.modalities.prepared import Prepared, QualityVerdict
from face2bone.patient import Patient
from face2bone.reference import ReferenceMethod
from face2bone.runtime import Prediction
from face2bone.several_photos import PhotoSeen, photos_words
from face2bone.studies import study_named
from face2bone.words import message

NOT_EXPLAINED: Final = message("This result was not explained.")


@dataclass(frozen=True)
class LocatedSubject:
    """What was found in a picture: its quality, and the crop the network reads.

    beside: the patient's covariates, standardised, where the network reads any: what is said of
    one patient's picture can so never be said of another's.
    number: of several faces or knees in the picture which one, from 1 at the left; 0 where there is
    one.
    """

    photo_sha256: str
    subject: Any
    beside: tuple[float, ...] = ()
    number: int = 0

    @property
    def aligned(self) -> Prepared:
        """The crop the network reads, with its mask and parts."""
        aligned: Prepared = self.subject.aligned
        return aligned

    @property
    def quality(self) -> QualityVerdict:
        """The verdict on the picture."""
        verdict: QualityVerdict = self.subject.quality
        return verdict

    @property
    def rejected(self) -> bool:
        """Whether a quality check forbids a prediction."""
        return self.quality.status == "reject"

    @property
    def called(self) -> str:
        """What it is called where the picture shows several of the patient's; else ""."""
        called: str = self.subject.called
        return called

    @property
    def told(self) -> tuple[str, ...]:
        """What else a person has to know of it, such as which of two knees it is."""
        told: tuple[str, ...] = self.subject.told
        return told

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What was measured on it by a rule, beside the network."""
        measures: tuple[Measure, ...] = self.subject.measures
        return measures

    @property
    def reasons(self) -> tuple[str, ...]:
        """Every quality remark in words, the gravest first."""
        return self.quality.reasons


@dataclass(frozen=True)
class Explanation:
    """Region attributions, one per baseline (blur first, then inpaint), and concepts.

    Without any region the result was not explained: see ``none``.
    """

    regions: tuple[RegionAttribution, ...]
    concepts: ConceptAttribution

    @classmethod
    def none(cls) -> Self:
        """What stands for an explanation that was stopped, failed or not asked for."""
        return cls((), no_concepts())

    def self_check(self, class_index: int) -> SelfCheck | None:
        """Whether a class's region values hold under both baselines; None without two.

        Where its ``reason`` is not None, the region values of this class are not shown.
        """
        if len(self.regions) < 2:
            return None
        first, second = (game.table[:, class_index] for game in self.regions[:2])
        return self_check(first, second)

    def withheld(self, class_index: int) -> str:
        """Why the region values of a class are not shown; empty where they may be."""
        if not self.regions:
            return NOT_EXPLAINED
        check = self.self_check(class_index)
        return (check and check.reason) or ""

    def severity_check(self, calibration: Sequence[Calibrator]) -> SelfCheck | None:
        """The same for ``RegionAttribution.severity`` under this calibration."""
        if len(self.regions) < 2:
            return None
        first, second = (
            expected_class(calibrated(game.table, *calibration)) for game in self.regions[:2]
        )
        return self_check(first, second)


@dataclass(frozen=True)
class CloserLook:
    """Where within one region, under the blur baseline: its quarters, and a map for orientation.

    ``pixels`` (H, W, K): logits lost when a square around a pixel is hidden.
    """

    cells: CellAttribution
    pixels: Floats


@dataclass(frozen=True)
class BundleFacts:
    """Which model spoke, and what its figures rest on; shown beside every result.

    ``class_fractions`` are the base rates of ``classes`` in the training cohort;
    ``measured_patients``: how many patients, kept out of training, the calibration was measured on;
    ``parts``: of the study's pictures; ``reference_method``: how bone was measured there.
    """

    name: str
    version: str
    status: Status
    sha256: str
    created_on: date
    cohort: str
    study: str
    parts: tuple[Part, ...]
    classes: tuple[str, ...]
    class_fractions: tuple[float, ...]
    measured_patients: int
    reference_method: ReferenceMethod = ReferenceMethod.DXA

    @classmethod
    def of(cls, bundle: Bundle) -> Self:
        """The facts of a loaded bundle."""
        card = bundle.card
        return cls(
            name=card.name,
            version=card.version,
            status=card.status,
            sha256=bundle_hash(bundle),
            created_on=card.created_on,
            cohort=card.cohort,
            study=card.study,
            parts=study_named(card.study).ready().modality.parts,
            classes=card.labels,
            class_fractions=card.class_fractions,
            measured_patients=int(bundle.reliability.counts.sum()),
            reference_method=card.reference_method,
        )


@dataclass(frozen=True)
class Assessment:
    """Everything said about one patient's photo; holds the crop but never the photo.

    photos: what came of each, where there are several or a face was chosen; this one among them.
    """

    patient: Patient
    located: LocatedSubject
    prediction: Prediction
    explanation: Explanation
    referral: Referral
    bundle: BundleFacts
    photos: tuple[PhotoSeen, ...] = ()

    @property
    def photos_words(self) -> str:
        """Which of several photos counted and how far they agree; "" for one of one face."""
        answers = [one.photo_sha256 for one in self.photos]
        at = answers.index(self.photo_sha256) if answers else 0
        return photos_words(self.photos, at, self.bundle.classes[-1])

    @property
    def photo_sha256(self) -> str:
        """SHA-256 of the photo."""
        return self.located.photo_sha256


@dataclass(frozen=True)
class AnswersOnly:
    """What is said of a patient without a result of a photo: the answers' own suggestion.

    ``why`` is one sentence: no photo, an unusable one, no face in it, or one that was rejected,
    whose checks ``quality`` holds. ``photo_sha256`` is "" where there was no photo to look at.
    """

    patient: Patient
    referral: Referral
    bundle: BundleFacts
    why: str
    photo_sha256: str = ""
    quality: QualityVerdict | None = None
