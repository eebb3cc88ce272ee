"""The schema of an assessment as a document: what ``assessment.json`` holds, field by field.

Everything else that leaves the program (PDF, FHIR, DICOM) is made from this document, so none of
it can say more than the JSON does. ``docs/reference/assessment-json.md`` explains each field.
Texts are English; ``messages`` says how those with blanks were made, so that a page can say them in
another language. Documents of schema 1.1 to 1.3 are read too: ``upgrade`` brings them into this
shape before anything is checked.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import (
    Field,
    ValidationError,
    model_validator,
)

from face2bone.errors import DocumentInvalid
from face2bone.invalid_value import WHOLE, first_fault
from face2bone.report.apparent_age import ApparentAgePart
from face2bone.report.assessment.document_parts import (
    BundlePart,
    ClassShares,
    ConceptPart,
    DocumentPart,
    DomainPart,
    FraxPart,
    MeasurePart,
    MessagePart,
    PatientPart,
    PhotoPart,
    QualityPart,
    ReferralPart,
    RegionGamePart,
    ScorePart,
    Sha256,
    Status,
    SubjectPart,
    Text,
)
from face2bone.report.assessment.upgrade import upgraded
from face2bone.report.sentences import Sentence
from face2bone.words import Blank, Made, Message, message, template

SCHEMA_VERSION: Final = "2.0"


class AssessmentDocument(DocumentPart):
    """The whole assessment.

    study: what was asked of what kind of picture. classes: its classes in order of severity;
    whatever goes by class names exactly these. parts: whatever goes by part names exactly these.
    photos: empty where there was one photo of one face; ``photos_words`` says what they came to.
    told: what else a person has to know of what was found. measures: by rules, beside the network.
    Where the photo gave no result, or there was none, ``no_result`` says why, and what a result
    would hold is None or empty. apparent_age: how old the face looks to another network, beside the
    result and no part of it; None where it was not said. messages: how each sentence with blanks
    was made, by the sentence.
    """

    schema_version: Literal["2.0"] = SCHEMA_VERSION
    study: Text
    classes: Annotated[list[Text], Field(min_length=2)]
    parts: list[SubjectPart]
    notice: Sentence
    photo_sha256: Sha256 | Literal[""]
    no_result: Sentence = ""
    patient: PatientPart
    quality: list[QualityPart]
    quality_status: Status | None
    photos: list[PhotoPart] = Field(default_factory=list)
    photos_words: Sentence = ""
    told: list[Sentence] = Field(default_factory=list)
    measures: list[MeasurePart] = Field(default_factory=list)
    probabilities: ClassShares | None
    prediction_set: list[str]
    out_of_domain: DomainPart | None
    engine: str = ""
    regions: list[RegionGamePart]
    regions_withheld: Sentence = ""
    concepts: list[ConceptPart]
    scores: list[ScorePart]
    frax: FraxPart | None
    referral: ReferralPart
    bundle: BundlePart
    apparent_age: ApparentAgePart | None = None
    messages: dict[str, MessagePart] = Field(default_factory=dict)

    def as_made(self, sentence: str) -> str:
        """A sentence of this document as the message it was made as, for other languages."""
        part = self.messages.get(sentence)
        if part is None:
            return sentence
        blanks = {name: self._blank(blank, sentence) for name, blank in part.blanks.items()}
        return Message(Made(part.template, blanks))

    def _blank(self, blank: Blank, sentence: str) -> Blank:
        """What fills a blank may be a sentence by itself, but not the one whose blank it fills."""
        if isinstance(blank, tuple):
            return tuple(one if one == sentence else self.as_made(one) for one in blank)
        return blank if blank == sentence else self.as_made(blank)

    @model_validator(mode="after")
    def _whole_result_or_none(self) -> "AssessmentDocument":
        parts = (self.probabilities, self.prediction_set, self.out_of_domain)
        if not self.no_result and not (all(parts) and self.photo_sha256 and self.quality_status):
            raise ValueError(
                template("a result lacks a part, and no_result does not say why there is none")
            )
        beside = (*parts, self.engine, self.regions, self.concepts, self.apparent_age)
        if self.no_result and (any(beside) or self.referral.class_headline_shown):
            raise ValueError(template("no_result says that there is no result beside parts of one"))
        return self

    @model_validator(mode="before")
    @classmethod
    def _of_an_older_schema(cls, values: Any) -> Any:
        return upgraded(values) if isinstance(values, dict) else values

    @model_validator(mode="after")
    def _by_the_names_given(self) -> "AssessmentDocument":
        if len(set(self.classes)) < len(self.classes):
            raise ValueError(template("classes: a name stands twice"))
        for field, values in self._by_class():
            if set(values) != set(self.classes):
                raise ValueError(
                    message(
                        "{field} does not go by the classes {classes}",
                        field=field,
                        classes=tuple(self.classes),
                    )
                )
        ids = [part.id for part in self.parts]
        if any(sorted(game.values) != sorted(ids) for game in self.regions):
            raise ValueError(template("regions do not go by the ids of the parts"))
        return self

    @model_validator(mode="after")
    def _messages_make_their_sentences(self) -> "AssessmentDocument":
        """Else a page in another language could say what the English does not."""
        for sentence, part in self.messages.items():
            try:
                made = part.made.english()
            except KeyError as blank:
                raise ValueError(
                    message("messages: nothing fills the blank {blank}", blank=str(blank))
                ) from blank
            if made != sentence:
                raise ValueError(
                    template("messages: a template does not make the sentence it stands for")
                )
        return self

    @model_validator(mode="after")
    def _contiguous_set(self) -> "AssessmentDocument":
        names, start = self.prediction_set, (self.prediction_set or self.classes)[0]
        first = self.classes.index(start) if start in self.classes else 0
        if names != self.classes[first : first + len(names)]:
            raise ValueError(template("the prediction set skips a class or is out of order"))
        return self

    def _by_class(self) -> Iterator[tuple[str, dict[str, float]]]:
        """Whatever has one number per class, each with the name of its field."""
        yield "bundle.class_fractions", self.bundle.class_fractions
        if self.probabilities is not None:
            yield "probabilities", self.probabilities
        yield from (("photos", p.probabilities) for p in self.photos if p.probabilities is not None)
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
        return AssessmentDocument.model_validate_json(data, by_alias=True, by_name=False)
    except ValidationError as error:
        where, reason = first_fault(error)
        raise DocumentInvalid(
            "This is no assessment of schema {version}: {where}: {reason}. Give a "
            "file that face2bone assess wrote, of schema 1.1 or later.",
            version=SCHEMA_VERSION,
            where=where or WHOLE,
            reason=reason,
        ) from error
