"""The parts of an assessment's document, each as ``assessment.json`` holds it.

A part checks what can be said of it alone: ranges, days, hashes, shares that add up. What must
agree between parts is the whole document's to check (``document.py``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    model_validator,
)

from face2bone.clinical.frax import FraxResult
from face2bone.errors import PatientError
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
from face2bone.reference import ReferenceMethod
from face2bone.report.sentences import Sentence
from face2bone.words import Blank, Made, template

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


class DocumentPart(BaseModel):
    """Frozen, without a field that the schema does not know, and without NaN.

    An alias is a name that files keep from when every picture showed a face; a file that is read
    (``document.read_document``) may use no other.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


def _summing_to_one(shares: dict[str, float]) -> dict[str, float]:
    if abs(sum(shares.values()) - 1.0) > ROUNDING:
        raise ValueError(template("the shares of the classes do not sum to 1"))
    return shares


ClassValues = dict[str, float]
"""One number per class, by the class's name."""
ClassShares = Annotated[dict[str, Share], AfterValidator(_summing_to_one)]
"""One share per class, by the class's name, in [0, 1] and summing to 1."""


class SubjectPart(DocumentPart):
    """One of the parts into which the study divides what it is shown.

    label: as a person reads it. side: the patient's, "" for a part across the midline.
    """

    id: Text
    label: Text
    side: Side


class QualityPart(DocumentPart):
    """One quality check: its figure, its two limits and a reason in words."""

    name: str
    value: float
    unit: str
    status: Status
    reason: Sentence


class MeasurePart(DocumentPart):
    """A figure measured on the picture by a rule: information beside the result.

    value: in ``unit``; None where it could not be measured, and ``why_not`` says why. meaning:
    what it is and what it is not.
    """

    id: Text
    name: Sentence
    value: float | None
    unit: str
    meaning: Sentence
    detail: Sentence = ""
    why_not: Sentence = ""


class PhotoPart(DocumentPart):
    """One of several photos of the patient, or a photo in which one of several faces was chosen.

    chosen: which one, from 1 at the left; 0 where the photo shows one. answers: whether the result
    is this photo's. counts: whether its probabilities are in mean and range; why_not: why they are
    not.
    """

    photo_sha256: Sha256
    chosen: Annotated[int, Field(ge=0, alias="face")]
    answers: bool
    counts: bool
    why_not: Sentence = ""
    probabilities: ClassShares | None = None


class DomainPart(DocumentPart):
    """Whether the photo is unlike the faces the model was trained on."""

    is_outside: bool
    distance: Distance
    threshold: Distance


class RegionGamePart(DocumentPart):
    """Exact Shapley values by part and class, in logits; base plus their sum equals full.

    baseline: what hides a part. values: by the part's id.
    """

    baseline: str
    base: ClassValues
    full: ClassValues
    values: dict[str, ClassValues]


class ConceptPart(DocumentPart):
    """One concept: how much of it is here, and how much each class depends on it.

    ``importance_error`` is the importance's standard error; None in files of schema 1.1.
    """

    name: str
    presence: float
    importance: ClassValues
    importance_error: ClassValues | None = None


class ScorePart(DocumentPart):
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
    band: Sentence
    refers: bool | None
    cutoff: Sentence
    not_applicable: Sentence
    missing: list[Sentence]
    note: Sentence
    disclaimer: str
    words: Sentence


class FraxPart(DocumentPart):
    """The clinician's own FRAX result, percent over 10 years."""

    major_percent: Percent
    hip_percent: Percent
    with_bmd: bool

    @model_validator(mode="after")
    def _as_the_calculator_gives_it(self) -> "FraxPart":
        with _as_value_error():
            FraxResult(self.major_percent, self.hip_percent, self.with_bmd)
        return self


class ReasonPart(DocumentPart):
    """One rule that applied, where it comes from and in which version."""

    rule: str
    order: int
    text: Sentence
    urgency: Sentence
    source: str
    version: str
    verified: bool


class AdvicePart(DocumentPart):
    """Advice by the guideline on one topic."""

    topic: str
    text: Sentence
    source: str
    verified: bool


class ChangePart(DocumentPart):
    """Facts of one kind, any one of which would make the suggestion this urgent."""

    kind: str
    any_of: list[Sentence]
    urgency: Sentence
    raises: bool


class GuidelinePart(DocumentPart):
    """The guideline the site chose, and what of its file is confirmed."""

    id: str
    title: str
    note: Sentence


class ReferralPart(DocumentPart):
    """The suggestion, its reasons, and what the picture changed."""

    urgency: Sentence
    urgency_level: str
    actions: list[Sentence]
    reasons: list[ReasonPart] = Field(min_length=1)
    urgency_without_picture: Sentence = Field(alias="urgency_without_face")
    actions_without_picture: list[Sentence] = Field(alias="actions_without_face")
    picture_effect: Sentence = Field(alias="face_effect")
    class_headline_shown: bool
    changes: list[ChangePart]
    advice: list[AdvicePart]
    guideline: GuidelinePart
    pathway_version: str


class BundlePart(DocumentPart):
    """Which model spoke, on what it was trained and how often each class occurred there.

    reference_method: how bone was measured; DXA in an older document, which knew no other.
    """

    name: str
    version: str
    status: Literal["demo", "research", "locally-validated"]
    sha256: Sha256
    created_on: Day
    cohort: str
    class_fractions: ClassShares
    measured_patients: Annotated[int, Field(ge=0)]
    reference_method: ReferenceMethod = ReferenceMethod.DXA


class PatientPart(DocumentPart):
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


class MessagePart(DocumentPart):
    """How a sentence was made: its template, and what fills its ``{blanks}``."""

    template: Text
    blanks: dict[str, Blank]

    @property
    def made(self) -> Made:
        """The same as the catalogue takes it."""
        return Made(self.template, self.blanks)
