"""Task and Communication: who asks whom, about which report, no more than it says."""

import json
from typing import Any

import pytest

from face2bone.errors import SendError
from face2bone.hospital.fhir.opinion import Opinion
from face2bone.hospital.fhir.transaction import Sending, transaction_of
from tests.hospital.fhir.conftest import NOW, PATIENTS, report
from tests.hospital.fhir.server import check


def sent(data: bytes, opinion: Opinion) -> dict[str, dict[str, Any]]:
    """The resources of a sending, by kind; of several, the last."""
    bundle = json.loads(transaction_of(data, Sending(PATIENTS, opinion), NOW).data)
    check(bundle)
    return {entry["resource"]["resourceType"]: entry for entry in bundle["entry"]}


def test_a_task_is_about_the_report_and_for_the_patient() -> None:
    found = sent(report(), Opinion("Practitioner/1", "Organization/2"))
    task = found["Task"]["resource"]
    assert (task["status"], task["intent"]) == ("requested", "order")
    assert task["focus"]["reference"] == found["DiagnosticReport"]["fullUrl"]
    assert task["for"]["reference"] == found["Patient"]["fullUrl"]
    assert task["requester"] == {"reference": "Practitioner/1"}
    assert task["owner"] == {"reference": "Organization/2"}
    assert task["authoredOn"] == NOW.isoformat()


def test_a_communication_says_what_the_report_concludes() -> None:
    found = sent(report(), Opinion("Practitioner/1", "CareTeam/2"))
    said, concluded = found["Communication"]["resource"], found["DiagnosticReport"]["resource"]
    assert said["payload"] == [{"contentString": concluded["conclusion"]}]
    assert said["partOf"] == [{"reference": found["Task"]["fullUrl"]}]
    assert said["about"] == [{"reference": found["DiagnosticReport"]["fullUrl"]}]
    assert said["subject"]["reference"] == found["Patient"]["fullUrl"]
    assert (said["sender"], said["recipient"]) == (
        {"reference": "Practitioner/1"},
        [{"reference": "CareTeam/2"}],
    )


def test_who_was_not_named_is_not_made_up() -> None:
    found = sent(report(), Opinion())
    assert not {"requester", "owner"} & found["Task"]["resource"].keys()
    assert not {"sender", "recipient"} & found["Communication"]["resource"].keys()


def test_the_dxa_stays_a_proposal() -> None:
    asked = sent(report(), Opinion())["ServiceRequest"]["resource"]
    assert (asked["intent"], asked["status"]) == ("proposal", "draft")


def test_both_have_the_same_address_whenever_they_are_made() -> None:
    data = report()
    first, again = sent(data, Opinion()), sent(data, Opinion("Practitioner/1"))
    for kind in ("Task", "Communication"):
        assert first[kind]["fullUrl"] == again[kind]["fullUrl"]
    assert sent(report(), Opinion())["Task"]["fullUrl"] != first["Task"]["fullUrl"]


def test_a_task_is_as_urgent_as_the_report() -> None:
    urgent = report().replace(b'"priority": "routine"', b'"priority": "urgent"')
    for data, priority in ((report(), "routine"), (urgent, "urgent")):
        assert sent(data, Opinion())["Task"]["resource"]["priority"] == priority


@pytest.mark.parametrize(
    ("requester", "owner"),
    [("Dr. Li", ""), ("", "Patient/1"), ("Practitioner/1/_history/2", ""), ("", "Practitioner/")],
)
def test_what_is_no_reference_is_refused(requester: str, owner: str) -> None:
    with pytest.raises(SendError, match="no reference"):
        Opinion(requester, owner)
