"""Each limit is named, explained, ordered and can be set from the environment."""

import pytest

from face2bone.errors import SettingsError
from face2bone.modalities.face.limits import QualityLimits

LOWER_IS_WORSE = {"inter_pupil", "sharpness", "brightness", "evenness", "eye_opening"}


@pytest.mark.parametrize("name", QualityLimits.model_fields)
def test_every_limit_says_where_it_comes_from(name: str) -> None:
    description = QualityLimits.model_fields[name].description or ""
    assert "Source:" in description or "ationale:" in description
    assert description.endswith(".")


def test_rejecting_is_never_stricter_than_warning() -> None:
    limits = QualityLimits()
    for name in QualityLimits.model_fields:
        check, _, kind = name.rpartition("_")
        if kind == "reject" and check != "lip_contrast":  # which has no middle
            warn, reject = getattr(limits, f"{check}_warn"), getattr(limits, name)
            assert reject < warn if check in LOWER_IS_WORSE else reject > warn


def test_the_mouth_never_rejects() -> None:
    assert "mouth_opening_reject" not in QualityLimits.model_fields


def test_the_environment_sets_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACE2BONE_QUALITY_YAW_WARN", "7.5")
    monkeypatch.setenv("FACE2BONE_QUALITY_YAW_REJECT", "")
    limits = QualityLimits.from_environment()
    assert limits.yaw_warn == 7.5
    assert limits.yaw_reject == 20.0
    monkeypatch.setenv("FACE2BONE_QUALITY_YAW_WARN", "-3")
    with pytest.raises(SettingsError, match=r"FACE2BONE_QUALITY_YAW_WARN is not valid.*Correct"):
        QualityLimits.from_environment()
