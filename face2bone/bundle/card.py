"""The card: everything one must know of a bundle before trusting it, as one dataclass.

On disk it is card.yaml, whose last line is the SHA-256 of the lines above it. That line
and the hashes of the other files guard against damage and slips, not against someone who
rewrites them all; for that, compare the bundle's hash with one from a source you trust.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import (
    ConfigDict,
    Field,
    JsonValue,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)

from face2bone.bundle.files import sealed_yaml, unsealed
from face2bone.choices import FIRST_STUDY
from face2bone.covariates import Covariate
from face2bone.errors import BundleCorrupt, Face2BoneError, StudyError, WrongStudy
from face2bone.invalid_value import fault
from face2bone.modalities.input_spec import InputSpec
from face2bone.nn.architecture import Architecture
from face2bone.nn.config import NetworkConfig
from face2bone.nn.registry import blueprint
from face2bone.reference import ReferenceMethod
from face2bone.studies import study_named
from face2bone.words import message, template

SCHEMA: Final = 2
AGE_STUDY: Final = "face_age"
"""The study whose bundles have a card of their own: ``years_bundle``."""
FIRST_SCHEMA: Final = 1
"""It had ``preprocessing`` where ``input`` is now, three classes, and no number of outputs."""
FIRST_LABELS: Final = ("normal", "osteopenia", "osteoporosis")
FRACTION_TOLERANCE: Final = 1e-3  # fractions written with three decimals
MOST_PIXELS: Final = 4096  # a side of the input; more is a damaged number

MEASURED: Final = ("local", "test", "model")  # where ``results`` may hold the model's own figures

DEMO_NOTICE: Final = message(
    "Demonstration model trained on drawn (synthetic) pictures. It says nothing about a real "
    "person's bones and never drives a referral."
)
RESEARCH_NOTICE: Final = message(
    "Research software, not a medical device. DXA decides, not this model."
)

Status = Literal["demo", "research", "locally-validated"]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Text = Annotated[str, Field(min_length=1)]
StudyId = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$")]


def _settings(value: Any, info: ValidationInfo) -> Architecture:
    """An architecture's entries as settings of the network that the card's study uses."""
    kind: type[Architecture] = (info.context or {})["settings"]
    read: Architecture = TypeAdapter(kind).validate_json(json.dumps(value), strict=True)
    return read


Settings = Annotated[Architecture, PlainValidator(_settings)]


@dataclass(frozen=True, kw_only=True)
class BundleCard:
    """The description of one bundle.

    status: "demo" (trained on drawn faces), "research" (on patients, not validated where
        it is used) or "locally-validated".
    files: file name -> SHA-256 of every other file; ``save_bundle`` fills it in.
    generator_version, generator_hash: of the code that drew the faces, None for patients;
        drawn faces only ever make a demo.
    labels: the classes, in the order of the network's outputs.
    input: what the network reads.
    class_fractions: share of each class in the training cohort, in the order of
        ``labels``: the base rate every shown probability stands beside.
    provenance: how the bundle came to be: recipe, seeds, versions, licence.
    results: figures measured on patients never used in training or tuning.
    study, reference_method: whose pictures it reads, and how the bone of those who trained it
        was measured; a card of before there was a choice says neither.
    covariates: what the network reads beside the picture, with the values that standardise it.

    Raises ``BundleCorrupt`` when the fields contradict each other.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: Text
    version: Text
    status: Status
    created_on: date
    architecture: Settings
    cohort: Text
    labels: tuple[Text, ...]
    class_fractions: tuple[float, ...]
    input: InputSpec
    provenance: Mapping[str, JsonValue]
    results: Mapping[str, JsonValue]
    generator_version: str | None = None
    generator_hash: Sha256 | None = None
    files: Mapping[str, Sha256] = field(default_factory=dict)
    schema: int = SCHEMA
    study: StudyId = FIRST_STUDY
    reference_method: ReferenceMethod = ReferenceMethod.DXA
    covariates: tuple[Covariate, ...] = ()

    def __post_init__(self) -> None:
        _require(
            self.schema == SCHEMA,
            message(
                "its schema is {found}, this version reads {known}", found=self.schema, known=SCHEMA
            ),
        )
        count = len(self.labels)
        _require(
            count >= 2 and len(set(self.labels)) == count,
            template("its labels are not two or more"),
        )
        _require(
            self.architecture.outputs == count, template("its labels are not its network's outputs")
        )
        _require(
            self.architecture.covariates == len(self.covariates)
            and len({c.name for c in self.covariates}) == len(self.covariates)
            and all(c.is_usable for c in self.covariates),
            template("its covariates are not those its network reads"),
        )
        _require(
            _is_readable(self.input),
            template("its network's input is none that a network can read"),
        )
        _require(
            len(self.class_fractions) == count
            and min(self.class_fractions) >= 0
            and abs(sum(self.class_fractions) - 1) <= FRACTION_TOLERANCE,
            template("its class fractions do not sum to 1"),
        )
        _require(self._has_counts(), template("its confusion is no table of counts by class"))
        drawn = self.generator_version is not None or self.generator_hash is not None
        _require(self.status == "demo" or not drawn, template("drawn faces can only make a demo"))

    @property
    def confusion(self) -> list[list[int]] | None:
        """Counts (K, K), true class by named class, on patients kept out; None without any.

        A locally validated bundle's are the clinic's own.
        """
        for name in MEASURED:
            figures = self.results.get(name)
            if isinstance(figures, dict) and "confusion" in figures:
                return _COUNTS.validate_python(figures["confusion"])
        return None

    def require_study(self, study: str, what: str) -> None:
        """Raise ``WrongStudy`` unless ``what``, such as "the cohort", is of the bundle's study."""
        if study != self.study:
            raise WrongStudy(
                "The bundle {bundle} is of the study {study} and {other} is of {needed}. Choose "
                "a bundle of {needed}.",
                bundle=self.name,
                study=self.study,
                other=what,
                needed=study,
            )

    def _has_counts(self) -> bool:
        try:
            rows = self.confusion
        except ValidationError:
            return False
        return rows is None or [len(row) for row in rows] == [len(self.labels)] * len(self.labels)


def notice_of(status: str) -> str:
    """The sentence that stands beside every result of a bundle with this status."""
    return DEMO_NOTICE if status == "demo" else RESEARCH_NOTICE


def card_to_yaml(card: BundleCard) -> bytes:
    """The card as sealed UTF-8 YAML.

    Raises ``BundleCorrupt`` when a value is no plain number, text, list or mapping.
    """
    plain = {"files": dict(card.files), "reference_method": card.reference_method.value}
    values = asdict(card) | plain
    return sealed_yaml(values)


def card_from_yaml(data: bytes) -> BundleCard:
    """Parse and check a sealed card.

    Raises ``BundleCorrupt`` when the seal is broken, a key is unknown or missing, or a
    value has the wrong type.
    """
    try:
        values = unsealed(data)
        _check_kind(values)
        values = _as_written_now(values)
        kind = _kind_of(values)
        _check_entries(values, "architecture", kind)
        _check_entries(values, "input", InputSpec)
        text = json.dumps(values, default=date.isoformat)
        return _ADAPTER.validate_json(text, strict=True, context={"settings": kind})
    except ValidationError as error:
        raise _invalid(fault(error)) from error
    except (BundleCorrupt, WrongStudy):
        raise
    except ValueError as error:
        raise _invalid(message("it {fault}", fault=str(error))) from error
    except (RecursionError, TypeError, Face2BoneError) as error:
        raise _invalid(template("it is not readable YAML of the known shape")) from error


def _check_kind(values: Any) -> None:
    if isinstance(values, dict) and values.get("study") == AGE_STUDY:
        raise WrongStudy(
            "The bundle {bundle} says how old a face looks and nothing of bone. Name it in "
            "FACE2BONE_FACE_AGE, or give it to face2bone face-age.",
            bundle=str(values.get("name")),
        )


def _is_readable(spec: InputSpec) -> bool:
    return (
        min(spec.height, spec.width) >= 1
        and max(spec.height, spec.width) <= MOST_PIXELS
        and spec.channels in (1, 3)
        and math.isfinite(spec.mean)
        and 0 < spec.scale < math.inf
        and 0 <= spec.mask_value <= 255
    )


def _as_written_now(values: Any) -> Any:
    """A card of the first schema, of release 0.2.0 and before, as this one is written."""
    if not isinstance(values, dict) or values.get("schema") != FIRST_SCHEMA:
        return values
    _require(
        values.get("labels") == list(FIRST_LABELS),
        message("its labels are not {labels}", labels=FIRST_LABELS),
    )
    _require("input" not in values, template("its input is described twice"))
    first = _FIRST_INPUT.validate_json(json.dumps(values.pop("preprocessing", None)), strict=True)
    architecture = values.get("architecture")
    if isinstance(architecture, dict):
        _require("outputs" not in architecture, template("its architecture has an unknown entry"))
        values["architecture"] = architecture | {"outputs": len(FIRST_LABELS)}
    return values | {"schema": SCHEMA, "input": asdict(first.as_input())}


@dataclass(frozen=True)
class _FirstInput:
    """``preprocessing`` of the first schema: RGB, square."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    crop_size: int
    mask_value: int
    pixel_mean: float
    pixel_scale: float

    def as_input(self) -> InputSpec:
        size = self.crop_size
        return InputSpec(size, size, 3, self.pixel_mean, self.pixel_scale, self.mask_value)


def _kind_of(values: Any) -> type[Architecture]:
    """The settings of the network of a card's study; of the first one's for an unknown study,
    which is refused when its network is asked for.
    """
    told = values if isinstance(values, dict) else {}
    settings = told.get("architecture")
    named = settings.get("network") if isinstance(settings, dict) else None
    try:
        tools = study_named(str(told.get("study", FIRST_STUDY))).ready()
        return blueprint(tools.network_of(named)).settings
    except StudyError:
        return NetworkConfig


def _check_entries(values: Any, name: str, kind: type[Architecture] | type[InputSpec]) -> None:
    """Every field by name: a default of a later version must not stand in for one."""
    known = {entry.name for entry in fields(kind)}
    found = values.get(name) if isinstance(values, dict) else None
    _require(
        isinstance(found, dict) and set(found) == known,
        message("its {part} has an unknown or missing entry", part=name),
    )


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _invalid(otherwise)


def _invalid(why: str) -> BundleCorrupt:
    return BundleCorrupt(
        "The bundle's card.yaml is invalid: {reason}. Fetch the bundle again or rebuild it.",
        reason=why,
    )


_COUNTS: Final = TypeAdapter(list[list[Annotated[int, Field(ge=0)]]])
_FIRST_INPUT: Final = TypeAdapter(_FirstInput)
_ADAPTER: Final = TypeAdapter(BundleCard)
