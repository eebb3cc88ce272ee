"""Records in a PostgreSQL elsewhere: nobody reads on the way, nobody answers in its place."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, text

from face2bone.errors import RecordsUnavailable
from face2bone.records import Records
from face2bone.records.tables import PATIENT
from tests.deploy.proxy import ROOT, free_port, write_certificate
from tests.records.conftest import as_ordinary_user, postgres_programs

pytestmark = pytest.mark.slow
HOW = "sslmode=verify-full&sslrootcert="
"""As the page for a site says it."""
SETTINGS = """
ssl = on
ssl_cert_file = '{folder}/certificate.pem'
ssl_key_file = '{folder}/key.pem'
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
fsync = off
log_error_verbosity = {verbosity}
"""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL that answers on a port of this machine, with a certificate for localhost."""

    folder: Path
    port: int

    def url(self, host: str = "localhost", authority: str = "certificate.pem") -> str:
        where = f"postgresql+psycopg://postgres@{host}:{self.port}/postgres"
        return f"{where}?{HOW}{self.folder / authority}"

    def set_tls(self, on: bool) -> None:
        here = f"host={self.folder} port={self.port} user=postgres"
        with psycopg.connect(here, autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET ssl = {'on' if on else 'off'}")
            connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    programs = postgres_programs()
    if programs is None:
        pytest.skip(
            "PostgreSQL is not installed; `apt-get install postgresql` runs these tests too"
        )
    folder = Path(tempfile.mkdtemp(prefix="f2b-tls-"))  # short: a socket's path has a limit
    try:
        _write_certificates(folder)
        it = Server(folder, free_port())
        _run(folder, programs / "initdb", "-D", "data", "-A", "trust", "-U", "postgres", "-N")
        settings = SETTINGS.format(folder=folder, port=it.port, verbosity=_verbosity())
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(settings)
        _run(folder, programs / "pg_ctl", "-D", "data", "-w", "-s", "-l", "log", "start")
        try:
            yield it
        finally:
            _run(folder, programs / "pg_ctl", "-D", "data", "-m", "immediate", "-s", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _verbosity() -> str:
    """How much a site's database logs."""
    found = re.search(r"log_error_verbosity=(\w+)", (ROOT / "deploy" / "compose.yaml").read_text())
    assert found is not None
    return found[1]


def _write_certificates(folder: Path) -> None:
    """The server's own, and one of somebody else for the same name."""
    write_certificate(folder)
    (folder / "certificate.pem").rename(folder / "other.pem")
    write_certificate(folder)
    (folder / "key.pem").chmod(0o600)
    if as_ordinary_user():
        for one in (folder, *folder.iterdir()):
            shutil.chown(one, "postgres")


def _run(folder: Path, program: Path, *arguments: str) -> None:
    command = [*as_ordinary_user(), str(program), *arguments]
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=240)


def test_what_goes_to_and_fro_is_sealed(server: Server) -> None:
    records = Records(server.url())
    with records.reading() as connection:
        own = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        sealed, version = connection.execute(text(own)).one()
    records.close()
    assert sealed
    assert version in ("TLSv1.2", "TLSv1.3")


def test_a_server_with_anothers_certificate_or_name_is_not_believed(server: Server) -> None:
    for url in (server.url(authority="other.pem"), server.url(host="127.0.0.1")):
        with pytest.raises(RecordsUnavailable) as refusal:
            Records(url)
        assert str(server.port) not in str(refusal.value)


def test_a_server_without_tls_is_told_nothing(server: Server) -> None:
    server.set_tls(False)
    try:
        with pytest.raises(RecordsUnavailable):
            Records(server.url())
    finally:
        server.set_tls(True)


def test_its_log_repeats_no_pseudonym(server: Server) -> None:
    records = Records(server.url())
    twice = insert(PATIENT).values(subject="a" * 32, patient_id="P-0042", salt=b"salt")
    with records.writing() as connection:
        connection.execute(twice)
    with pytest.raises(RecordsUnavailable), records.writing() as connection:
        connection.execute(twice)
    records.close()
    written = (server.folder / "log").read_text()
    assert "duplicate key" in written
    assert "P-0042" not in written


def test_the_steps_say_so() -> None:
    assert HOW in (ROOT / "docs" / "clinic" / "server.md").read_text("utf-8")
