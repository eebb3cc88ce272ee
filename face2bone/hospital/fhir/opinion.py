"""Store-and-forward telemedicine: who receives a report is asked for an opinion on it.

A Task that somebody there may accept and complete, and a Communication that says in one sentence
what the report is about. Both are made from what the report says already.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from face2bone.errors import SendError

ASKED: Final = "Opinion on a bone health report"
WAY: Final = "Store-and-forward telemedicine"
_ASKING: Final = ("Organization", "Practitioner", "PractitionerRole")
_ASKED: Final = (*_ASKING, "CareTeam", "HealthcareService")

Resource = dict[str, Any]


@dataclass(frozen=True)
class Opinion:
    """Who asks and who is asked: references into the server, such as Practitioner/12; "": open."""

    requester: str = ""
    owner: str = ""

    def __post_init__(self) -> None:
        for reference, kinds in ((self.requester, _ASKING), (self.owner, _ASKED)):
            kind = "|".join(kinds)
            if reference and not re.fullmatch(rf"({kind})/[A-Za-z0-9.-]{{1,64}}", reference):
                raise SendError(
                    "{typed} is no reference to who asks or is asked. Write kind and id as the "
                    "server has them, such as Practitioner/12; the kinds are {kinds}.",
                    typed=ascii(reference),
                    kinds=", ".join(kinds),
                )


def opinion_entries(
    report: Sequence[Resource], opinion: Opinion, at: datetime
) -> tuple[Resource, Resource]:
    """Task and Communication, at addresses that follow from the report's."""
    address = next(e["fullUrl"] for e in report if _kind(e) == "DiagnosticReport")
    patient = {"reference": next(e["fullUrl"] for e in report if _kind(e) == "Patient")}
    moment = at.isoformat(timespec="seconds")
    task = _named("Task", address, _task(report, opinion, moment) | {"for": patient})
    said = _communication(report, opinion, moment) | {
        "subject": patient,
        "partOf": [{"reference": task["fullUrl"]}],
    }
    return task, _named("Communication", address, said)


def _kind(entry: Resource) -> str:
    return str(entry["resource"]["resourceType"])


def _named(kind: str, report: str, resource: Resource) -> Resource:
    """An entry under the same UUID whenever it is made of the same report."""
    uuid = str(uuid5(UUID(report.removeprefix("urn:uuid:")), kind))
    return {"fullUrl": f"urn:uuid:{uuid}", "resource": {"resourceType": kind, **resource}}


def _task(report: Sequence[Resource], opinion: Opinion, at: str) -> Resource:
    """Intent order is to give an opinion; a DXA stays the proposal that the report makes."""
    about = next(e for e in report if _kind(e) == "DiagnosticReport")
    requests = [e["resource"] for e in report if _kind(e) == "ServiceRequest"]
    urgent = any(request.get("priority") == "urgent" for request in requests)
    return {
        "status": "requested",
        "intent": "order",
        "priority": "urgent" if urgent else "routine",
        "code": {"text": ASKED},
        "focus": {"reference": about["fullUrl"]},
        "authoredOn": at,
        **_reference("requester", opinion.requester),
        **_reference("owner", opinion.owner),
    }


def _communication(report: Sequence[Resource], opinion: Opinion, at: str) -> Resource:
    about = next(e for e in report if _kind(e) == "DiagnosticReport")
    return {
        "status": "completed",
        "category": [{"text": WAY}],
        "about": [{"reference": about["fullUrl"]}],
        "sent": at,
        "payload": [{"contentString": about["resource"].get("conclusion", ASKED)}],
        **_reference("sender", opinion.requester),
        **({"recipient": [{"reference": opinion.owner}]} if opinion.owner else {}),
    }


def _reference(field: str, to: str) -> Resource:
    return {field: {"reference": to}} if to else {}
