"""The only way to the records asks the role, signs as the sign-in, and notes who looked."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

import face2bone.dashboard
from face2bone import records as all_of_records
from face2bone.dashboard.common.sign_in import OWNER
from face2bone.errors import RecordsUnavailable
from face2bone.records import Records, kept_assessments, openings, saved_assessments, verify
from face2bone.records.tables import AUDIT_ENTRY
from tests.dashboard.people import NOBODY, as_user, signed_in
from tests.records.fill import keep

DASHBOARD = Path(face2bone.dashboard.__file__).parent
COUNTS = {"clinic_report", "consent_text", "waiting"}
"""Functions of the records that only compute."""
MAY = {
    "clinician": "count pseudonyms opened results all_kept enter correct withdraw move",
    "researcher": "for_a_reason all_kept",
    "administrator": "count pseudonyms opened results all_kept enter correct withdraw take_in move "
    "delete",
}
"""What each role does with the records; saving is walked in tests/dashboard/test_roles.py."""


def everything(table: str) -> None:
    """Tries all that can be done with the records, with nothing around it that hides a button."""
    from pathlib import Path
    from typing import Any

    import streamlit as st

    from face2bone.clock import today
    from face2bone.dashboard.common import records_desk as desk
    from face2bone.errors import AccessError
    from face2bone.records import DxaResult, dxa_history, kept_assessments
    from face2bone.tabular.given import GivenBytes

    records = desk.shared_records()

    def of(patient_id: str) -> Any:
        return next(one for one in kept_assessments(records) if one.patient_id == patient_id)

    def entry(patient_id: str) -> str:
        return dxa_history(records, of(patient_id).assessment_id)[0].dxa_id

    for name, do in {
        "count": lambda: desk.count("P-1"),
        "pseudonyms": desk.pseudonyms,
        "opened": lambda: desk.opened("P-1", "window"),
        "results": lambda: desk.results_of(of("P-2"), "follow_up"),
        "for_a_reason": lambda: desk.opened_for_a_reason("P-1", "a good one"),
        "all_kept": desk.all_kept,
        "enter": lambda: desk.enter(
            of("P-2").assessment_id, [DxaResult("total_hip", -2.0, today())], "typed"
        ),
        "correct": lambda: desk.correct(entry("P-3"), -1.5, today(), "misread", "typed"),
        "withdraw": lambda: desk.withdraw(entry("P-4"), "of another", "typed"),
        "take_in": lambda: desk.take_in(GivenBytes("dxa.csv", Path(table).read_bytes()), "typed"),
        "move": lambda: desk.move(of("P-5").assessment_id, "P-55", "mistyped", "typed"),
        "delete": lambda: desk.delete(of("P-6").assessment_id, "a mistake", "typed"),
    }.items():
        try:
            do()
        except AccessError:
            continue
        st.text(name)


@pytest.fixture
def clinic(records: Records, tmp_path: Path) -> tuple[Records, str]:
    from face2bone.clock import today
    from face2bone.records import DxaResult, enter_dxa

    for i in range(1, 8):
        of = keep(records, f"P-{i}", "a" * 64, (0.2, 0.5, 0.3))
        if i in (3, 4):
            enter_dxa(records, of, [DxaResult("total_hip", -2.6, today())], "DXA unit")
    table = tmp_path / "dxa.csv"
    table.write_text(f"patient_id,site,t_score,measured_on\nP-7,total_hip,-2.5,{today()}\n")
    return records, str(table)


def did(app: AppTest) -> list[str]:
    assert not app.exception, app.exception
    return [str(t.value) for t in app.text]


def trail(records: Records) -> list[tuple[str, str]]:
    with records.reading() as connection:
        entries = connection.execute(select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.sequence))
        return [(e.actor, e.action) for e in entries]


def walk(claims: dict[str, Any], table: str) -> AppTest:
    app = AppTest.from_function(everything, args=(table,), default_timeout=120)
    app.user = claims
    if claims:
        app.session_state[OWNER] = as_user(claims).id
    return app.run()


@pytest.mark.parametrize("role", MAY)
def test_each_role_does_with_the_records_what_it_may_and_in_its_own_name(
    role: str, clinic: tuple[Records, str]
) -> None:
    records, table = clinic
    before = trail(records)
    assert did(walk(signed_in("Dr. Sign-In", role), table)) == MAY[role].split()
    new = trail(records)[len(before) :]
    assert {actor for actor, _ in new} == {"Dr. Sign-In"}
    assert verify(records).faults == ()


@pytest.mark.parametrize("roles", [None, [], ["nurse"]])
def test_nobody_and_nobodys_role_do_nothing(
    roles: list[str] | None, clinic: tuple[Records, str]
) -> None:
    records, table = clinic
    before = trail(records)
    app = AppTest.from_function(everything, args=(table,), default_timeout=120)
    app.user = NOBODY if roles is None else signed_in("Ox", *roles)
    assert did(app.run()) == []
    assert trail(records) == before


def test_the_one_person_of_a_machine_signs_as_typed_and_leaves_no_looks(
    clinic: tuple[Records, str],
) -> None:
    records, table = clinic
    before = trail(records)
    done = did(walk({}, table))
    assert done == MAY["administrator"].split()
    new = trail(records)[len(before) :]
    assert {actor for actor, _ in new} == {"typed"}
    assert not {action for _, action in new} & {"opened", "broke glass"}


def test_a_look_is_written_once_until_another_is_looked_at(records: Records) -> None:
    def looks() -> None:
        from face2bone.dashboard.common import records_desk, session

        for patient_id in ("P-1", "P-1", "P-2", "P-1"):
            records_desk.opened(patient_id, "window")
        session.review_case().new_patient()
        records_desk.opened("P-1", "window")

    for i in (1, 2):
        keep(records, f"P-{i}", "a" * 64, (0.2, 0.5, 0.3))
    app = AppTest.from_function(looks)
    app.user = signed_in("Dr. Li", "clinician")
    app.session_state[OWNER] = as_user(app.user).id
    assert not app.run().exception
    assert [one.opened_by for one in openings(records, "P-1")] == ["Dr. Li"] * 3
    assert len(openings(records, "P-2")) == 1


def test_a_look_that_cannot_be_written_shows_nothing(records: Records) -> None:
    def looks() -> None:
        import streamlit as st

        from face2bone.dashboard.common import records_desk
        from face2bone.errors import RecordsError

        for open_ in (
            lambda: records_desk.opened("P-none", "window"),
            lambda: records_desk.opened_for_a_reason("P-1", " "),
        ):
            try:
                st.text(str(open_()))
            except RecordsError:
                st.caption("refused")

    keep(records, "P-1", "a" * 64, (0.2, 0.5, 0.3))
    app = AppTest.from_function(looks)
    app.user = signed_in("Both", "clinician", "researcher")
    app.session_state[OWNER] = as_user(app.user).id
    assert did(app.run()) == []
    assert len(app.caption) == 2
    assert (len(saved_assessments(records, "P-1")), openings(records, "P-1")) == (1, ())
    assert len(kept_assessments(records)) == 1


def test_a_look_shows_nothing_while_the_trail_cannot_be_written(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything can still be read; a full disk, for one, keeps the entry from being written."""

    def looks() -> None:
        import streamlit as st

        from face2bone.dashboard.common import records_desk
        from face2bone.errors import RecordsUnavailable
        from face2bone.records import kept_assessments

        (one,) = kept_assessments(records_desk.shared_records())
        for open_ in (
            lambda: records_desk.opened("P-1", "window"),
            lambda: records_desk.results_of(one, "follow_up"),
            lambda: records_desk.opened_for_a_reason("P-1", "a good one"),
        ):
            try:
                st.text(str(open_()))
            except RecordsUnavailable:
                st.caption("refused")

    @contextmanager
    def full(_: Records) -> Iterator[None]:
        raise RecordsUnavailable("The disk is full. Free some space.")
        yield

    keep(records, "P-1", "a" * 64, (0.2, 0.5, 0.3))
    app = AppTest.from_function(looks)
    app.user = signed_in("Both", "clinician", "researcher")
    app.session_state[OWNER] = as_user(app.user).id
    with monkeypatch.context() as patched:
        patched.setattr(Records, "writing", full)
        assert did(app.run()) == []
    assert len(app.caption) == 3
    assert openings(records, "P-1") == ()
    assert len(did(app.run())) == 3, "once it can be written, the same looks show"


def test_no_page_reaches_the_records_past_the_desk() -> None:
    acting = {n for n in all_of_records.__all__ if n[0].islower()} - COUNTS
    found = {}
    for path in DASHBOARD.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "face2bone.records"
            ):
                names = {alias.name for alias in node.names} & acting
                found.setdefault(str(path.relative_to(DASHBOARD)), set()).update(names)
    assert {name for name, names in found.items() if names} == {"common/records_desk.py"}


def test_no_page_gives_a_file_away_past_the_question_who_asks() -> None:
    found = {
        str(path.relative_to(DASHBOARD))
        for path in DASHBOARD.rglob("*.py")
        if ".download_button(" in path.read_text("utf-8")
    }
    assert found == {"common/downloads.py", "model/page.py"}  # the latter's is about the model
