"""``face2bone listen`` where it cannot begin: one sentence and the documented code."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from face2bone.cli import app

USUAL = ["--caller", "PACS", "--send-to", "PACS@127.0.0.1:104"]


def refused(*words: str) -> str:
    result = CliRunner().invoke(app, ["listen", *words])
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--caller", "PACS", "--send-to", "PACS"], "TITLE@host:port"),
        ([*USUAL, "--title", "A VERY LONG TITLE INDEED"], "AE title"),
        ([*USUAL, "--key", "key.pem"], "together, or none"),
        ([*USUAL, "--form", "fax"], "fax"),
        ([*USUAL, "--most-mb", "65"], "64"),
        (["--send-to", "PACS@127.0.0.1:104"], "--caller"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, words: list[str], said: str) -> None:
    assert said in refused(str(tmp_path), *words)
    assert list(tmp_path.iterdir()) == []
