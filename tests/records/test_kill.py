"""Kill -9 in the middle of 200 saves: nothing half-written, nothing acknowledged lost."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from face2bone.records import Records, verify
from face2bone.records.tables import ASSESSMENT, AUDIT_ENTRY, PATIENT
from face2bone.report.assessment.document import AssessmentDocument, read_document

SAVES = 200
SCRIPT = Path(__file__).with_name("keep_saving.py")


def save_until_killed(url: str, document: Path, after: int, delay: float) -> list[str]:
    """Ids acknowledged by a process that gets SIGKILL somewhere in a save past ``after``."""
    command = [sys.executable, str(SCRIPT), url, str(document), str(SAVES)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    ) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(after)]
        time.sleep(delay)  # so that death comes at another point of a save each time
        process.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL
    return acknowledged


def assert_whole(url: str, acknowledged: list[str]) -> int:
    """Every acknowledged save complete, at most one more, the trail valid; returns how many."""
    records = Records(url)
    found = verify(records)
    with records.reading() as connection:
        rows = connection.execute(select(ASSESSMENT)).mappings().all()
        people = set(connection.scalars(select(PATIENT.c.subject)))
        entries = list(connection.scalars(select(AUDIT_ENTRY.c.record_id)))
    records.close()
    kept = {row["assessment_id"] for row in rows}
    assert set(acknowledged) <= kept
    assert len(kept) <= len(acknowledged) + 1  # committed, and killed before it could say so
    assert sorted(entries) == sorted(kept)
    assert {row["subject"] for row in rows} == people
    assert all(read_document(row["document"]) for row in rows)
    assert found.faults == ()
    return len(kept)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_is_half_written(
    kind: str,
    url: str,
    assessed: AssessmentDocument,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    document = tmp_path / "assessment.json"
    document.write_text(assessed.model_dump_json(), "utf-8")
    after, delay = random.randrange(20, SAVES - 20), random.uniform(0.0, 0.02)
    acknowledged = save_until_killed(url, document, after, delay)
    assert after <= len(acknowledged) < SAVES
    if kind == "postgresql":  # the server dies too, and recovers from its log
        request.getfixturevalue("cluster").control("restart", "-m", "immediate")
    kept = assert_whole(url, acknowledged)
    print(f"{kind}: killed after {after}, {len(acknowledged)} acknowledged, {kept} kept, all whole")
