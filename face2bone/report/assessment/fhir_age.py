"""An apparent age in FHIR R4: a Device of its own, and one preliminary Observation by it.

It stands beside the result. The risk assessment does not name it, and no request rests on it.
"""

from typing import Any, Final

from face2bone.report.apparent_age import AgeIntervalPart, ApparentAgePart
from face2bone.report.assessment.fhir_codes import CATEGORY, concept, model_device, quantity

WHAT: Final = "Apparent age: how old the face looks to a model"
SPREAD: Final = "The network's own spread, not calibrated"
GAP: Final = "Age gap against how old others of the same age and sex look to the model"
GAP_RANGE: Final = "Interval of the age gap"

Resource = dict[str, Any]


def age_device(age: ApparentAgePart) -> Resource:
    """The network that said how old the face looks."""
    return model_device(age.bundle)


def age_observation(age: ApparentAgePart, at: str) -> Resource:
    """Years with their interval, the gap where there is one, and the limits as notes."""
    return {
        "resourceType": "Observation",
        "status": "preliminary",
        "category": [{"coding": [{"system": CATEGORY, "code": "exam"}]}],
        "code": {"text": WHAT},
        "effectiveDateTime": at,
        "method": {"text": f"Network, bundle {age.bundle.name} {age.bundle.version}"},
        "valueQuantity": quantity(age.years, "years"),
        "component": [_interval(age.interval), *_gap(age)],
        "note": [{"text": line} for line in age.limits],
    }


def _interval(interval: AgeIntervalPart) -> Resource:
    held = f"{interval.level:.0%} interval, calibrated on {interval.people} people"
    name = held if interval.calibrated else SPREAD
    return {"code": concept(name), "valueRange": _range(interval.low, interval.high)}


def _gap(age: ApparentAgePart) -> list[Resource]:
    if age.gap is None:
        return []
    return [
        {"code": concept(GAP), "valueQuantity": quantity(age.gap.years, "years")},
        {"code": concept(GAP_RANGE), "valueRange": _range(age.gap.low, age.gap.high)},
    ]


def _range(low: float, high: float) -> Resource:
    return {"low": quantity(low, "years"), "high": quantity(high, "years")}
