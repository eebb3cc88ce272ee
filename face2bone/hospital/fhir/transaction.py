"""A report as a FHIR transaction whose second sending makes nothing twice.

Every resource is created only if the server has none of its identifier (``ifNoneExist``). A PUT
under ids of our own would be idempotent too, but it would set back what was changed at the server
meanwhile, such as a Task that somebody has accepted. The patient is known by the pseudonym, the
model by its hash, and everything else by the UUID that the report gave it, in a system of our own
and without ``urn:uuid:``: servers put the new address in place of that wherever it stands, in
identifiers too (R4, transaction processing rules).
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from face2bone.careful import json_of
from face2bone.errors import SendError
from face2bone.hospital.fhir.opinion import Opinion, opinion_entries
from face2bone.report.assessment.fhir_codes import BUNDLE_SYSTEM
from face2bone.report.assessment.fhir_rules import problems

RESOURCE_SYSTEM: Final = "urn:face2bone:resource"
ASKING: Final = frozenset({"ServiceRequest"})
TEST_DATA: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "code": "HTEST",
    "display": "test health data",
}
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_UUID: Final = "urn:uuid:"
_MEANS_MORE: Final = re.compile(r"[\\|,$\x00-\x1f\x7f]")  # in a search for a token
_SYSTEM: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\\|,$<>\"]{1,200}")

Resource = dict[str, Any]


@dataclass(frozen=True)
class Sending:
    """What the site decides of all that it sends.

    patients: URI of the system that its pseudonyms are of, by which the server tells one clinic's
    P-17 from another's. opinion: who asks whom for one; None: nobody is asked. known_only: the
    server has to know the patient, with the same sex, or takes nothing; else it makes one.
    """

    patients: str
    opinion: Opinion | None = None
    known_only: bool = False

    def __post_init__(self) -> None:
        if not _SYSTEM.fullmatch(self.patients):
            raise SendError(
                "The system of the pseudonyms is no URI. Give the one under which the server "
                "knows this clinic's patients, such as urn:oid:1.2.3 or https://clinic/patients."
            )


@dataclass(frozen=True)
class Transaction:
    """What goes into the outbox; the name follows from the report and what was asked of it."""

    name: str
    data: bytes


def transaction_of(report: bytes, sending: Sending, at: datetime) -> Transaction:
    """Of the bytes of a ``report.fhir.json``; ``at``: the moment at which it is sent off.

    Raises ``SendError`` for any other bytes, and for a report that may not be sent so.
    """
    entries = _checked_entries(report)
    demonstration = _is_demonstration(entries)
    if demonstration and sending.opinion is not None:
        raise SendError(
            "The report is of a demonstration model, so nobody is asked for an opinion on it. "
            "Send it without that, to a test server."
        )
    goes = [one for one in entries if _goes(one, demonstration)]
    if sending.opinion is not None:
        goes += opinion_entries(entries, sending.opinion, at)
    made = [_entry(one, sending, demonstration) for one in goes]
    if sending.known_only:
        made = _of_who_is_known(made)
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": made}
    data = json.dumps(bundle, ensure_ascii=False, allow_nan=False).encode()
    known = json.dumps([entries, repr(sending)], sort_keys=True).encode()
    return Transaction(hashlib.sha256(known).hexdigest(), data)


def kinds_of(data: bytes) -> list[str]:
    """The kind of each entry of a transaction; raises ``SendError`` where the bytes are none."""
    try:
        found = json_of(data)
        kinds = [str(entry["request"]["url"]) for entry in found["entry"]]
    except (ValueError, TypeError, KeyError):
        kinds = []
    if not kinds or found.get("type") != "transaction":
        raise SendError("The file in the outbox is damaged. Send its report again.")
    return kinds


def _checked_entries(report: bytes) -> list[Resource]:
    """The entries of a sound report of this program, of one patient with a pseudonym."""
    try:
        found = json_of(report)
    except ValueError:
        raise _no_report() from None
    if not isinstance(found, dict) or found.get("type") != "collection" or problems(found):
        raise _no_report()
    entries: list[Resource] = found.get("entry", [])
    kinds = [entry["resource"]["resourceType"] for entry in entries]
    if any(kinds.count(kind) != 1 for kind in ("DiagnosticReport", "Patient", "RiskAssessment")):
        raise _no_report()
    if not all(_uuid(entry["fullUrl"]) for entry in entries):
        raise _no_report()
    _check_pseudonym(resource_of(entries, "Patient"))
    return entries


def _no_report() -> SendError:
    return SendError(
        "The file is no FHIR report of this program. Write one with `face2bone report --form "
        "fhir`, and see what is wrong with this one by `face2bone validate`."
    )


def resource_of(entries: list[Resource], kind: str) -> Resource:
    """The first resource of a kind."""
    return next(e["resource"] for e in entries if e["resource"]["resourceType"] == kind)


def _uuid(address: str) -> str:
    """In the one way of writing it; "" where the address is none."""
    try:
        return str(UUID(address.removeprefix(_UUID))) if address.startswith(_UUID) else ""
    except ValueError:
        return ""


def _check_pseudonym(patient: Resource) -> None:
    name = "".join(one.get("value", "") for one in patient.get("identifier", []))
    if not name.strip():
        raise SendError(
            "The report names no patient, so no server could file it. Write it with a pseudonym."
        )
    if name != name.strip() or _MEANS_MORE.search(name):
        raise SendError(
            "The pseudonym has a character that a search takes for something else. Write the "
            "report with one without backslash, bar, comma, dollar sign and outer spaces."
        )


def _is_demonstration(entries: list[Resource]) -> bool:
    """Of the model that the result is by; one that does not say what it is counts as one."""
    performer = resource_of(entries, "RiskAssessment").get("performer", {}).get("reference", "")
    texts = [
        entry["resource"].get("type", {}).get("text", "")
        for entry in entries
        if entry["fullUrl"] == performer
    ]
    return not any(text.endswith(("status research", "status locally-validated")) for text in texts)


def _goes(entry: Resource, demonstration: bool) -> bool:
    """Of a demonstration nothing is sent that asks anybody for anything."""
    return not (demonstration and entry["resource"]["resourceType"] in ASKING)


def _entry(entry: Resource, sending: Sending, demonstration: bool) -> Resource:
    resource = dict(entry["resource"])
    kind, ours = resource["resourceType"], _identifier(RESOURCE_SYSTEM, _uuid(entry["fullUrl"]))
    if kind == "Patient":
        resource["identifier"] = [_identifier(sending.patients, resource["identifier"][0]["value"])]
    elif kind != "Device":
        resource["identifier"] = [ours]
        if demonstration:
            resource["meta"] = {**resource.get("meta", {}), "security": [TEST_DATA]}
    elif not _tells_apart(resource):
        resource["identifier"] = [ours]
    request = {"method": "POST", "url": kind, "ifNoneExist": _search(resource)}
    return {"fullUrl": entry["fullUrl"], "resource": resource, "request": request}


def _identifier(system: str, value: str) -> Resource:
    return {"system": system, "value": value}


def _tells_apart(device: Resource) -> bool:
    """Whether it bears its model's hash, by which the server has one Device for all reports."""
    first = (device.get("identifier") or [{}])[0]
    return first.get("system") == BUNDLE_SYSTEM and bool(_HASH.fullmatch(first.get("value", "")))


def _search(resource: Resource) -> str:
    """For the resource by its identifier."""
    identifier = resource["identifier"][0]
    return "identifier=" + quote(f"{identifier['system']}|{identifier['value']}", safe="")


def _of_who_is_known(entries: list[Resource]) -> list[Resource]:
    """Without the patient, whom the server finds instead, or finds nobody and takes nothing."""
    (patient,) = (e for e in entries if e["resource"]["resourceType"] == "Patient")
    sex = patient["resource"].get("gender", "unknown")
    of = f"Patient?{_search(patient['resource'])}&gender={sex}"
    others = [entry for entry in entries if entry is not patient]
    return [e | {"resource": _referring(e["resource"], patient["fullUrl"], of)} for e in others]


def _referring(value: Any, before: str, after: str) -> Any:
    """The same with references to one place leading to another."""
    if value == {"reference": before}:
        return {"reference": after}
    if isinstance(value, dict):
        return {key: _referring(one, before, after) for key, one in value.items()}
    if isinstance(value, list):
        return [_referring(one, before, after) for one in value]
    return value
