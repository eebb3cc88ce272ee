"""Codes of public terminologies used in the FHIR bundle, and nothing guessed.

LOINC codes are those read in public terminologies (docs/clinic/reports.md lists them with what is
left as text). A score whose code was not found is sent by its text alone.
"""

from typing import Any, Final, Protocol

from face2bone.clinical.score import Instrument

LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
UCUM: Final = "http://unitsofmeasure.org"
PROFILE: Final = "http://hl7.org/fhir/StructureDefinition/"
BUNDLE_SYSTEM: Final = "urn:face2bone:bundle-sha256"
CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"

LOINC_OF_SCORE: Final = {
    Instrument.OST_WOMEN.value: "98146-4",
    Instrument.OST_MEN.value: "98146-4",
    Instrument.ORAI.value: "98139-9",
    Instrument.OSIRIS.value: "98133-2",  # LOINC's panel; quality measures report the index by it
}
LOINC_BMI: Final = "39156-5"
LOINC_FRAX_MAJOR: Final = "90265-0"  # the hip's code was not found
LOINC_OF_DXA: Final = {
    ("t_scores", "lumbar_spine"): "38267-1",
    ("t_scores", "femoral_neck"): "38263-0",
    ("t_scores", "total_hip"): "38264-8",
    ("z_scores", "lumbar_spine"): "85394-5",
    ("z_scores", "femoral_neck"): "80934-3",
    ("z_scores", "total_hip"): "80933-5",
}
VITAL_SIGNS: Final = {
    LOINC_BMI: ("bmi", frozenset({"kg/m2"})),
    "29463-7": ("bodyweight", frozenset({"kg", "g", "[lb_av]"})),
    "8302-2": ("bodyheight", frozenset({"cm", "[in_i]"})),
}
"""R4 asks a profile of every Observation with one of these codes: its name and UCUM units."""
SNOMED_OF_CLASS: Final = {"osteopenia": "312894000", "osteoporosis": "64859006"}
SNOMED_DXA: Final = "300004007"
UCUM_OF_UNIT: Final = {
    "points": "{score}",
    "kg": "kg",
    "SD": "{SD}",
    "%": "%",
    "kg/m2": "kg/m2",
    "years": "a",
    "ratio": "1",
}


def concept(text: str, system: str = "", code: str | None = None) -> dict[str, Any]:
    """A CodeableConcept: a text, and a coding where there is a code."""
    coding = {"coding": [{"system": system, "code": code}]} if code else {}
    return {**coding, "text": text}


def quantity(value: float, unit: str) -> dict[str, Any]:
    """A Quantity in UCUM."""
    return {"value": value, "unit": unit, "system": UCUM, "code": UCUM_OF_UNIT[unit]}


class NamedModel(Protocol):
    """What a document says of a model, as far as a Device tells it."""

    @property
    def name(self) -> str:
        """Of the bundle."""

    @property
    def version(self) -> str:
        """Of the bundle."""

    @property
    def status(self) -> str:
        """Demonstration, research or locally validated."""

    @property
    def sha256(self) -> str:
        """Of the bundle, hexadecimal."""


def model_device(model: NamedModel) -> dict[str, Any]:
    """The Device that a model is: its name, version, status and hash."""
    return {
        "resourceType": "Device",
        "identifier": [{"system": BUNDLE_SYSTEM, "value": model.sha256}],
        "status": "active",
        "deviceName": [{"name": f"Face2Bone, model {model.name}", "type": "model-name"}],
        "version": [{"value": model.version}],
        "type": {"text": f"Software, status {model.status}"},
    }
