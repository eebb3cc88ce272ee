"""Settings a person may change, read once from ``FACE2BONE_*`` environment variables.

Every field is documented in docs/reference/settings.md; a test fails when one is missing there.
The photo quality limits have their own class beside the checks they belong to,
``face2bone.modalities.face.limits.QualityLimits``.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from face2bone.choices import EngineKind, GuidelineId
from face2bone.invalid_value import invalid_setting

ENV_PREFIX: Final = "FACE2BONE_"
OTHER_DEMOS: Final = ("knee-demo", "hand-demo")
_CHECKOUT: Final = Path(__file__).resolve().parent.parent


def shipped_models() -> Path:
    """The folder ``models`` of this checkout, else the one under the current directory."""
    beside_package = _CHECKOUT / "models"
    return beside_package if beside_package.is_dir() else Path("models")


def _default_bundle() -> Path:
    """The demonstration bundle that ships."""
    return shipped_models() / "demo"


def _default_face_age() -> Path:
    """The public face age network that ships."""
    return shipped_models() / "face-age-public"


def _default_other_bundles(read: dict[str, Any]) -> tuple[Path, ...]:
    """The demonstrations of the other studies, beside the one that ships.

    Whoever names a model of their own gets no other that they did not name.
    """
    ships = read.get("bundle") == _default_bundle()
    return tuple(shipped_models() / name for name in OTHER_DEMOS) if ships else ()


def _folders(value: Any) -> Any:
    """Several folders in one variable, as the system writes them in its own."""
    return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value


def _values(value: Any) -> Any:
    """Several values in one variable; names of groups in a directory hold commas."""
    if not isinstance(value, str):
        return value
    return tuple(filter(None, (one.strip() for one in value.split(";"))))


Values = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_values)]


class Settings(BaseSettings):
    """All settings; an empty environment variable counts as not set."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_ignore_empty=True, frozen=True, extra="ignore"
    )

    bundle: Path = Field(default_factory=_default_bundle)
    """Folder of the trained model."""

    other_bundles: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_folders)] = Field(
        default_factory=_default_other_bundles
    )
    """Folders of models of other studies, between which Review and Model let choose."""

    face_age: Path = Field(default_factory=_default_face_age)
    """Folder of the network that says how old a face looks; a folder that is not there: none."""

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

    tour: bool = False
    """Whether the dashboard opens on About, with its tour, instead of on Review."""

    jobs: Path | None = None
    """Folder of the scores that the Cohort page makes; one in the user's data folder without."""

    explained: Path | None = None
    """Folder of explained cohorts that Explore offers, a folder each; none without it."""

    findings: Path | None = None
    """Folder of face age evaluations and survival studies that Explore offers; none without it."""

    records: str | None = None
    """SQLAlchemy URL of the records database; a SQLite file in the user's data folder without."""

    records_photos: bool = False
    """Whether photos are kept with the records, encrypted; they never are without it."""

    records_key: Path | None = None
    """Key file for kept photos, made by ``face2bone records-key``; never in the database."""

    records_heads: str | None = None
    """File to which the newest hash of the audit trail is added at each write, or ``syslog``."""

    records_retention_days: int | None = Field(default=None, ge=1)
    """After how many days ``face2bone records-expire`` removes a person; never without it."""

    sign_in_required: bool = False
    """Whether pages stay shut while no sign-in is set up in Streamlit's secrets."""

    role_claim: str = Field(default="roles", min_length=1)
    """Claim of a signed identity that names roles; dots lead into a claim that holds others."""

    clinicians: Values = ("clinician",)
    """Values of that claim, separated by ";", that make somebody a clinician."""

    researchers: Values = ("researcher",)
    """Values of that claim that make somebody a researcher."""

    administrators: Values = ("administrator",)
    """Values of that claim that make somebody an administrator."""

    name_claim: str = Field(default="name", min_length=1)
    """Claim that is a user's name in records and trail."""

    idle_minutes: int = Field(default=15, ge=1, le=24 * 60)
    """After how many minutes without use somebody who signed in is signed out."""

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment; raises ``SettingsError`` naming the variable at fault."""
        try:
            return cls()
        except ValidationError as error:
            raise invalid_setting(error, ENV_PREFIX) from error


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings, read at the first call; raises ``SettingsError``."""
    return Settings.from_environment()
