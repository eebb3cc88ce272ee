"""A real archive: Debian's Orthanc as a process of our own, asked through its REST interface.

It is skipped where it is not installed, unless FACE2BONE_REQUIRE_ORTHANC is set (continuous
integration, where it could be installed): then that is a failure.
"""

import json
import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final

import pytest

from tests.hospital.pacs import LOOPBACK, until

TITLE: Final = "PACS"


def program() -> str:
    """Where Orthanc is."""
    found = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin")
    if found is None:
        message = "Orthanc is not installed; `apt-get install orthanc` runs this test too"
        if os.environ.get("FACE2BONE_REQUIRE_ORTHANC"):
            pytest.fail(message)
        pytest.skip(message)
    return found


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        return int(taken.getsockname()[1])


class Orthanc:
    """An archive with its own folder, that knows our listener as ``face2bone``."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._program = folder / "orthanc", program()
        self._folder.mkdir()
        self.port, self._http = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def know(self, port: int) -> None:
        """Write the settings, with the port of our listener."""
        settings = {
            "StorageDirectory": str(self._folder),
            "IndexDirectory": str(self._folder),
            "HttpPort": self._http,
            "RemoteAccessAllowed": False,
            "DicomAet": TITLE,
            "DicomPort": self.port,
            "DicomCheckCalledAet": True,
            "DicomCheckModalityHost": True,
            "DicomAlwaysAllowEcho": False,
            "DicomAlwaysAllowStore": False,
            "DicomModalities": {"face2bone": ["FACE2BONE", LOOPBACK, port]},
            "Plugins": [],
        }
        (self._folder / "orthanc.json").write_text(json.dumps(settings))

    def start(self) -> None:
        with (self._folder / "orthanc.log").open("a") as log:
            self._process = subprocess.Popen(
                [self._program, str(self._folder / "orthanc.json")], stdout=log, stderr=log
            )
        until(self._answers)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(120)
        self._process = None

    def add(self, film: bytes) -> str:
        """Keep a film as if a machine had sent it; its number over there."""
        return str(self._ask("/instances", film)["ID"])

    def send(self, films: list[str], caller: str = TITLE) -> bool:
        """Send films to our listener; whether all were acknowledged."""
        job = self._ask(
            "/modalities/face2bone/store",
            json.dumps({"Resources": films, "Asynchronous": True, "LocalAet": caller}).encode(),
        )["ID"]
        states: list[str] = []

        def over() -> bool:
            states.append(self._ask(f"/jobs/{job}")["State"])
            return states[-1] in ("Success", "Failure")

        until(over)
        return states[-1] == "Success"

    def found(self, modality: str) -> list[dict[str, str]]:
        """The instances of a modality, each with its own tags and those of its study."""
        query = {"Level": "Instance", "Expand": True, "Query": {"Modality": modality}}
        instances = self._ask("/tools/find", json.dumps(query).encode())
        return [self._ask(f"/instances/{one['ID']}/simplified-tags") for one in instances]

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "orthanc.log").read_text()
        try:
            return bool(self._ask("/system"))
        except urllib.error.URLError:
            return False

    def _ask(self, path: str, data: bytes | None = None) -> Any:
        address = f"http://{LOOPBACK}:{self._http}{path}"
        with urllib.request.urlopen(address, data, timeout=120) as answer:
            return json.load(answer)

    def __enter__(self) -> "Orthanc":
        return self

    def __exit__(self, *_: Any) -> None:
        if self._process is not None:
            self.kill()
