"""One FHIR server: where it is, how it is asked, and what its answer means for what was sent."""

import http.client
import ipaddress
import re
import ssl
import time
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from face2bone import clock
from face2bone.careful import json_of
from face2bone.errors import SendError

PATIENCE: Final = 60.0
"""Seconds in which the server has to say something."""
LONGEST_ANSWER: Final = 300.0
"""Seconds in which its whole answer has to be there."""
MOST_BYTES: Final = 8 << 20  # of an answer; one to a report has a few kB
MOST_SAID: Final = 1 << 14  # bytes of it that are kept as a reason
LONGEST_WAIT: Final = 3600.0  # that a server may ask for
MIME: Final = "application/fhir+json"
_AGAIN: Final = frozenset({408, 409, 425})
_DOWN: Final = frozenset({429, 502, 503, 504})
_RIGHTS: Final = frozenset({401, 403, 407})
_SHUT: Final = _RIGHTS | {404, 405, 410, 421}
_LABEL: Final = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}$){_LABEL}([.]{_LABEL})*")  # RFC 1123, 2.1
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~%-]+)*")
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750, 2.1


class Verdict(Enum):
    """What an answer, or none, means for what was sent."""

    KEPT = "the server has it"
    LATER = "to be sent again"
    DOWN = "nothing can be sent for now"
    REFUSED = "never to be sent so"
    SHUT = "the server takes nothing from us, whatever it is"


_GRAVEST: Final = (Verdict.SHUT, Verdict.DOWN, Verdict.LATER, Verdict.REFUSED, Verdict.KEPT)
"""Of several parts the first counts: one may be refused only because another was not taken."""


@dataclass(frozen=True)
class Reply:
    """An answer.

    why: in a few words that hold nothing of a patient. said: the server's own, which may. wait:
    seconds that it asks for. status: by HTTP. error: name of the exception where no answer came.
    parts: status of each entry where the server has them all; 200: it had that one already.
    """

    verdict: Verdict
    why: str
    said: str = ""
    wait: float = 0.0
    status: int | None = None
    error: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Server:
    """Where reports go; ``token`` and ``authority`` are files that are read at every connection.

    authority: PEM of whoever signed the server's certificate; None: those whom the system trusts.
    """

    host: str
    port: int
    path: str
    encrypted: bool
    token: Path | None = None
    authority: Path | None = None

    @property
    def address(self) -> str:
        """In the one way of writing it."""
        return f"{'https' if self.encrypted else 'http'}://{self.host}:{self.port}{self.path}"

    def post(self, transaction: bytes, entries: int) -> Reply:
        """Send a transaction of so many entries; raises ``SendError`` for our own files only."""
        connection, headers = self._connection(), self._headers()
        try:
            connection.request("POST", self.path or "/", transaction, headers)
            return _reply(connection.getresponse(), entries)
        except ssl.SSLCertVerificationError as error:
            why = "its certificate is not one that is trusted for this name"
            return Reply(Verdict.SHUT, why, error=type(error).__name__)
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            return Reply(Verdict.DOWN, "no answer", error=type(error).__name__)
        finally:
            connection.close()

    def check(self) -> None:
        """Raises ``SendError`` where token or authority cannot be read."""
        self._connection().close()
        self._headers()

    def _connection(self) -> http.client.HTTPConnection:
        if not self.encrypted:
            return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            context = ssl.create_default_context(cafile=self.authority)
        except (OSError, ValueError) as error:
            raise SendError(
                "The file of the authority is no PEM certificate that can be read. Name the one "
                "that signed the server's certificate."
            ) from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return http.client.HTTPSConnection(self.host, self.port, timeout=PATIENCE, context=context)

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": MIME, "Accept": MIME, "Prefer": "return=minimal"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {_token(self.token)}"
        return headers


def server_at(address: str, token: Path | None = None, authority: Path | None = None) -> Server:
    """The server at a base address, checked; raises ``SendError``, never with the address in it.

    >>> server_at("https://hospital.example/fhir").port
    443
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _no_address() from None
    beside = parts.username or parts.password or parts.query or parts.fragment
    if beside or parts.scheme not in ("http", "https") or not _is_host(host):
        raise _no_address()
    path = parts.path.rstrip("/")
    if not _PATH.fullmatch(path) or port == 0:
        raise _no_address()
    encrypted = parts.scheme == "https"
    if not encrypted and not _is_here(host):
        raise SendError(
            "Reports go over https only, except to this machine. Give the server's https address."
        )
    return Server(host, port or (443 if encrypted else 80), path, encrypted, token, authority)


def _no_address() -> SendError:
    return SendError(
        "The server's address is no plain one. Write it as in https://hospital.example/fhir, "
        "without a name, a password or a question mark."
    )


def _is_host(host: str) -> bool:
    return bool(_HOST.fullmatch(host)) or _address_of(host) is not None


def _is_here(host: str) -> bool:
    address = _address_of(host)
    return host == "localhost" if address is None else address.is_loopback


def _address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _token(file: Path) -> str:
    try:
        token = file.read_bytes()[: 1 << 16].decode("ascii").strip()
    except (OSError, ValueError):
        token = ""
    if not _TOKEN.fullmatch(token):
        raise SendError(
            "The file of the token cannot be read or holds none. It holds one bearer token and "
            "nothing else."
        )
    return token


def _reply(response: http.client.HTTPResponse, entries: int) -> Reply:
    status, body = response.status, _body(response)
    said = body[:MOST_SAID].decode("utf-8", "replace")
    asked = _asked_wait(response.headers.get("Retry-After", ""))
    if status in (200, 201):
        return _of_entries(_statuses(body), entries, said, asked)
    wait = asked if status in _DOWN else 0.0
    return Reply(_verdict(status, said), f"status {status}", said, wait, status)


def _verdict(status: int, said: str) -> Verdict:
    if status == 404 and "OperationOutcome" in said:  # of FHIR: what a report refers to is missing
        return Verdict.LATER
    if status in _SHUT or 300 <= status < 400:
        return Verdict.SHUT
    if status in _DOWN:
        return Verdict.DOWN
    refused = 400 <= status < 500 and status not in _AGAIN
    return Verdict.REFUSED if refused else Verdict.LATER


def _of_entries(statuses: list[str], entries: int, said: str, asked: float) -> Reply:
    """Servers without real transactions say 200 to the whole, and of an entry that it failed."""
    if len(statuses) != entries:
        return Reply(Verdict.LATER, "an answer that acknowledges nothing", status=200)
    worst = min(statuses, key=lambda one: _GRAVEST.index(_of_part(int(one))))
    verdict = _of_part(int(worst))
    if verdict is Verdict.KEPT:
        return Reply(verdict, "status 200", status=200, parts=tuple(statuses))
    stored = "; other parts of it are stored there" if {"200", "201"} & {*statuses} else ""
    why = f"status {worst} for a part of it{stored}"
    return Reply(verdict, why, said, asked if verdict is Verdict.DOWN else 0.0, 200)


def _of_part(status: int) -> Verdict:
    """As of the whole, except that a kind of resource may be closed while the server is not."""
    if status in (200, 201):
        return Verdict.KEPT
    if status < 400:
        return Verdict.LATER
    if status in _SHUT - _RIGHTS - {404}:
        return Verdict.REFUSED
    return _verdict(status, "OperationOutcome")


def _body(response: http.client.HTTPResponse) -> bytes:
    """The answer's bytes; raises ``OSError`` for one too long or too slow."""
    deadline, parts, size = time.monotonic() + LONGEST_ANSWER, list[bytes](), 0
    while part := response.read1(1 << 16):
        size += len(part)
        if size > MOST_BYTES or time.monotonic() > deadline:
            raise ConnectionAbortedError
        parts.append(part)
    return b"".join(parts)


def _statuses(body: bytes) -> list[str]:
    """Of each entry, three digits; none where it is no answer to a transaction, but some page.

    000 for what is no status.
    """
    try:
        found = json_of(body)
        if found["type"] != "transaction-response":
            return []
        said = [str(answer["response"]["status"])[:3] for answer in found["entry"]]
    except (ValueError, TypeError, KeyError):
        return []
    return [one if re.fullmatch("[0-9]{3}", one) else "000" for one in said]


def _asked_wait(header: str) -> float:
    """Seconds of a Retry-After, which is a number of them or a moment; 0 for anything else."""
    if re.fullmatch("[0-9]{1,9}", header.strip()):
        return min(float(header), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - clock.now()).total_seconds(), 0.0), LONGEST_WAIT)
