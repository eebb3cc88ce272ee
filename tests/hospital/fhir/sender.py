"""The command itself in a process of its own, which a test may kill."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.hospital.fhir.conftest import PATIENTS


class Sender:
    """``face2bone fhir-send --watch`` on a folder."""

    def __init__(self, folder: Path, address: str, *options: str) -> None:
        self.folder = folder / "fhir"
        self._reports, self._log = folder / "reports", folder / "send.log"
        self._reports.mkdir()
        self._command = [sys.executable, "-m", "face2bone", "fhir-send", str(self.folder)]
        self._options = ["--to", address, "--patients", PATIENTS, "--watch", *options]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, reports: Sequence[bytes] = ()) -> None:
        files = []
        for number, data in enumerate(reports):
            file = self._reports / f"{number}.fhir.json"
            file.write_bytes(data)
            files.append(str(file))
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [*self._command, *files, *self._options], stdout=log, stderr=log
            )

    @property
    def log(self) -> str:
        return self._log.read_text()

    def files(self, name: str) -> list[str]:
        folder = self.folder / name
        return sorted(one.name for one in folder.glob("[!.]*")) if folder.is_dir() else []

    @property
    def is_dead(self) -> bool:
        return self._process is None

    def kill(self) -> None:
        """As a power cut would; returns when it is dead."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(120)
        self._process = None

    def stop(self) -> int:
        """As an administrator would; its exit code."""
        assert self._process is not None
        self._process.terminate()
        code, self._process = self._process.wait(120), None
        return code

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *_: Any) -> None:
        if self._process is not None:
            self.kill()
