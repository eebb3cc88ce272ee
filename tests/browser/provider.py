"""A small identity provider on this machine (OpenID Connect): it signs whoever the test names."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from playwright.sync_api import Page, expect

CLIENT = "face2bone"


class Provider:
    """``who`` signs in next: claims of the identity beside those that every token has."""

    def __init__(self) -> None:
        self.who: dict[str, Any] = {}
        self.address = ""
        self._key = RSAKey.generate_key(2048, parameters={"kid": "1"})
        self._nonces: dict[str, str] = {}

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def keys(self) -> dict[str, Any]:
        return {"keys": [self._key.as_dict(private=False)]}

    def authorized(self, asked: dict[str, list[str]]) -> str:
        """Where the browser goes after it was asked who is there."""
        code = f"code-{len(self._nonces)}"
        self._nonces[code] = asked["nonce"][0]
        answer = urlencode({"code": code, "state": asked["state"][0]})
        return f"{asked['redirect_uri'][0]}?{answer}"

    def tokens(self, code: str) -> dict[str, Any]:
        now = int(time.time())
        always = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims = always | {"nonce": self._nonces[code]} | self.who
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self._key)
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": signed}


def secrets_file(folder: Path, directory: Provider) -> Path:
    """Streamlit's secrets for a dashboard whose sign-in is this provider."""
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f"""
        [auth]
        redirect_uri = "http://localhost:{{port}}/oauth2callback"
        cookie_secret = "{"x" * 40}"
        client_id = "{CLIENT}"
        client_secret = "secret"
        server_metadata_url = "{directory.address}/.well-known/openid-configuration"
        """
    )
    return secrets


def sign_in(page: Page, directory: Provider, name: str, *roles: str) -> None:
    """Sign in at the open page as somebody with these roles."""
    directory.who = {"sub": name, "name": name, "roles": list(roles)}
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(f"Signed in as {name}", exact=True)).to_be_visible()


@contextmanager
def provider() -> Iterator[Provider]:
    """A running one, stopped at the end."""
    it = Provider()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            at = urlsplit(self.path)
            if at.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", it.authorized(parse_qs(at.query)))
                self.end_headers()
            else:
                self._say(it.keys() if at.path == "/jwks" else it.metadata())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(it.tokens(parse_qs(body)["code"][0]))

        def _say(self, what: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(what).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    it.address = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield it
    finally:
        server.shutdown()
        thread.join(30)
        server.server_close()
