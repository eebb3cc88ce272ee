"""The proxy of ``deploy/nginx.conf``, run for real between stand-ins of the other services."""

import datetime
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "deploy" / "nginx.conf"
SIGNED_IN = "signed_in=yes"
MANY_GROUPS = [f"of_many_groups_{one}={'g' * 3500}" for one in range(2)]
"""Cookies of somebody whose identity does not fit into one."""
SECONDS = 60.0
MAIN = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/start.log crit;
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/site.conf;
}}
"""


@dataclass
class Seen:
    """What reached a server behind the proxy."""

    name: str
    headers: list[dict[str, str]] = field(default_factory=list)
    while_reading: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Proxy:
    """A running proxy: its ports, and the folder of its certificate, logs and temporary files."""

    port: int
    plain_port: int
    folder: Path
    process: int

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
        **more: str,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (names in lower case) and body of the answer to one request.

        Several headers of one name, such as cookies, are lines of its value.
        """
        context = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
        connection = HTTPSConnection("localhost", self.port, context=context, timeout=SECONDS)
        named = {name.replace("_", "-"): value for name, value in more.items()} | dict(headers)
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        told: dict[str, str] = {}
        for name, value in answer.getheaders():
            told[name.lower()] = "\n".join(filter(None, (told.get(name.lower()), value)))
        body_of_answer = answer.read()
        connection.close()
        return answer.status, told, body_of_answer

    def temporary_files(self) -> Iterator[str]:
        """Files for bodies that the proxy holds open; they have no name in any folder."""
        for handle in Path(f"/proc/{self.process}/fd").iterdir():
            with suppress(OSError):
                if (name := str(handle.readlink())).startswith(f"{self.folder}/body"):
                    yield name

    def logs(self) -> str:
        """Everything that the proxy has written down so far."""
        return "".join(path.read_text() for path in self.folder.glob("*.log"))


def nginx() -> str:
    """Path of nginx; skips where it is not installed, unless FACE2BONE_REQUIRE_NGINX is set."""
    path = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if path is None:
        message = "nginx is not installed; `apt-get install nginx-core` runs these tests too"
        if os.environ.get("FACE2BONE_REQUIRE_NGINX"):
            pytest.fail(message)
        pytest.skip(message)
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def standing_in(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """The port of a server that answers so."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def dashboard_stand_in(seen: Seen) -> type[BaseHTTPRequestHandler]:
    """Says which server it is, and remembers what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.headers.append({name.lower(): value for name, value in self.headers.items()})
            answer = json.dumps({"server": seen.name}).encode()
            self.send_response(200)
            if self.path == "/oauth2callback":
                _set_many_cookies(self)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_PUT(self) -> None:
            left = int(self.headers["Content-Length"])
            while left:
                left -= len(self.rfile.read(min(left, 1 << 16)))
                seen.while_reading()
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Tests print nothing."""

    return Handler


class SignIn(BaseHTTPRequestHandler):
    """The house's sign-in: whoever comes by its own page is signed in."""

    seen: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        self.seen.append({name.lower(): value for name, value in self.headers.items()})
        if self.path.startswith("/oauth2/start"):
            self.send_response(302)
            self.send_header("Set-Cookie", f"{SIGNED_IN}; Path=/; HttpOnly")
            _set_many_cookies(self)
            self.send_header("Location", "/")
        else:
            known = SIGNED_IN in self.headers.get("Cookie", "")
            self.send_response(202 if known else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""


def _set_many_cookies(answer: BaseHTTPRequestHandler) -> None:
    for cookie in MANY_GROUPS:
        answer.send_header("Set-Cookie", f"{cookie}; Path=/; HttpOnly")


def write_certificate(folder: Path) -> None:
    """A certificate for localhost, signed by itself, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(form))
    unsealed = serialization.NoEncryption()
    kind = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(form, kind, unsealed))


def site_config(folder: Path, port: int, plain_port: int, servers: list[int], sign_in: int) -> str:
    """The configuration as a site changes it: names, ports, certificate, and where logs go."""
    text = CONFIG.read_text()
    lines = "\n".join(f"    server 127.0.0.1:{one};" for one in servers)
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "listen 80;": f"listen 127.0.0.1:{plain_port};",
        "bone.clinic.example": "localhost",
        "/etc/nginx/tls/": f"{folder}/",
        "/dev/stdout": f"{folder}/requests.log",
        "/dev/stderr": f"{folder}/faults.log",
        "sign-in:4180": f"127.0.0.1:{sign_in}",
    }
    for as_shipped, changed in changes.items():
        assert as_shipped in text
        text = text.replace(as_shipped, changed)
    text, found = re.subn(r"    server app:8501;.*", lines, text)
    assert found == 1
    return text


@contextmanager
def proxied(
    folder: Path, servers: list[int], sign_in: int, port: int | None = None
) -> Iterator[Proxy]:
    """The proxy before these servers, on this port where it is known to others already."""
    program, port, plain_port = nginx(), port or free_port(), free_port()
    write_certificate(folder)
    (folder / "site.conf").write_text(site_config(folder, port, plain_port, servers, sign_in))
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen([*command, "-e", str(folder / "start.log")]) as running:
        try:
            _wait_for(port, running, folder)
            yield Proxy(port, plain_port, folder, running.pid)
        finally:
            running.terminate()
            running.wait(SECONDS)


def _wait_for(port: int, running: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and running.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError((folder / "start.log").read_text())
