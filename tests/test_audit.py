"""Every package is pinned to one version, listed, and looked up or said not to be."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.test_tools import tool

ROOT = Path(__file__).resolve().parent.parent
AUDIT = ROOT / ".venv" / "audit" / "bin" / "python"
PIN = re.compile(r"([A-Za-z0-9._-]+)==(\d[A-Za-z0-9.]*)")
PACKAGES = [{"name": "one", "version": "1.0+cpu"}, {"name": "two", "version": "2.0"}]
FINE = {"name": "one", "version": "1.0", "vulns": []}
PASSED_OVER = {"name": "two", "skip_reason": "Dependency not found on PyPI"}
BAD = FINE | {"name": "two", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}

audit = tool("audit")


def pins(path: Path) -> dict[str, str]:
    """Name -> version of a file of requirements; another file that it names is none."""
    lines = [line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines()]
    found = {line: PIN.fullmatch(line) for line in lines if line and not line.startswith("-r ")}
    assert [line for line, pin in found.items() if pin is None] == []
    return {pin[1].lower().replace("_", "-"): pin[2] for pin in found.values() if pin}


def test_every_requirement_is_one_version_and_the_same_in_every_file() -> None:
    files = sorted(ROOT.glob("requirements*.txt"))
    assert len(files) == 6
    versions: dict[str, set[str]] = {}
    for path in files:
        for name, version in pins(path).items():
            versions.setdefault(name, set()).add(version)
    assert {name: those for name, those in versions.items() if len(those) > 1} == {}


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        ([FINE, BAD | {"vulns": []}], 0, "Nothing is known"),
        ([FINE, BAD], 1, "two 2.0: PYSEC-1; mended in 2.1"),
        ([FINE, PASSED_OVER], 2, "could not be fetched for 1 package"),
        ([], 2, "could not be fetched for 2 packages"),
    ],
)
def test_what_was_not_looked_up_is_no_clean_result(
    answers: list[dict[str, Any]], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if code == 1:
        answers[1]["version"] = "2.0"
    assert audit.told(answers, PACKAGES) == code
    assert said.lower() in "".join(capsys.readouterr()).lower()


@pytest.mark.slow
def test_the_list_has_every_pinned_package_where_no_advisory_can_be_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not AUDIT.is_file():
        pytest.skip("`make audit` makes the environment that this test needs")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nobody answers there
    target = tmp_path / "build" / "sbom.cdx.json"
    command = [str(AUDIT), str(ROOT / "tools" / "audit.py"), sys.executable, str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "ADVISORIES COULD NOT BE FETCHED" in done.stderr
    sbom = json.loads(target.read_text("utf-8"))
    assert sbom["bomFormat"] == "CycloneDX"
    assert "file:" not in target.read_text("utf-8")
    listed = {
        one["name"].lower().replace("_", "-"): audit.public(one) for one in sbom["components"]
    }
    for path in ROOT.glob("requirements*.txt"):
        if path.name not in {"requirements-audit.txt", "requirements-cluster.txt"}:
            assert pins(path).items() <= listed.items(), path.name
    print(f"{len(listed)} packages listed")


def test_a_list_that_cannot_be_made_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["audit", "no-python", str(tmp_path / "sbom.json")])
    assert audit.main() == 3
    assert "could not be made" in capsys.readouterr().err
