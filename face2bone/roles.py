"""Who may do what: three roles, what each is allowed, and the one check of it.

Pages and buttons that a role has no use for are not drawn, but that is a courtesy. What decides is
``require``, called where something is written or revealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from face2bone.errors import NotPermitted
from face2bone.words import template


class Role(Enum):
    """What somebody is here."""

    CLINICIAN = "clinician"
    RESEARCHER = "researcher"
    ADMINISTRATOR = "administrator"


class Permission(Enum):
    """One kind of thing that is done or seen."""

    READ = "read about the model"
    ASSESS = "assess a patient"
    EXPORT = "take a report away"
    SAVE = "keep an assessment"
    OPEN = "open the records of a named patient"
    ENTER = "enter a DXA result"
    CORRECT = "correct or withdraw what is kept"
    DELETE = "delete an assessment"
    IMPORT = "take in a table of DXA results"
    FIGURES = "see the figures of all results"
    BREAK_GLASS = "open a named patient for a reason"
    SCORE = "score a cohort"
    EXPLORE = "look at explained cohorts"
    RENAME = "name a concept"


_ALL: Final = frozenset(Permission)
ALLOWED: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.CLINICIAN: frozenset(
        {
            Permission.READ,
            Permission.ASSESS,
            Permission.EXPORT,
            Permission.SAVE,
            Permission.OPEN,
            Permission.ENTER,
            Permission.CORRECT,
            Permission.FIGURES,
        }
    ),
    Role.RESEARCHER: frozenset(
        {
            Permission.READ,
            Permission.FIGURES,
            Permission.BREAK_GLASS,
            Permission.SCORE,
            Permission.EXPLORE,
            Permission.RENAME,
        }
    ),
    # Whoever may open every record has no glass to break.
    Role.ADMINISTRATOR: _ALL - {Permission.BREAK_GLASS},
}


@dataclass(frozen=True)
class User:
    """Who uses the pages.

    id: what tells people apart; "" for the one person of a machine without sign-in.
    name: as records and trail name them; "" where it is typed.
    signed_in_at: when the sign-in was, in UTC; two of one person are two. None without one.
    """

    id: str
    name: str
    roles: frozenset[Role]
    signed_in_at: datetime | None = None

    @property
    def is_local(self) -> bool:
        """Whether this is the one person of a machine without sign-in."""
        return not self.id

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles allows it."""
        return any(permission in ALLOWED[role] for role in self.roles)

    def signed(self, typed: str) -> str:
        """The name under what this user does: of the sign-in, else as typed."""
        return self.name or typed


LOCAL: Final = User("", "", frozenset({Role.ADMINISTRATOR}))
"""The one person at a machine without sign-in."""


def require(user: User, permission: Permission) -> None:
    """Raise ``NotPermitted`` unless a role of the user allows it."""
    if not user.may(permission):
        raise NotPermitted(
            template(
                "Your role does not allow this. Ask whoever gives out the roles of this dashboard."
            )
        )
