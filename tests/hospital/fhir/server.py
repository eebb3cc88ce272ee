"""A stand-in for a FHIR R4 server, over real HTTP: transactions as R4's rules ask for them.

All or nothing, conditional creates, references and identifiers rewritten where they name an entry's
address, every resource checked by fhir.resources, errors as OperationOutcome. It can be told to
misbehave. It is no FHIR server: ``medplum.py`` has the engine of one.
"""

import json
import re
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

Resource = dict[str, Any]
PATH: Final = "/fhir"
DROP: Final = -1
"""Instead of a status: the connection is closed without an answer."""


class Refused(Exception):
    """A status and why."""


class FhirServer:
    """Resources in memory, by kind and id.

    instead: called with the number of the request before anything is done; a status other than 0
    is answered in its place. without_match: status where a conditional reference leads nowhere.
    after: called when all is kept and nothing is answered yet; the same.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Resource] = {}
        self.requests = 0
        self.headers: list[dict[str, str]] = []
        self.answer_headers: dict[str, str] = {}
        self.instead: Callable[[int], int] = lambda _: 0
        self.after: Callable[[int], int] = lambda _: 0
        self.without_match = 412
        self.port = 0
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None

    def start(self, context: ssl.SSLContext | None = None) -> None:
        """At the port that it had before, or a free one."""
        ThreadingHTTPServer.allow_reuse_address = True
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"

    def count(self) -> Counter[str]:
        """How many resources of each kind."""
        return Counter(address.split("/")[0] for address in self.kept)

    def of(self, kind: str) -> list[Resource]:
        return [one for address, one in self.kept.items() if address.startswith(f"{kind}/")]

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, Resource]:
        """Status and body to a POST at the base."""
        with self._lock:
            self.requests += 1
            self.headers.append(headers)
            status = self.instead(self.requests)
            if status:
                return status, outcome("as it was told")
            try:
                done = self._transaction(json.loads(body))
            except Refused as error:
                return error.args[0], outcome(error.args[1])
            return self.after(self.requests) or 200, done

    def _transaction(self, bundle: Resource) -> Resource:
        """All of it, or ``Refused`` and nothing."""
        check(bundle)
        if bundle["type"] != "transaction":
            raise Refused(400, "no transaction")
        entries, known = bundle["entry"], [self._matches(one) for one in bundle["entry"]]
        numbers = iter(range(len(self.kept) + 1, len(self.kept) + 1 + len(entries)))
        addresses = {
            entry["fullUrl"]: found or f"{entry['request']['url']}/{next(numbers)}"
            for entry, found in zip(entries, known, strict=True)
        }
        addresses |= {asked: self._one(asked) for asked in conditional_references(entries)}
        made = {
            addresses[entry["fullUrl"]]: rewritten(entry["resource"], addresses)
            for entry, found in zip(entries, known, strict=True)
            if not found
        }
        for resource in made.values():
            check(resource)
            if "urn:uuid:" in json.dumps(resource):
                raise Refused(400, "a reference leads nowhere")
        self.kept |= made
        return {
            "resourceType": "Bundle",
            "type": "transaction-response",
            "entry": [{"response": {"status": "200 OK" if f else "201 Created"}} for f in known],
        }

    def _matches(self, entry: Resource) -> str:
        """Address of the one resource that is there already; "" where none is."""
        request = entry["request"]
        found = self._found(request["url"], request["ifNoneExist"])
        if request["method"] != "POST" or len(found) > 1:
            raise Refused(412, "several match")
        return found[0] if found else ""

    def _one(self, asked: str) -> str:
        """Address of the one resource that a conditional reference leads to."""
        found = self._found(*asked.split("?", 1))
        if len(found) != 1:
            raise Refused(self.without_match, f"{len(found)} match")
        return found[0]

    def _found(self, kind: str, search: str) -> list[str]:
        """By identifier, and by sex where it is asked for."""
        asked = {name: one for name, (one,) in parse_qs(search, strict_parsing=True).items()}
        system, value = asked["identifier"].split("|")
        return [
            address
            for address, one in self.kept.items()
            if address.startswith(f"{kind}/")
            and {"system": system, "value": value} in one.get("identifier", [])
            and asked.get("gender") in (None, one.get("gender"))
        ]


def conditional_references(value: Any) -> Iterator[str]:
    """Every reference that is a search."""
    if isinstance(value, dict):
        if "?" in str(value.get("reference", "")):
            yield value["reference"]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from conditional_references(one)


def rewritten(value: Any, addresses: dict[str, str]) -> Any:
    """With every text that is the address of an entry in place of what it became."""
    if isinstance(value, dict):
        return {key: rewritten(one, addresses) for key, one in value.items()}
    if isinstance(value, list):
        return [rewritten(one, addresses) for one in value]
    return addresses.get(value, value) if isinstance(value, str) else value


def check(resource: Resource) -> None:
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except (ValidationError, KeyError) as error:
        raise Refused(422, re.sub(r"\s+", " ", str(error))) from None


def outcome(text: str) -> Resource:
    issue = {"severity": "error", "code": "processing", "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _handler(server: FhirServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path != PATH:
                self._say(404, {"message": "nothing here"})
                return
            status, answer = server.answer(dict(self.headers), body)
            if status == DROP:
                self.close_connection = True
                return
            self._say(status, answer)

        def _say(self, status: int, answer: Resource) -> None:
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/fhir+json")
            self.send_header("Content-Length", str(len(data)))
            for name, value in server.answer_headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
