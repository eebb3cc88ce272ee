"""Photo and patient in, assessment out: the one way in, for the dashboard and the shell.

The steps can be taken one at a time, so that a page shows each as soon as it is done:
``locate`` (photo -> face and crop), ``predict``, ``explain``, ``refer``; ``assess`` takes
them all. Nothing is written to disk and nothing is kept between calls.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from face2bone.bundle import Bundle, Status, bundle_hash
from face2bone.calibration import Calibrator, calibrated, operating_point
from face2bone.choices import GuidelineId
from face2bone.clinical.base_rates import BaseRate, WhatIf, what_if
from face2bone.clinical.frax import FraxResult
from face2bone.clinical.guideline import load_guideline
from face2bone.clinical.instruments import published_scores
from face2bone.clinical.referral import Referral, suggest
from face2bone.errors import BundleCorrupt, FaceRejected
from face2bone.explain.arrays import FloatArray
from face2bone.explain.baselines import (
    Baseline,
    blur_baseline,
    inpaint_baseline,
    mean_face_baseline,
)
from face2bone.explain.craft import ConceptAttribution, explain_concepts, no_concepts
from face2bone.explain.estimate import RegionEstimate
from face2bone.explain.owen import CellAttribution, region_cells
from face2bone.explain.pixel_map import pixel_map
from face2bone.explain.self_check import SelfCheck, self_check
from face2bone.explain.shapley import RegionAttribution, expected_class, region_shapley
from face2bone.modalities.face import (
    AlignedFace,
    Face,
    QualityVerdict,
)
from face2bone.modalities.parts import Part
from face2bone.modalities.photo import Photo
from face2bone.patient import Patient
from face2bone.runtime import Engine, Prediction, logits_of_crops, make_engine, predict
from face2bone.settings import get_settings
from face2bone.studies import Tools, study_named

Progress = Callable[[str, float], None]
"""Called with a step's name and the fraction done in [0, 1]; raise from it to cancel."""

NOT_EXPLAINED: Final = "The result of this photo was not explained."
BASELINES: Final = {"blur": blur_baseline, "inpaint": inpaint_baseline}
STEPS: Final = ("face", "result", "regions", "concepts", "referral")


def silent(step: str, fraction: float) -> None:
    """The progress callback of someone who does not watch."""


@dataclass(frozen=True)
class LocatedFace:
    """One face in a photo: its landmarks and quality, and the crop the network reads."""

    photo_sha256: str
    face: Face

    @property
    def aligned(self) -> AlignedFace:
        """The crop the network reads, with its mask and regions."""
        return self.face.aligned

    @property
    def rejected(self) -> bool:
        """Whether a quality check forbids a prediction."""
        return self.face.quality.status == "reject"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Every quality remark in words, the gravest first."""
        return self.face.quality.reasons


def rejection(located: LocatedFace) -> FaceRejected:
    """Why a face whose photo was ``rejected`` gets no prediction, with every rejecting reason."""
    rejecting = [c.reason for c in located.face.quality.checks if c.status == "reject"]
    return FaceRejected("The photo cannot be assessed. " + " ".join(rejecting))


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
    pixels: FloatArray


@dataclass(frozen=True)
class BundleFacts:
    """Which model spoke, and what its figures rest on; shown beside every result.

    ``class_fractions`` are the base rates of ``classes`` in the training cohort;
    ``measured_patients``: how many patients, kept out of training, the calibration was measured on;
    ``parts``: of the study's pictures.
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
        )


@dataclass(frozen=True)
class Assessment:
    """Everything said about one patient's photo; holds the crop but never the photo."""

    patient: Patient
    located: LocatedFace
    prediction: Prediction
    explanation: Explanation
    referral: Referral
    bundle: BundleFacts

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


def _half(progress: Progress, index: int) -> Callable[[float], None]:
    """Progress of the first or second of two equal halves of the region step."""
    return lambda fraction: progress("regions", (index + fraction) / 2)


def _check_fits(bundle: Bundle, tools: Tools) -> None:
    """Raise ``BundleCorrupt`` for a bundle that is not of the study its card names."""
    card = bundle.card
    if not card.input.takes(tools.modality.input) or card.labels != tools.task.classes:
        raise BundleCorrupt(
            f"The bundle's card names the study {card.study}, but its network reads other pictures "
            "or answers another question. Fetch the bundle again or rebuild it."
        )


class Assessor:
    """A bundle and an engine, ready to assess photos; safe to share between threads.

    Pictures are read and prepared, and hidden parts filled, as the bundle's study says.
    """

    def __init__(self, bundle: Bundle, engine: Engine | None = None) -> None:
        settings = get_settings()
        self.tools = study_named(bundle.card.study).ready()
        _check_fits(bundle, self.tools)
        self.bundle = bundle
        self.engine = engine or make_engine(bundle, settings.engine, threads=settings.threads)
        self.facts = BundleFacts.of(bundle)

    def locate(self, photo: Photo) -> LocatedFace:
        """Find and align the one face of a photo.

        Raises ``NoFaceFound`` or ``SeveralFaces``; a failed quality check is data in
        the result, so that a page can show what to change.
        """
        (face,) = self.tools.modality.prepare(photo)
        return LocatedFace(photo.sha256, face)

    def predict(self, located: LocatedFace) -> Prediction:
        """Calibrated probabilities; raises ``FaceRejected`` with every rejecting reason."""
        if located.rejected:
            raise rejection(located)
        return predict(self.engine, self.bundle, located.aligned)

    def what_if(self, prediction: Prediction, rate: BaseRate) -> WhatIf:
        """The result under another population's base rates: beside it, never instead of it."""
        card = self.bundle.card
        point = operating_point(card.confusion) if card.confusion else None
        return what_if(prediction.probabilities, card.class_fractions, rate, point)

    def explain(
        self,
        located: LocatedFace,
        progress: Progress = silent,
        so_far: Callable[[RegionEstimate | Explanation], None] | None = None,
    ) -> Explanation:
        """Exact region Shapley values under both baselines, and the concepts in the photo.

        ``so_far`` gets estimates under the first baseline, then the regions, without concepts yet.
        """
        first, second = (BASELINES[name](located.aligned) for name in self.tools.baselines)
        regions = (
            self._regions(located.aligned, first, _half(progress, 0), so_far),
            self._regions(located.aligned, second, _half(progress, 1)),
        )
        if so_far is not None:
            so_far(Explanation(regions, no_concepts()))
        progress("concepts", 0.0)
        concepts = explain_concepts(self.bundle.concepts, self.engine, located.aligned)
        return Explanation(regions, concepts)

    def explain_by_mean_face(
        self, located: LocatedFace, progress: Progress = silent
    ) -> RegionAttribution:
        """Exact region values under the third baseline; takes as long as one of the first two."""
        baseline = mean_face_baseline(located.aligned, self.bundle.mean_face)
        return self._regions(located.aligned, baseline, lambda f: progress("regions", f))

    def look_closer(
        self,
        located: LocatedFace,
        explanation: Explanation,
        region: Part,
        progress: Progress = silent,
    ) -> CloserLook:
        """Owen values of a region's quarters and the occlusion map; seven region tables long."""
        aligned, logits_of = located.aligned, logits_of_crops(self.engine)
        baseline = blur_baseline(aligned)
        pixels = pixel_map(logits_of, aligned, baseline, lambda f: progress("map", f))
        cells = region_cells(
            logits_of,
            aligned,
            baseline,
            explanation.regions[0],
            region,
            lambda f: progress("cells", f),
        )
        return CloserLook(cells, pixels)

    def _regions(
        self,
        aligned: AlignedFace,
        baseline: Baseline,
        progress: Callable[[float], None],
        watch: Callable[[RegionEstimate], None] | None = None,
    ) -> RegionAttribution:
        return region_shapley(logits_of_crops(self.engine), aligned, baseline, progress, watch)

    def refer(
        self,
        patient: Patient,
        prediction: Prediction | None,
        frax: FraxResult | None = None,
        guideline: GuidelineId | None = None,
    ) -> Referral:
        """Referral suggestion; without a prediction the typed answers stand by themselves.

        So they do where the study's task may not refer. ``frax`` is the clinician's own FRAX
        result; without a ``guideline`` the site's holds.
        """
        counted = prediction if self.tools.task.may_refer else None
        chosen = load_guideline(guideline or get_settings().guideline)
        scores, status = published_scores(patient), self.bundle.card.status
        return suggest(patient, scores, frax, counted, chosen, status)

    def assess(
        self,
        photo: Photo | bytes,
        patient: Patient,
        progress: Progress = silent,
        frax: FraxResult | None = None,
        guideline: GuidelineId | None = None,
        explained: bool = True,
    ) -> Assessment:
        """All steps at once; ``frax`` and ``guideline`` as in ``refer``.

        Not ``explained``, it has the explanation of nothing and takes as long as a result.

        Raises ``PhotoError`` for unusable bytes, ``FaceError`` when there is not exactly
        one usable face, and ``FaceRejected`` when a quality check rejects it.
        """
        progress("face", 0.0)
        picture = self.tools.modality.read(photo) if isinstance(photo, bytes) else photo
        located = self.locate(picture)
        progress("result", 0.0)
        prediction = self.predict(located)
        explanation = self.explain(located, progress) if explained else Explanation.none()
        progress("referral", 0.0)
        referral = self.refer(patient, prediction, frax, guideline)
        return Assessment(patient, located, prediction, explanation, referral, self.facts)
