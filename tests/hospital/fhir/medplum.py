"""The FHIR engine of Medplum's server, in memory: a process of our own, asked over HTTP.

Its packages are installed by ``npm install --prefix tests/hospital/fhir/medplum``. Without them a
test that needs it is skipped, unless FACE2BONE_REQUIRE_MEDPLUM is set.
"""

import json
import os
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any, Final

import pytest

FOLDER: Final = Path(__file__).resolve().parent / "medplum"


class Medplum:
    """The engine at a free port."""

    def __init__(self) -> None:
        node = shutil.which("node")
        if node is None or not (FOLDER / "node_modules" / "@medplum" / "fhir-router").is_dir():
            message = "Node or Medplum is missing; npm install --prefix tests/hospital/fhir/medplum"
            if os.environ.get("FACE2BONE_REQUIRE_MEDPLUM"):
                pytest.fail(message)
            pytest.skip(message)
        self._command = [node, "server.mjs"]
        self._process: subprocess.Popen[str] | None = None
        self.address = ""

    def __enter__(self) -> "Medplum":
        self._process = subprocess.Popen(
            self._command, cwd=FOLDER, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.address = f"http://127.0.0.1:{int(self._process.stdout.readline())}/fhir"
        return self

    def __exit__(self, *_: Any) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.kill()
        self._process.wait(60)
        self._process.stdout.close()

    def of(self, kind: str) -> list[dict[str, Any]]:
        """All resources of a kind."""
        with urllib.request.urlopen(f"{self.address}/{kind}?_count=1000", timeout=60) as answer:  # noqa: S310
            return [entry["resource"] for entry in json.load(answer).get("entry", [])]
