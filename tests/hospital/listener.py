"""The command itself in a process of its own, which a test may kill."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tests.hospital.pacs import ARCHIVE, LOOPBACK

MODELS: Final = Path(__file__).resolve().parents[2] / "models"
_ENVIRONMENT: Final = {
    "FACE2BONE_BUNDLE": str(MODELS / "knee-demo"),
    "FACE2BONE_OTHER_BUNDLES": str(MODELS / "hand-demo"),
    "FACE2BONE_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


class Listener:
    """``face2bone listen`` on a folder, for the caller PACS, answering at a port of this machine.

    Its own port is free at the first start and stays the same after that.
    """

    def __init__(self, folder: Path, send_to: int, *options: str, archive: str = ARCHIVE) -> None:
        to = f"{archive}@{LOOPBACK}:{send_to}"
        self._command = [sys.executable, "-m", "face2bone", "listen", str(folder / "listen")]
        self._command += ["--caller", "PACS", "--send-to", to, *options]
        self._log = folder / "listen.log"
        self._process: subprocess.Popen[str] | None = None
        self.folder, self.port = folder / "listen", 0

    def start(self) -> None:
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [*self._command, "--port", str(self.port)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=os.environ | _ENVIRONMENT,
            )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        found = re.search(r"port (\d+)\.$", said)
        assert found, self.log
        self.port = int(found[1])

    @property
    def log(self) -> str:
        return self._log.read_text()

    def files(self, name: str) -> list[str]:
        return sorted(one.name for one in (self.folder / name).iterdir())

    def kill(self) -> None:
        """As a power cut would; returns when it is dead."""
        assert self._process is not None
        self._process.kill()
        self._ended()

    def stop(self) -> int:
        """As an administrator would; its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._ended()

    def _ended(self) -> int:
        process, self._process = self._process, None
        assert process is not None
        code = process.wait(120)
        assert process.stdout is not None
        process.stdout.close()
        return code

    def __enter__(self) -> "Listener":
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        if self._process is not None:
            self.kill()
