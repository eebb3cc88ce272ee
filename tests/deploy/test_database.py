"""The role under which the dashboard keeps records, made by a real PostgreSQL as at a site."""

import hashlib
import hmac
import os
import subprocess
from base64 import b64decode
from collections.abc import Iterator

import psycopg
import pytest

from face2bone.records import Records, Visit, save, verify
from face2bone.report.assessment.document import AssessmentDocument
from tests.deploy.proxy import ROOT
from tests.records.conftest import (  # noqa: F401  fixtures
    Cluster,
    assessed,
    cluster,
    sample_photo,
    visit,
)

pytestmark = pytest.mark.slow
PASSWORD = "it's a test"  # noqa: S105  a quotation mark breaks out of nothing
ROLE = "face2bone"


@pytest.fixture(scope="module")
def address(cluster: Cluster) -> Iterator[str]:  # noqa: F811
    """Where the role finds its database, made by the container's script."""
    as_administrator = f"host={cluster.folder} user=postgres dbname=postgres"
    with psycopg.connect(as_administrator, autocommit=True) as connection:
        connection.execute("CREATE DATABASE face2bone")
    script = ROOT / "deploy" / "records-role.sql"
    command = [str(cluster.programs / "psql"), "-v", "ON_ERROR_STOP=1", "--no-psqlrc", "-q"]
    where = ["-h", str(cluster.folder), "-U", "postgres", "-d", "face2bone", "-f", str(script)]
    environment = os.environ | {"RECORDS_PASSWORD": PASSWORD}
    subprocess.run([*command, *where], check=True, env=environment, timeout=60)
    yield f"host={cluster.folder} user={ROLE} dbname=face2bone"
    with psycopg.connect(as_administrator, autocommit=True) as connection:
        connection.execute("DROP DATABASE face2bone WITH (FORCE)")
        connection.execute("DROP ROLE face2bone")


def test_it_keeps_records(
    cluster: Cluster,  # noqa: F811
    address: str,
    assessed: AssessmentDocument,  # noqa: F811
    visit: Visit,  # noqa: F811
) -> None:
    records = Records(f"postgresql+psycopg://{ROLE}@/face2bone?host={cluster.folder}")
    save(records, assessed, visit)
    assert verify(records).faults == ()
    records.close()


@pytest.mark.parametrize(
    "more",
    [
        "CREATE ROLE another",
        "CREATE DATABASE another",
        "CREATE SCHEMA another",
        "CREATE TEMPORARY TABLE another (a int)",
        "ALTER ROLE face2bone SUPERUSER",
        "ALTER SYSTEM SET log_statement = 'all'",
        "SET session_replication_role = replica",  # with which no trigger is asked
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT * FROM pg_authid",
    ],
)
def test_it_may_do_nothing_to_the_server(address: str, more: str) -> None:
    with (
        psycopg.connect(address, autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(more)


def test_its_password_is_the_one_that_was_chosen(cluster: Cluster, address: str) -> None:  # noqa: F811
    with psycopg.connect(f"host={cluster.folder} user=postgres dbname=face2bone") as connection:
        row = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'face2bone'")
        kept = str(next(row)[0])
    scheme, how, keys = kept.split("$")
    rounds, salt = how.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b64decode(salt), int(rounds))
    own = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()  # RFC 5802
    assert (scheme, b64decode(keys.split(":")[0])) == ("SCRAM-SHA-256", own)
