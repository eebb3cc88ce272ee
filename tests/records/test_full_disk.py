"""A disk that fills up in the middle of a save: one sentence, nothing half-written, nothing lost.

The disk is a small one in memory, which only root may set up; elsewhere these tests skip.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from face2bone.errors import RecordsUnavailable
from face2bone.records import Records, Visit, save, verify
from face2bone.records.tables import ASSESSMENT, AUDIT_ENTRY
from face2bone.report.assessment.document import AssessmentDocument, read_document
from tests.disks import Disk, small_disk
from tests.records.conftest import Cluster, as_ordinary_user, postgres_programs

MEGABYTE = 1 << 20
ATTEMPTS = 200

pytestmark = pytest.mark.slow


@pytest.fixture
def disk() -> Iterator[Disk]:
    with small_disk(320) as made:
        yield made


def assert_whole(url: str, acknowledged: set[str]) -> None:
    """Just what was acknowledged is there, readable, and the trail valid."""
    records = Records(url)
    with records.reading() as connection:
        rows = connection.execute(select(ASSESSMENT.c.assessment_id, ASSESSMENT.c.document))
        kept = {row.assessment_id: row.document for row in rows}
        entries = list(connection.scalars(select(AUDIT_ENTRY.c.record_id)))
    assert set(kept) == acknowledged == set(entries)
    assert all(read_document(document) for document in kept.values())
    assert verify(records).faults == ()
    records.close()


def saved_or_refused(records: Records, assessed: AssessmentDocument, visit: Visit) -> set[str]:
    """The id of what was acknowledged; nothing where one sentence refused it."""
    try:
        return {save(records, assessed, visit)}
    except RecordsUnavailable as refusal:
        if "free space" not in str(refusal):
            raise
        return set()


def test_a_file_of_records_on_a_disk_that_fills_at_any_block(
    disk: Disk, assessed: AssessmentDocument, visit: Visit
) -> None:
    url = f"sqlite:///{disk.folder / 'records.sqlite'}"
    records = Records(url)
    acknowledged = {save(records, assessed, visit)}
    refused = in_a_row = blocks = 0
    while in_a_row < 3:
        disk.leave(blocks)
        kept = saved_or_refused(records, assessed, replace(visit, patient_id=f"P-{blocks}"))
        disk.free()
        acknowledged |= kept
        refused, in_a_row = (refused, in_a_row + 1) if kept else (refused + 1, 0)
        assert_whole(url, acknowledged)
        blocks += 1
        assert blocks < ATTEMPTS
    records.close()
    assert refused > 3  # at the document, the trail and the indexes, one after the other
    print(f"{refused} saves refused, at 0 to {blocks - 4} blocks free; {len(acknowledged)} kept")


def test_records_cannot_be_begun_on_a_full_disk(disk: Disk) -> None:
    url = f"sqlite:///{disk.folder / 'records.sqlite'}"
    disk.leave(0)
    with pytest.raises(RecordsUnavailable):
        Records(url)
    disk.free()
    Records(url).close()


@pytest.fixture
def small_cluster(disk: Disk) -> Iterator[Cluster]:
    """PostgreSQL with its data on the small disk, its writes synced as in a clinic."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed; `apt-get install postgresql` runs this test too")
    folder = disk.folder / "pg"
    folder.mkdir()
    if as_ordinary_user():
        shutil.chown(folder, "postgres")
    initdb = [str(programs / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "postgres"]
    subprocess.run(
        [*as_ordinary_user(), *initdb, "-E", "UTF8", "--no-locale", "-N"],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=240,
        cwd=folder,
    )
    running = Cluster(programs, folder)
    running.control("start")
    try:
        yield running
    finally:
        running.control("stop", "-m", "immediate")


def test_a_database_server_whose_disk_is_full(
    disk: Disk, small_cluster: Cluster, assessed: AssessmentDocument, visit: Visit
) -> None:
    url = small_cluster.url("postgres")
    records = Records(url)
    acknowledged = {save(records, assessed, visit)}
    disk.leave(0)
    for number in range(ATTEMPTS):
        kept = saved_or_refused(records, assessed, replace(visit, patient_id=f"P-{number}"))
        acknowledged |= kept
        if not kept:
            break
    else:
        pytest.fail(f"{ATTEMPTS} saves went onto a full disk")
    disk.free()
    small_cluster.control("restart", "-m", "immediate")
    records.close()
    assert_whole(url, acknowledged)
    print(f"PostgreSQL: {len(acknowledged)} saves acknowledged before the disk was full, all there")
