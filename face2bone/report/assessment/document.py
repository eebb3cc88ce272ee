"""The schema of an assessment as a document: what ``assessment.json`` holds, field by field.

Everything else that leaves the program (PDF, FHIR, DICOM) is made from this document, so none of
it can say more than the JSON does. ``docs/reference/assessment-json.md`` explains each field.
Texts are English; ``face2bone.report.language`` translates them for a page. Documents of schema
1.1 to 1.3 are read too: ``upgrade`` brings them into this shape before anything is checked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)

from face2bone.clinical.frax import FraxResult
from face2bone.errors import DocumentInvalid, PatientError
from face2bone.history_file import parse_history
from face2bone.modalities.parts import Side
from face2bone.patient import (
    AGE_RANGE,
    HEIGHT_RANGE,
    WEIGHT_RANGE,
    Menopause,
    Patient,
    RedFlag,
    RiskFactor,
    Sex,
)
from face2bone.report.assessment.upgrade import upgraded

SCHEMA_VERSION: Final = "2.0"
ROUNDING: Final = 1e-3  # a card may give its fractions with three decimals

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Percent = Annotated[float, Field(ge=0.0, le=100.0)]
Years = Annotated[float, Field(ge=AGE_RANGE[0], le=AGE_RANGE[1])]
Centimetres = Annotated[float, Field(ge=HEIGHT_RANGE[0], le=HEIGHT_RANGE[1])]
Kilograms = Annotated[float, Field(ge=WEIGHT_RANGE[0], le=WEIGHT_RANGE[1])]
Distance = Annotated[float, Field(ge=0.0)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Text = Annotated[str, Field(min_length=1)]
Status = Literal["accept", "warn", "reject"]
Day = Annotated[str, AfterValidator(lambda text: date.fromisoformat(text).isoformat())]


@contextmanager
def _as_value_error() -> Iterator[None]:
    """What a patient may not be, as pydantic reports it."""
    try:
        yield
    except PatientError as error:
        raise ValueError(str(error)) from error


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _summing_to_one(shares: dict[str, float]) -> dict[str, float]:
    if abs(sum(shares.values()) - 1.0) > ROUNDING:
        raise ValueError("the shares of the classes do not sum to 1")
    return shares


ClassValues = dict[str, float]
"""One number per class, by the class's name."""
ClassShares = Annotated[dict[str, Share], AfterValidator(_summing_to_one)]
"""One share per class, by the class's name, in [0, 1] and summing to 1."""


class SubjectPart(_Part):
    """One of the parts into which the study divides what it is shown.

    label: as a person reads it. side: the patient's, "" for a part across the midline.
    """

    id: Text
    label: Text
    side: Side


class QualityPart(_Part):
    """One quality check: its figure, its two limits and a reason in words."""

    name: str
    value: float
    unit: str
    status: Status
    reason: str


class DomainPart(_Part):
    """Whether the photo is unlike the faces the model was trained on."""

    is_outside: bool
    distance: Distance
    threshold: Distance


class RegionGamePart(_Part):
    """Exact Shapley values by part and class, in logits; base plus their sum equals full.

    baseline: what hides a part. values: by the part's id.
    """

    baseline: str
    base: ClassValues
    full: ClassValues
    values: dict[str, ClassValues]


class ConceptPart(_Part):
    """One concept: how much of it is here, and how much each class depends on it.

    ``importance_error`` is the importance's standard error; None in files of schema 1.1.
    """

    name: str
    presence: float
    importance: ClassValues
    importance_error: ClassValues | None = None


class ScorePart(_Part):
    """One published instrument: its value, or why there is none.

    ``disclaimer`` must stand beside the value wherever it is shown.
    """

    instrument: str
    title: str
    version: str
    source: str
    population: str
    unit: str
    value: float | None
    band: str
    refers: bool | None
    cutoff: str
    not_applicable: str
    missing: list[str]
    note: str
    disclaimer: str
    words: str


class FraxPart(_Part):
    """The clinician's own FRAX result, percent over 10 years."""

    major_percent: Percent
    hip_percent: Percent
    with_bmd: bool

    @model_validator(mode="after")
    def _as_the_calculator_gives_it(self) -> "FraxPart":
        with _as_value_error():
            FraxResult(self.major_percent, self.hip_percent, self.with_bmd)
        return self


class ReasonPart(_Part):
    """One rule that applied, where it comes from and in which version."""

    rule: str
    order: int
    text: str
    urgency: str
    source: str
    version: str
    verified: bool


class AdvicePart(_Part):
    """Advice by the guideline on one topic."""

    topic: str
    text: str
    source: str
    verified: bool


class ChangePart(_Part):
    """Facts of one kind, any one of which would make the suggestion this urgent."""

    kind: str
    any_of: list[str]
    urgency: str
    raises: bool


class GuidelinePart(_Part):
    """The guideline the site chose, and what of its file is confirmed."""

    id: str
    title: str
    note: str


class ReferralPart(_Part):
    """The suggestion, its reasons, and what the face changed."""

    urgency: str
    urgency_level: str
    actions: list[str]
    reasons: list[ReasonPart] = Field(min_length=1)
    urgency_without_face: str
    actions_without_face: list[str]
    face_effect: str
    class_headline_shown: bool
    changes: list[ChangePart]
    advice: list[AdvicePart]
    guideline: GuidelinePart
    pathway_version: str


class BundlePart(_Part):
    """Which model spoke, on what it was trained and how often each class occurred there."""

    name: str
    version: str
    status: Literal["demo", "research", "locally-validated"]
    sha256: Sha256
    created_on: Day
    cohort: str
    class_fractions: ClassShares
    measured_patients: Annotated[int, Field(ge=0)]


class PatientPart(_Part):
    """What was typed in; ``history`` holds the answered questions only."""

    age_years: Years
    sex: Literal["F", "M"]
    height_cm: Centimetres
    weight_kg: Kilograms
    menopause: str
    red_flags: list[str]
    risk_factors: list[str]
    history: dict[str, JsonValue]

    @model_validator(mode="after")
    def _as_typed(self) -> "PatientPart":
        """Every answer is one that the form or the command line would have taken."""
        with _as_value_error():
            Patient(
                age_years=self.age_years,
                sex=Sex(self.sex),
                height_cm=self.height_cm,
                weight_kg=self.weight_kg,
                menopause=Menopause(self.menopause),
                red_flags=frozenset(map(RedFlag, self.red_flags)),
                risk_factors=frozenset(map(RiskFactor, self.risk_factors)),
                history=parse_history(self.history),
            )
        return self


class AssessmentDocument(_Part):
    """The whole assessment.

    study: what was asked of what kind of picture. classes: its classes in order of severity;
    whatever goes by class names exactly these. parts: whatever goes by part names exactly these.
    Where the photo gave no result, or there was none, ``no_result`` says why, and what a result
    would hold is None or empty.
    """

    schema_version: Literal["2.0"] = SCHEMA_VERSION
    study: Text
    classes: Annotated[list[Text], Field(min_length=2)]
    parts: list[SubjectPart]
    notice: str
    photo_sha256: Sha256 | Literal[""]
    no_result: str = ""
    patient: PatientPart
    quality: list[QualityPart]
    quality_status: Status | None
    probabilities: ClassShares | None
    prediction_set: list[str]
    out_of_domain: DomainPart | None
    engine: str = ""
    regions: list[RegionGamePart]
    regions_withheld: str = ""
    concepts: list[ConceptPart]
    scores: list[ScorePart]
    frax: FraxPart | None
    referral: ReferralPart
    bundle: BundlePart

    @model_validator(mode="after")
    def _whole_result_or_none(self) -> "AssessmentDocument":
        parts = (self.probabilities, self.prediction_set, self.out_of_domain)
        if not self.no_result and not (all(parts) and self.photo_sha256 and self.quality_status):
            raise ValueError("a result lacks a part, and no_result does not say why there is none")
        beside = (*parts, self.engine, self.regions, self.concepts)
        if self.no_result and (any(beside) or self.referral.class_headline_shown):
            raise ValueError("no_result says that there is no result beside parts of one")
        return self

    @model_validator(mode="before")
    @classmethod
    def _of_an_older_schema(cls, values: Any) -> Any:
        return upgraded(values) if isinstance(values, dict) else values

    @model_validator(mode="after")
    def _by_the_names_given(self) -> "AssessmentDocument":
        if len(set(self.classes)) < len(self.classes):
            raise ValueError("classes: a name stands twice")
        for field, values in self._by_class():
            if set(values) != set(self.classes):
                raise ValueError(f"{field} does not go by the classes {', '.join(self.classes)}")
        ids = [part.id for part in self.parts]
        if any(sorted(game.values) != sorted(ids) for game in self.regions):
            raise ValueError("regions do not go by the ids of the parts")
        return self

    @model_validator(mode="after")
    def _contiguous_set(self) -> "AssessmentDocument":
        names, start = self.prediction_set, (self.prediction_set or self.classes)[0]
        first = self.classes.index(start) if start in self.classes else 0
        if names != self.classes[first : first + len(names)]:
            raise ValueError("the prediction set skips a class or is out of order")
        return self

    def _by_class(self) -> Iterator[tuple[str, dict[str, float]]]:
        """Whatever has one number per class, each with the name of its field."""
        yield "bundle.class_fractions", self.bundle.class_fractions
        if self.probabilities is not None:
            yield "probabilities", self.probabilities
        for game in self.regions:
            yield from (("regions", v) for v in (game.base, game.full, *game.values.values()))
        for part in self.concepts:
            errors = part.importance_error
            yield from (("concepts", v) for v in (part.importance, errors) if v is not None)


def read_document(data: bytes | str) -> AssessmentDocument:
    """Parse and check the JSON text of an assessment.

    Raises ``DocumentInvalid`` naming the first field that breaks the schema.
    """
    try:
        return AssessmentDocument.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise DocumentInvalid(
            f"This is no assessment of schema {SCHEMA_VERSION}: {where}: {first['msg']}. "
            "Give a file that face2bone assess wrote, of schema 1.1 or later."
        ) from error
