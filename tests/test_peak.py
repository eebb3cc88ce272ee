"""Peak memory as it is measured for malformed inputs."""

import subprocess
import sys

import numpy as np

from tests.peak import peak_mib

HELD = 200  # MiB


def test_what_the_parent_holds_does_not_count_as_the_childs() -> None:
    held = np.ones(HELD * 2**20, dtype=np.uint8)
    assert peak_mib() > HELD
    command = [sys.executable, "-c", "from tests.peak import peak_mib; print(peak_mib())"]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    assert 0 < int(done.stdout) < HELD
    assert held.all()
