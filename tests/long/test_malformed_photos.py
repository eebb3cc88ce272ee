"""Ten thousand malformed photos: each a photo or a typed error, under 5 s and 1 GiB."""

import json
import subprocess
import sys

MUTATIONS = 10_000


def test_ten_thousand_malformed_photos_cost_little() -> None:
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "tests.modalities.photo.malformed",
        str(MUTATIONS),
    ]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    told = json.loads(done.stdout)
    print(told)
    assert sum(told["answers"].values()) > MUTATIONS
    assert told["slowest"][0] < 5.0
    assert told["peak_mib"] < 1024
