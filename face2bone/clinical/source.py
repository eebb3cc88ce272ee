"""Where a clinical rule comes from: the primary publication, as every data file states it."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

UNVERIFIED_MARK: Final = " [unverified]"


class Frozen(BaseModel):
    """A part of a clinical data file: unchangeable, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Frozen):
    """A primary publication; ``verified`` is false where none could be named."""

    body: str
    title: str
    year: int = Field(ge=1900, le=2100)
    doi: str | None = None
    verified: bool

    @property
    def citation(self) -> str:
        """One line: body, title, year and DOI, marked when unverified."""
        doi = f", doi:{self.doi}" if self.doi else ""
        mark = "" if self.verified else UNVERIFIED_MARK
        return f"{self.body}. {self.title}. {self.year}{doi}{mark}"


def unmarked(citation: str) -> str:
    """A citation without its mark, for a page that marks what is unverified once for all."""
    return citation.removesuffix(UNVERIFIED_MARK)
