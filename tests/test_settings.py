"""The settings: defaults, each variable, and the sentence an invalid value gets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from face2bone.errors import SettingsError
from face2bone.settings import Settings, get_settings

pytestmark = pytest.mark.usefixtures("fresh_settings")


def test_defaults_need_no_environment() -> None:
    settings = get_settings()
    assert settings.bundle.parts[-2:] == ("models", "demo")
    assert (settings.landmarker, settings.engine, settings.threads) == (None, "auto", None)


def test_each_variable_reaches_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"BUNDLE": "a", "LANDMARKER": "b.task", "ENGINE": "torch", "THREADS": "3"}
    given |= {"GUIDELINE": "nogg", "RECORDS": "sqlite://", "RECORDS_PHOTOS": "true"}
    given |= {"RECORDS_KEY": "c.key", "RECORDS_RETENTION_DAYS": "365", "RECORDS_HEADS": "h.txt"}
    given |= {
        "EXPLANATIONS_AT_ONCE": "4",
        "JOBS": "d",
        "EXPLAINED": "h",
        "FINDINGS": "i",
        "TOUR": "true",
        "FACE_AGE": "e",
        "OTHER_BUNDLES": os.pathsep.join("fg"),
    }
    given |= {"SIGN_IN_REQUIRED": "true", "ROLE_CLAIM": "groups", "NAME_CLAIM": "email"}
    given |= {"CLINICIANS": "CN=ward, OU=a; CN=b ;", "RESEARCHERS": "r", "ADMINISTRATORS": "it"}
    given |= {"IDLE_MINUTES": "5"}
    for name, value in given.items():
        monkeypatch.setenv(f"FACE2BONE_{name}", value)
    assert Settings.from_environment().model_dump() == {
        "bundle": Path("a"),
        "other_bundles": (Path("f"), Path("g")),
        "face_age": Path("e"),
        "landmarker": Path("b.task"),
        "engine": "torch",
        "threads": 3,
        "explanations_at_once": 4,
        "guideline": "nogg",
        "tour": True,
        "jobs": Path("d"),
        "explained": Path("h"),
        "findings": Path("i"),
        "records": "sqlite://",
        "records_photos": True,
        "records_key": Path("c.key"),
        "records_heads": "h.txt",
        "records_retention_days": 365,
        "sign_in_required": True,
        "role_claim": "groups",
        "clinicians": ("CN=ward, OU=a", "CN=b"),
        "researchers": ("r",),
        "administrators": ("it",),
        "name_claim": "email",
        "idle_minutes": 5,
    }


def test_settings_are_read_once_and_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = get_settings()
    monkeypatch.setenv("FACE2BONE_ENGINE", "torch")
    assert get_settings() is settings
    with pytest.raises(ValueError, match="frozen"):
        settings.engine = "torch"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACE2BONE_THREADS", "")
    assert get_settings().threads is None


@pytest.mark.parametrize(
    ("name", "value"), [("ENGINE", "onnx"), ("THREADS", "0"), ("THREADS", "many")]
)
def test_an_invalid_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"FACE2BONE_{name}", value)
    with pytest.raises(SettingsError) as caught:
        get_settings()
    message = str(caught.value)
    assert message.startswith(f"The setting FACE2BONE_{name} is not valid: ")
    assert "\n" not in message
    assert message.endswith("Correct it or unset it.")


def test_without_a_checkout_the_bundle_is_looked_for_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("face2bone.settings._CHECKOUT", tmp_path)
    assert Settings.from_environment().bundle == Path("models/demo")


def test_importing_reads_nothing_from_the_environment() -> None:
    """A wrong variable must reach the person as our sentence, not as a failed import."""
    code = (
        "import face2bone.settings as s; from face2bone.errors import SettingsError\n"
        "try: s.get_settings()\nexcept SettingsError as error: print(error)"
    )
    environment = {"FACE2BONE_ENGINE": "onnx"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The setting FACE2BONE_ENGINE is not valid: ")
