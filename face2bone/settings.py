"""Settings a person may change, read once from ``FACE2BONE_*`` environment variables.

Every field is documented in docs/reference/settings.md; a test fails when one is missing there.
The photo quality limits have their own class beside the checks they belong to,
``face2bone.modalities.face.limits.QualityLimits``.
"""

from functools import lru_cache
from pathlib import Path
from typing import Final, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from face2bone.choices import EngineKind, GuidelineId
from face2bone.errors import SettingsError

ENV_PREFIX: Final = "FACE2BONE_"
_CHECKOUT: Final = Path(__file__).resolve().parent.parent


def shipped_models() -> Path:
    """The folder ``models`` of this checkout, else the one under the current directory."""
    beside_package = _CHECKOUT / "models"
    return beside_package if beside_package.is_dir() else Path("models")


def _default_bundle() -> Path:
    """The demonstration bundle that ships."""
    return shipped_models() / "demo"


class Settings(BaseSettings):
    """All settings; an empty environment variable counts as not set."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_ignore_empty=True, frozen=True, extra="ignore"
    )

    bundle: Path = Field(default_factory=_default_bundle)
    """Folder of the trained model."""

    landmarker: Path | None = None
    """Another ``face_landmarker.task`` file than the one in models/landmarks."""

    engine: EngineKind = "auto"
    """Which engine runs the network; ``auto`` takes the fastest one this machine has."""

    threads: int | None = Field(default=None, ge=1, le=256)
    """Threads of the engine; all cores without a value."""

    explanations_at_once: int = Field(default=2, ge=1, le=64)
    """How many explanations the dashboard computes at once, over all visitors; others wait."""

    guideline: GuidelineId = "iscd"
    """The clinical guideline that referral suggestions follow; the page can choose another."""

    records: str | None = None
    """SQLAlchemy URL of the records database; a SQLite file in the user's data folder without."""

    records_photos: bool = False
    """Whether photos are kept with the records, encrypted; they never are without it."""

    records_key: Path | None = None
    """Key file for kept photos, made by ``face2bone records-key``; never in the database."""

    records_retention_days: int | None = Field(default=None, ge=1)
    """After how many days ``face2bone records-expire`` removes a person; never without it."""

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment; raises ``SettingsError`` naming the variable at fault."""
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError(_sentence(error)) from error


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings, read at the first call; raises ``SettingsError``."""
    return Settings.from_environment()


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    variable = ENV_PREFIX + "_".join(str(part) for part in first["loc"]).upper()
    reason = first["msg"][:1].lower() + first["msg"][1:]
    return f"The setting {variable} is not valid: {reason}. Correct it or unset it."
