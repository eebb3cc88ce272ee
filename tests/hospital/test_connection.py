"""Who may be called what, and certificates of both sides."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from face2bone.errors import ListenError
from face2bone.hospital.connection import (
    Certificates,
    Destination,
    Listening,
    accepting_tls,
    check_title,
    connecting_tls,
    destination_of,
    socket_of,
)
from face2bone.hospital.folders import Folders
from face2bone.hospital.models import Models
from face2bone.hospital.service import Service
from tests.hospital.certificates import HOST, written
from tests.hospital.films import film
from tests.hospital.pacs import ARCHIVE, Archive, associated, read


@pytest.mark.parametrize("title", ["", " ", "SEVENTEEN-LETTERS", "a\\b", "ü", "a\n"])
def test_what_can_be_no_title_is_refused(title: str) -> None:
    with pytest.raises(ListenError, match="AE title"):
        check_title(title)


def test_titles_as_archives_have_them() -> None:
    for title in ("PACS", "CT 1", "a", "SIXTEEN-LETTERS!"):
        check_title(title)


@pytest.mark.parametrize("typed", ["PACS", "PACS@host", "@host:1", "A@:1", "A@b:x", "A@b:65536"])
def test_a_destination_written_otherwise_is_refused(typed: str) -> None:
    with pytest.raises(ListenError, match="TITLE@host:port"):
        destination_of(typed)


def test_destinations() -> None:
    assert destination_of("A B@pacs.example:104") == Destination("A B", "pacs.example", 104)
    assert destination_of("A@[::1]:104") == Destination("A", "::1", 104)


def test_somebody_has_to_be_allowed_to_send() -> None:
    with pytest.raises(ListenError, match="Nobody may send"):
        Listening("FACE2BONE", (), Destination("A", "b", 1))


def test_files_that_are_no_certificates_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text("no certificate")
    for path in (tmp_path / "a.pem", tmp_path / "nothing.pem"):
        with pytest.raises(ListenError, match="PEM"):
            accepting_tls(Certificates(path, path, path))


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Certificates]:
    """Certificates of this machine by an authority of a name, the same one for each name."""
    folder, made = tmp_path_factory.mktemp("pem"), dict[str, Certificates]()

    def by(authority: str) -> Certificates:
        if authority not in made:
            made[authority] = written(folder / authority)
        return made[authority]

    return by


@pytest.fixture
def port(
    folders: Folders, models: Models, certificates: Callable[[str], Certificates]
) -> Iterator[tuple[int, Archive]]:
    """A listener and an archive that speak TLS only."""
    archive = Archive()
    archive.start(ssl_context=accepting_tls(certificates("ours")))
    to = Destination(ARCHIVE, HOST, archive.port)
    listening = Listening("FACE2BONE", ("PACS",), to, port=0, certificates=certificates("ours"))
    with Service(listening, folders, models).running() as port:
        yield port, archive
    archive.stop()


# Where hands are not shaken, the library lets go of the caller's socket without closing it.
@pytest.mark.filterwarnings("ignore:unclosed <s:ResourceWarning")
class TestTls:
    """Both directions under one authority."""

    def test_films_and_answers_go_encrypted(
        self, port: tuple[int, Archive], certificates: Callable[[str], Certificates]
    ) -> None:
        tls = connecting_tls(certificates("ours"))
        association = associated(port[0], [film()], tls_args=(tls, HOST))
        assert association.send_c_store(read(film())).Status == 0
        association.release()
        port[1].waits_for(2)

    def test_without_a_certificate_nobody_is_heard(
        self, port: tuple[int, Archive], certificates: Callable[[str], Certificates]
    ) -> None:
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        nobody.load_verify_locations(certificates("ours").authority)
        stranger = connecting_tls(certificates("theirs"))
        stranger.load_verify_locations(certificates("ours").authority)
        for tls in (None, (nobody, HOST), (stranger, HOST)):
            association = associated(port[0], tls_args=tls)
            opened = socket_of(association)
            assert not association.is_established
            if opened is not None:
                opened.close()
        allowed = associated(port[0], tls_args=(connecting_tls(certificates("ours")), HOST))
        assert allowed.is_established
        allowed.release()
