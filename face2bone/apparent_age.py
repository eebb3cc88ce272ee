"""How old a face looks to a network: years with an interval, and which parts of the face say so.

Beside the bone result and never part of it: an apparent age drives no referral and is no measure
of health. The face is found once, by whoever looks for it; here it is cut out as the bundle's
network wants it. Nothing is written to disk and nothing is kept between calls.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats, Pixels, Reals, Singles
from face2bone.assess import rejection
from face2bone.assessment import LocatedSubject
from face2bone.bundle.card import Status
from face2bone.bundle.ood import ood_distance, pooled
from face2bone.bundle.years_bundle import Band, YearsBundle
from face2bone.errors import BundleCorrupt
from face2bone.explain.baselines import BLUR_SIGMA, blur_baseline, inpaint_baseline
from face2bone.explain.self_check import SelfCheck, self_check
from face2bone.explain.shapley import RegionAttribution, region_shapley
from face2bone.modalities.parts import Part
from face2bone.modalities.photo import Photo
from face2bone.modalities.prepared import Prepared
from face2bone.nn.network import MapGeometry
from face2bone.patient import Sex
from face2bone.progress import Progress, part, silent
from face2bone.runtime import Engine, OodVerdict, logits_of_crops, make_engine, network_input
from face2bone.runtime.engine import CropNetwork, StagedNetwork
from face2bone.settings import get_settings
from face2bone.studies import AGE_TOOLS
from face2bone.tasks.years import YearsTask
from face2bone.words import message

WHAT_IT_IS: Final = message("How old the face looks to this model.")
WHAT_IT_IS_NOT: Final = message(
    "It is not the age, no measure of health, and changes no suggestion."
)
NOT_CALIBRATED: Final = message(
    "Not calibrated: the range is the network's own spread, and nobody has measured how often it "
    "holds the age."
)
NO_REFERENCE: Final = message(
    "Whether this photo is unlike those the network learned from cannot be said: its makers "
    "published no reference to compare with."
)


@dataclass(frozen=True)
class AgeGap:
    """How many years older the face looks than those of others of the same age and sex.

    low, high: of the gap, where the answer has an interval. sd: of gaps among calibration people.
    """

    years: float
    low: float
    high: float
    sd: float


@dataclass(frozen=True, kw_only=True)
class AgeFacts:
    """Which network spoke, and what is known of its error.

    calibrated_on: people behind the interval, 0 without one. error by ``bands``, measured on
    ``measured_on``; ``limits`` stand beside every answer.
    """

    name: str
    version: str
    status: Status
    sha256: str
    cohort: str
    limits: tuple[str, ...]
    bands: tuple[Band, ...]
    measured_on: str
    calibrated_on: int

    @classmethod
    def of(cls, bundle: YearsBundle) -> Self:
        """The facts of a loaded bundle."""
        card, facts = bundle.card, bundle.facts
        return cls(
            name=card.name,
            version=card.version,
            status=card.status,
            sha256=bundle.sha256,
            cohort=card.cohort,
            limits=card.limits,
            bands=facts.bands,
            measured_on=facts.measured_on,
            calibrated_on=facts.interval.people if facts.interval else 0,
        )

    def band_of(self, years: float) -> Band | None:
        """The band that an answer falls into; None where nothing was measured there."""
        return next((band for band in self.bands if band.low <= years < band.high), None)


@dataclass(frozen=True, kw_only=True)
class ApparentAge:
    """What the network says of one face, in years.

    years: the answer; median: of its distribution. low, high: the conformal interval that held the
    age of ``level`` of people like the calibration people, where ``is_calibrated``; else the same
    quantiles of the network's own distribution, which promise nothing. shares (K,): of the years
    ``first_year`` and on. out_of_domain, gap: None where they cannot be said. chosen: of several in
    the photo, from 1 at the left; 0 where it shows one.
    """

    years: float
    median: float
    low: float
    high: float
    level: float
    is_calibrated: bool
    gap: AgeGap | None
    out_of_domain: OodVerdict | None
    shares: npt.NDArray[np.float64]
    first_year: int
    engine: str
    facts: AgeFacts
    photo_sha256: str
    chosen: int = 0

    def is_of(self, located: LocatedSubject) -> bool:
        """Whether it was said of this photo, and of this face in it."""
        return (self.photo_sha256, self.chosen) == (located.photo_sha256, located.number)


@dataclass(frozen=True)
class AgeExplanation:
    """How many years each part of the face adds, compared with hiding it in two ways.

    Values (n,) of a game add up to its ``full`` minus its ``base``, all in years.
    """

    games: tuple[RegionAttribution, RegionAttribution]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The face's, in the order of the values."""
        return self.games[0].parts

    @property
    def values(self) -> Floats:
        """Years (2, n): a row a way of hiding, blur first."""
        return np.stack([game.values[:, 0] for game in self.games])

    def check(self) -> SelfCheck:
        """Whether the two ways agree; where its ``reason`` is not None, values are not shown."""
        first, second = (game.table[:, 0] for game in self.games)
        return self_check(first, second)


class AgeAssessor:
    """A face age bundle and an engine; safe to share between threads.

    Raises ``BundleCorrupt`` for a bundle that reads a face as this version cannot cut it out.
    """

    def __init__(self, bundle: YearsBundle, engine: Engine | None = None) -> None:
        settings = get_settings()
        if AGE_TOOLS.reading(bundle.card.input) is None:
            raise BundleCorrupt(
                "The bundle {bundle} reads a face cut out in a way that this version does "
                "not know. Update the software, or choose another bundle.",
                bundle=bundle.card.name,
            )
        self.bundle = bundle
        self.task: YearsTask = bundle.card.task
        self.engine = engine or make_engine(bundle, settings.engine, threads=settings.threads)
        self.facts = AgeFacts.of(bundle)

    def prepare(self, photo: Photo, located: LocatedSubject) -> Prepared:
        """The face as the bundle's network reads it; raises ``SubjectRejected``.

        ``located`` is of this very photo.
        """
        if located.photo_sha256 != photo.sha256:
            raise ValueError("the face is of another photo")
        if located.rejected:
            raise rejection(located, AGE_TOOLS.modality)
        return AGE_TOOLS.cut(photo, located.subject, self.bundle.card.input)

    def estimate(
        self,
        photo: Photo,
        located: LocatedSubject,
        age_years: float | None = None,
        sex: Sex | None = None,
    ) -> ApparentAge:
        """How old the face looks; with age and sex also the gap, where it was fitted.

        Raises ``SubjectRejected`` with every rejecting reason.
        """
        prepared = self.prepare(photo, located)
        features = self.engine.features(network_input(prepared.pixels[None], self.engine.input))
        logits = self.engine.head(features)[0]
        fitted = self.bundle.facts.interval
        level = 0.9 if fitted is None else 1.0 - fitted.alpha
        ends = self.task.spread(logits) if fitted is None else self.task.interval(logits, fitted)
        years, shares = float(self.task.answers(logits)), self.task.distribution(logits)
        low, high = float(ends[0]), float(ends[1])
        return ApparentAge(
            years=years,
            median=float(self.task.quantile(shares, 0.5)),
            low=low,
            high=high,
            level=level,
            is_calibrated=fitted is not None,
            gap=self._gap(years, low, high, age_years, sex),
            out_of_domain=self._domain(features),
            shares=shares,
            first_year=self.task.low,
            engine=self.engine.name,
            facts=self.facts,
            photo_sha256=photo.sha256,
            chosen=located.number,
        )

    def explain(
        self, photo: Photo, located: LocatedSubject, progress: Progress = silent
    ) -> AgeExplanation:
        """Exact Shapley values of the ten parts of the face, in years, under two baselines.

        Raises ``SubjectRejected``.
        """
        prepared, years_of = self.prepare(photo, located), self._years_of()
        sigma = BLUR_SIGMA * prepared.spec.width / AGE_TOOLS.modality.input.width
        first, second = blur_baseline(prepared, sigma), inpaint_baseline(prepared)
        return AgeExplanation(
            (
                region_shapley(years_of, prepared, first, part(progress, "regions", 0, 2)),
                region_shapley(years_of, prepared, second, part(progress, "regions", 1, 2)),
            )
        )

    def _years_of(self) -> "_YearsOfCrops":
        network = logits_of_crops(self.engine)
        if isinstance(network, StagedNetwork):
            return _StagedYears(network, self.task, network)
        return _YearsOfCrops(network, self.task)

    def _gap(
        self, years: float, low: float, high: float, age: float | None, sex: Sex | None
    ) -> AgeGap | None:
        fit = self.bundle.facts.gap
        if fit is None or age is None or sex is None:
            return None
        expected = float(fit.expected(age, sex is Sex.MALE))
        return AgeGap(years - expected, low - expected, high - expected, fit.sd)

    def _domain(self, features: Singles) -> OodVerdict | None:
        reference = self.bundle.ood
        if reference is None:
            return None
        distance = float(ood_distance(pooled(features), reference)[0])
        return OodVerdict(distance, reference.threshold, distance > reference.threshold)


@dataclass(frozen=True)
class _YearsOfCrops:
    """Crops (B, H, W, 3) to the answer (B, 1) in years."""

    network: CropNetwork
    task: YearsTask

    def __call__(self, crops: Pixels) -> Reals:
        return self.task.answers(self.network(crops))[:, None]


@dataclass(frozen=True)
class _StagedYears(_YearsOfCrops):
    """The same of an engine that can stop after its stem."""

    staged: StagedNetwork

    @property
    def stem_map(self) -> MapGeometry:
        """Where the stem lies over the crop."""
        return self.staged.stem_map

    def stem(self, crops: Pixels) -> Singles:
        """Crops (B, H, W, 3) -> the stem (B, h, w, C)."""
        return self.staged.stem(crops)

    def after_stem(self, stem: Singles) -> Reals:
        """The stem (B, h, w, C) -> the answer (B, 1) in years."""
        return self.task.answers(self.staged.after_stem(stem))[:, None]
