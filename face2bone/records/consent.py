"""The consent that is asked for before anything is kept: its text, its version, who gives it."""

import tomllib
from enum import Enum
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

from face2bone.words import template


class ConsentBy(Enum):
    """Who consents."""

    PATIENT = template("patient")
    REPRESENTATIVE = template("legal representative")


class ConsentText(BaseModel):
    """One version of the text; a changed text takes a new version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str = Field(min_length=1, max_length=80)
    text: str = Field(min_length=1)
    photo_text: str = Field(min_length=1)


@cache
def consent_text() -> ConsentText:
    """The text that is shown beside the box, from ``consent.toml``."""
    data = resources.files("face2bone.records").joinpath("consent.toml").read_text("utf-8")
    return ConsentText.model_validate(tomllib.loads(data))
