"""Whether what was found in a picture may be assessed, and why not."""

from dataclasses import dataclass
from typing import Final, Literal, Self

Status = Literal["accept", "warn", "reject"]
_SEVERITY: Final[tuple[Status, ...]] = ("accept", "warn", "reject")


@dataclass(frozen=True)
class QualityCheck:
    """One figure against its limits; angles compare by size, their sign says the direction.

    title: what is checked, as a table names it.
    """

    name: str
    title: str
    value: float
    unit: str
    warn_limit: float
    reject_limit: float | None
    status: Status
    reason: str


@dataclass(frozen=True)
class QualityVerdict:
    """All checks; the status is that of the worst one."""

    checks: tuple[QualityCheck, ...]
    status: Status

    @classmethod
    def of(cls, *checks: QualityCheck) -> Self:
        """The verdict of some checks."""
        return cls(checks, max((check.status for check in checks), key=_SEVERITY.index))

    @property
    def reasons(self) -> tuple[str, ...]:
        """What to do better, the gravest first; empty for a picture without remarks."""
        flagged = [check for check in self.checks if check.status != "accept"]
        flagged.sort(key=lambda check: -_SEVERITY.index(check.status))
        return tuple(check.reason for check in flagged)

    @property
    def rejecting(self) -> tuple[str, ...]:
        """Every reason of the checks that reject."""
        return tuple(check.reason for check in self.checks if check.status == "reject")
