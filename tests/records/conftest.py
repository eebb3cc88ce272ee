"""Both databases, and one assessment to keep.

PostgreSQL runs as a private cluster in a temporary folder, from Debian's binaries, reachable by
a UNIX socket only. Where it cannot be started its tests skip with one line; where
FACE2BONE_REQUIRE_POSTGRES is set (continuous integration) they fail instead.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from face2bone.assess import Assessor
from face2bone.assessment import Assessment, Explanation
from face2bone.bundle import Bundle
from face2bone.drawn.face.samples import sample_patients
from face2bone.explain.craft import ConceptAttribution
from face2bone.modalities.photo import Photo, photo_from_pixels, read_photo
from face2bone.records import ConsentBy, Records, Visit, save
from face2bone.report.assessment.assessment_json import document
from face2bone.report.assessment.document import AssessmentDocument

# Without fsync: a killed server's writes are with the operating system, which is not killed.
SERVER_OPTIONS = (
    "-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=40 -c fsync=off"
)


@dataclass(frozen=True)
class Cluster:
    """A running private PostgreSQL."""

    programs: Path
    folder: Path

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def control(self, *arguments: str) -> None:
        log = str(self.folder / "log")
        options = SERVER_OPTIONS.format(folder=self.folder)
        command = [str(self.programs / "pg_ctl"), "-D", str(self.folder / "data"), "-w", "-s"]
        subprocess.run(
            [*as_ordinary_user(), *command, "-l", log, "-o", options, *arguments],
            check=True,
            timeout=120,
            cwd=self.folder,
        )


def as_ordinary_user() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def postgres_programs() -> Path | None:
    """Newest of Debian's version folders, else wherever initdb is on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    programs = postgres_programs()
    if programs is None:
        message = "PostgreSQL is not installed; `apt-get install postgresql` runs these tests too"
        if os.environ.get("FACE2BONE_REQUIRE_POSTGRES"):
            pytest.fail(message)
        pytest.skip(message)
    folder = Path(tempfile.mkdtemp(prefix="f2b-pg-"))  # short: a socket's path has a limit
    try:
        if as_ordinary_user():
            shutil.chown(folder, "postgres")
        initdb = [str(programs / "initdb"), "-D", str(folder / "data"), "-A", "trust"]
        subprocess.run(
            [*as_ordinary_user(), *initdb, "-U", "postgres", "-E", "UTF8", "--no-locale", "-N"],
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
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The database a test runs on; every test that asks for it runs on both."""
    return str(request.param)


@pytest.fixture
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Makes a new, empty database of a kind and returns its address."""

    def make(kind: str) -> str:
        name = f"f2b_{uuid4().hex[:12]}"
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / name}.sqlite"
        cluster: Cluster = request.getfixturevalue("cluster")
        address = f"user=postgres dbname=postgres host={cluster.folder}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return cluster.url(name)

    return make


@pytest.fixture
def url(kind: str, new_url: Callable[[str], str]) -> str:
    """Address of a new, empty database."""
    return new_url(kind)


@pytest.fixture(autouse=True)
def _what_was_opened_is_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Python 3.13 warns, at some later test, of a database that nobody closed."""
    opened: list[Records] = []
    begun = Records.__init__

    def begin(records: Records, *given: Any, **named: Any) -> None:
        begun(records, *given, **named)
        opened.append(records)

    monkeypatch.setattr(Records, "__init__", begin)
    yield
    for one in opened:
        one.close()


@pytest.fixture
def records(url: str) -> Iterator[Records]:
    opened = Records(url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sample_photo() -> Photo:
    """A drawn face as a patient's own file: an exact copy of a sample is never kept."""
    return photo_from_pixels(read_photo(sample_patients()[0].photo_bytes()).pixels)


@pytest.fixture(scope="session")
def assessed(tiny_bundle: Bundle, sample_photo: Photo) -> AssessmentDocument:
    """A drawn patient, assessed by the tiny bundle; explained by nothing, to be quick."""
    assessor, patient = Assessor(tiny_bundle), sample_patients()[0].patient
    located = assessor.locate(sample_photo)
    prediction = assessor.predict(located)
    none = np.zeros((0, 3))
    concepts = ConceptAttribution((), none[:, 0], none, none, none.astype(np.float32), none, 1.0)
    explanation = Explanation((), concepts)
    referral = assessor.refer(patient, prediction)
    return document(Assessment(patient, located, prediction, explanation, referral, assessor.facts))


@pytest.fixture
def visit(assessed: AssessmentDocument) -> Visit:
    """A visit in which the clinician agrees with the suggestion."""
    return Visit(
        patient_id="P-0001",
        decision=assessed.referral.urgency,
        saved_by="Dr. Li",
        consent_by=ConsentBy.PATIENT,
    )


@pytest.fixture
def three(records: Records, assessed: AssessmentDocument, visit: Visit) -> Records:
    """P-1, P-2 and P-3 with an assessment each, sent to DXA."""
    sent = replace(visit, decision="DXA", reason="For this test")
    for name in ("P-1", "P-2", "P-3"):
        save(records, assessed, replace(sent, patient_id=name))
    return records
