"""Photo and patient in, assessment out: the one way in, for the dashboard and the shell.

The steps can be taken one at a time, so that a page shows each as soon as it is done:
``locate`` (photo -> face and crop), ``predict``, ``explain``, ``refer``; ``assess`` takes
them all. Nothing is written to disk and nothing is kept between calls.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from face2bone.assessment import Assessment, BundleFacts, CloserLook, Explanation, LocatedSubject
from face2bone.bundle import Bundle
from face2bone.calibration import operating_point
from face2bone.choices import GuidelineId
from face2bone.clinical.base_rates import BaseRate, WhatIf, what_if
from face2bone.clinical.frax import FraxResult
from face2bone.clinical.guideline import load_guideline
from face2bone.clinical.instruments import published_scores
from face2bone.clinical.referral import Referral, suggest
from face2bone.covariates import Rows, missing, of_patient
from face2bone.errors import BundleCorrupt, SubjectError
from face2bone.explain.baselines import Baseline, baseline_of, third_baseline
from face2bone.explain.craft import explain_concepts, no_concepts
from face2bone.explain.estimate import RegionEstimate
from face2bone.explain.owen import region_cells
from face2bone.explain.pixel_map import pixel_map
from face2bone.explain.shapley import RegionAttribution, region_shapley
from face2bone.modalities.modality import AnyModality, Picture
from face2bone.modalities.parts import Part
from face2bone.patient import Patient
from face2bone.progress import FractionDone, Progress, part, silent
from face2bone.runtime import (
    Engine,
    Prediction,
    beside_patients,
    logits_of_crops,
    make_engine,
    predict,
)
from face2bone.settings import get_settings
from face2bone.studies import Tools, study_named
from face2bone.words import together

STEPS: Final = ("face", "result", "regions", "concepts", "referral")


def rejection(located: LocatedSubject, modality: AnyModality) -> SubjectError:
    """Why a picture that was ``rejected`` gets no prediction, with every rejecting reason."""
    return modality.rejected(together([modality.unusable, *located.quality.rejecting]))


def _check_fits(bundle: Bundle, tools: Tools) -> None:
    """Raise ``BundleCorrupt`` for a bundle that is not of the study its card names."""
    card = bundle.card
    if not card.input.takes(tools.modality.input) or card.labels != tools.task.classes:
        raise BundleCorrupt(
            "The bundle's card names the study {study}, but its network reads other "
            "pictures or answers another question. Fetch the bundle again or rebuild it.",
            study=card.study,
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

    def locate(self, photo: Picture) -> LocatedSubject:
        """Find and align what the picture shows: its one face, or the knee that is seen best.

        Raises as ``locate_all``.
        """
        return self.locate_all(photo)[0]

    def locate_all(self, photo: Picture) -> tuple[LocatedSubject, ...]:
        """All that the picture shows of its patient, such as two knees, the one seen best first.

        Raises ``SubjectError``, such as ``SubjectNotFound`` or ``SeveralSubjects``; a failed
        quality check is data in the result, so that a page can show what to change.
        """
        subjects = self.tools.modality.prepare(photo)
        if len(subjects) == 1:
            return (LocatedSubject(photo.sha256, subjects[0]),)
        places = [subject.aligned.from_left for subject in subjects]
        numbers = [sorted(places).index(place) + 1 for place in places]
        return tuple(
            LocatedSubject(photo.sha256, subject, number=number)
            for subject, number in zip(subjects, numbers, strict=True)
        )

    def for_patient(self, located: LocatedSubject, patient: Patient) -> LocatedSubject:
        """The same picture with what the network reads of its patient; itself where it is nothing.

        Whatever is asked of a picture next is asked for this patient.
        """
        rows = of_patient(patient, self.bundle.card.covariates)
        return replace(located, beside=tuple(rows.tolist()))

    def predict(self, located: LocatedSubject) -> Prediction:
        """Calibrated probabilities; raises ``SubjectError`` with every rejecting reason, and
        ``CovariateMissing`` where the network reads more than the picture: ``for_patient``.
        """
        if located.rejected:
            raise rejection(located, self.tools.modality)
        return predict(self.engine, self.bundle, located.aligned, self._beside(located))

    def what_if(self, prediction: Prediction, rate: BaseRate) -> WhatIf:
        """The result under another population's base rates: beside it, never instead of it."""
        card = self.bundle.card
        point = operating_point(card.confusion) if card.confusion else None
        return what_if(prediction.probabilities, card.class_fractions, rate, point)

    def explain(
        self,
        located: LocatedSubject,
        progress: Progress = silent,
        so_far: Callable[[RegionEstimate | Explanation], None] | None = None,
    ) -> Explanation:
        """Exact region Shapley values under both baselines, and the concepts in the photo.

        ``so_far`` gets estimates under the first baseline, then the regions, without concepts yet.
        """
        first, second = (self._baseline(name, located) for name in self.tools.baselines)
        regions = (
            self._regions(located, first, part(progress, "regions", 0, 2), so_far),
            self._regions(located, second, part(progress, "regions", 1, 2)),
        )
        if so_far is not None:
            so_far(Explanation(regions, no_concepts()))
        progress("concepts", 0.0)
        concepts = explain_concepts(self.bundle.concepts, self._asked(located), located.aligned)
        return Explanation(regions, concepts)

    def explain_in_third_way(
        self, located: LocatedSubject, progress: Progress = silent
    ) -> RegionAttribution:
        """Exact region values under the third baseline; takes as long as one of the first two."""
        baseline = self._baseline(third_baseline(self.tools.baselines), located)
        return self._regions(located, baseline, part(progress, "regions"))

    def look_closer(
        self,
        located: LocatedSubject,
        explanation: Explanation,
        region: Part,
        progress: Progress = silent,
    ) -> CloserLook:
        """Owen values of a region's quarters and the occlusion map; seven region tables long."""
        aligned, logits_of = located.aligned, logits_of_crops(self._asked(located))
        baseline = self._baseline(self.tools.baselines[0], located)
        pixels = pixel_map(logits_of, aligned, baseline, part(progress, "map"))
        cells = region_cells(
            logits_of,
            aligned,
            baseline,
            explanation.regions[0],
            region,
            part(progress, "cells"),
        )
        return CloserLook(cells, pixels)

    def _baseline(self, name: str, located: LocatedSubject) -> Baseline:
        subject = self.tools.modality.subject
        return baseline_of(name, located.aligned, self.bundle.mean_picture, subject)

    def _regions(
        self,
        located: LocatedSubject,
        baseline: Baseline,
        progress: FractionDone,
        watch: Callable[[RegionEstimate], None] | None = None,
    ) -> RegionAttribution:
        logits_of = logits_of_crops(self._asked(located))
        return region_shapley(logits_of, located.aligned, baseline, progress, watch)

    def _asked(self, located: LocatedSubject) -> Engine:
        """The engine as it answers for this picture's patient."""
        return beside_patients(self.engine, self._beside(located))

    def _beside(self, located: LocatedSubject) -> Rows:
        covariates = self.bundle.card.covariates
        if len(located.beside) != len(covariates):
            raise missing([covariate.name for covariate in covariates])
        return np.array(located.beside, np.float32)

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
        noun = self.tools.modality.noun
        return suggest(patient, scores, frax, counted, chosen, status, noun)

    def assess(
        self,
        photo: Picture | bytes,
        patient: Patient,
        progress: Progress = silent,
        frax: FraxResult | None = None,
        guideline: GuidelineId | None = None,
        explained: bool = True,
    ) -> Assessment:
        """All steps at once; ``frax`` and ``guideline`` as in ``refer``.

        Not ``explained``, it has the explanation of nothing and takes as long as a result.

        Raises ``PictureError`` for unusable bytes, and ``SubjectError`` when the picture does not
        show one usable face (or knee), or a quality check rejects it.
        """
        progress("face", 0.0)
        picture = self.tools.modality.read(photo) if isinstance(photo, bytes) else photo
        located = self.for_patient(self.locate(picture), patient)
        progress("result", 0.0)
        prediction = self.predict(located)
        explanation = self.explain(located, progress) if explained else Explanation.none()
        progress("referral", 0.0)
        referral = self.refer(patient, prediction, frax, guideline)
        return Assessment(patient, located, prediction, explanation, referral, self.facts)
