"""What the process that decodes compressed films is given, and what it is not."""

import json
from pathlib import Path

import numpy as np
import pytest

from face2bone.modalities.radiograph import decoder_process, decoding, read_radiograph
from face2bone.modalities.radiograph.decoding import NEEDED, Frame
from tests.modalities.radiograph.films import dicom

SECRETS = ("PGPASSWORD", "FACE2BONE_RECORDS", "FACE2BONE_RECORDS_KEY", "AWS_SECRET_ACCESS_KEY")
TELLS_ITS_ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"
SET_BY_PYTHON = {"LC_CTYPE"}  # in a plain locale


@pytest.fixture
def with_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, "not for a decoder")


def test_it_is_given_no_secret_of_the_program(
    with_secrets: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in = tmp_path / "tells.py"
    stand_in.write_text(TELLS_ITS_ENVIRONMENT)
    monkeypatch.setattr(decoder_process, "__file__", str(stand_in))
    monkeypatch.setenv("PYTHONPATH", "/where/packages/are")
    told = json.loads(decoding._in_own_process(b"", "any", Frame(1, 1, 8), signed=False))
    assert told["PYTHONPATH"] == "/where/packages/are"
    assert set(told) <= NEEDED | SET_BY_PYTHON
    assert "not for a decoder" not in told.values()


def test_it_decodes_without_them(with_secrets: None) -> None:
    found = read_radiograph(dicom("jpeg 2000"))
    assert np.ptp(found.pixels) > 0
