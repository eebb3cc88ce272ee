"""Who may speak with whom, and how: the choices of one listener, checked before it begins."""

import re
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pynetdicom.association import Association

from face2bone.errors import ListenError
from face2bone.hospital.forms import AnswerForm
from face2bone.modalities.radiograph import MAX_BYTES
from face2bone.words import Language

LOOPBACK: Final = "127.0.0.1"
PORT: Final = 11112
MOST_PORT: Final = 65_535
ASSOCIATIONS: Final = 8
PATIENCE: Final = 60.0
"""Seconds in which the other side has to say something."""
_TITLE: Final = re.compile(r"[ -\[\]-~]{1,16}")  # PS3.5, AE: no backslash, no control character


@dataclass(frozen=True)
class Destination:
    """Where answers are sent: an AE title at a host and port."""

    title: str
    host: str
    port: int


@dataclass(frozen=True)
class Certificates:
    """PEM files: our certificate, its key, and the authority that the other side's is signed by."""

    own: Path
    key: Path
    authority: Path


@dataclass(frozen=True)
class Listening:
    """All that a listener is told.

    callers: AE titles that may send. associations: how many at once. most_bytes: of one picture.
    first_wait, longest_wait: seconds until an answer that could not be sent is sent again; each
    wait is twice the one before.
    """

    title: str
    callers: tuple[str, ...]
    destination: Destination
    address: str = LOOPBACK
    port: int = PORT
    associations: int = ASSOCIATIONS
    most_bytes: int = MAX_BYTES
    forms: tuple[AnswerForm, ...] = tuple(AnswerForm)
    language: Language = Language.ENGLISH
    certificates: Certificates | None = None
    first_wait: float = 1.0
    longest_wait: float = 300.0

    def __post_init__(self) -> None:
        if not self.callers:
            raise ListenError("Nobody may send pictures. Name at least one AE title of a caller.")
        for title in (self.title, self.destination.title, *self.callers):
            check_title(title)


def check_title(title: str) -> None:
    """Raises ``ListenError`` for what can be no AE title (PS3.5, 6.2)."""
    if not _TITLE.fullmatch(title) or not title.strip():
        raise ListenError(
            "The AE title {typed} is none: it has 1 to 16 plain characters and no backslash. Take "
            "it as it stands in the archive's settings.",
            typed=ascii(title),
        )


def destination_of(typed: str) -> Destination:
    """From ``TITLE@host:port``; raises ``ListenError`` for another form.

    >>> destination_of("PACS@127.0.0.1:104")
    Destination(title='PACS', host='127.0.0.1', port=104)
    """
    title, _, place = typed.partition("@")
    host, _, port = place.rpartition(":")
    if (
        not title
        or not host
        or not re.fullmatch("[0-9]{1,5}", port)
        or not 1 <= int(port) <= MOST_PORT
    ):
        raise ListenError(
            "The destination {typed} is not written as TITLE@host:port. Write it as in "
            "PACS@127.0.0.1:104.",
            typed=ascii(typed),
        )
    return Destination(title, host.strip("[]"), int(port))


def socket_of(association: Association) -> socket.socket | None:
    """The association's socket, which the library leaves open where the other side broke off."""
    connection = association.dul.socket
    return None if connection is None else connection.socket


class _PatientContext(ssl.SSLContext):
    """Shakes hands when the connection is first read, so that nobody keeps others waiting."""

    def wrap_socket(self, sock: socket.socket, *args: Any, **options: Any) -> ssl.SSLSocket:
        options["do_handshake_on_connect"] = False
        wrapped = super().wrap_socket(sock, *args, **options)
        wrapped.settimeout(PATIENCE)
        return wrapped


def accepting_tls(certificates: Certificates) -> ssl.SSLContext:
    """For who connects to us; they have to show a certificate too. Raises ``ListenError``."""
    return _with_files(_PatientContext(ssl.PROTOCOL_TLS_SERVER), certificates)


def connecting_tls(certificates: Certificates) -> ssl.SSLContext:
    """For whom we connect to, by the name that its certificate bears. Raises ``ListenError``."""
    return _with_files(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), certificates)


def _with_files(context: ssl.SSLContext, certificates: Certificates) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(certificates.own, certificates.key)
        context.load_verify_locations(certificates.authority)
    except (OSError, ValueError) as error:
        raise ListenError(
            "The certificate, its key or the authority cannot be read, or they do not belong "
            "together. Give three PEM files, the key without a password."
        ) from error
    return context
