"""From the claims of a signed identity (OpenID Connect) to a user with roles.

A claim is what the hospital's own directory says of somebody. Which one names the roles, and which
of its values means which role, is the site's to set. What is missing, or of another shape than
expected, gives no role: nobody is let in by an accident.
Source: OpenID Connect Core 1.0, sections 2 and 5.1.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from face2bone import clock
from face2bone.errors import SignedOut
from face2bone.roles import Role, User
from face2bone.settings import Settings
from face2bone.typed import NAME_LIMIT, text_problems
from face2bone.words import template

OTHER_NAMES: Final = ("name", "preferred_username", "email", "sub")
"""Claims that name somebody, where the one that the site chose says nothing that can be used."""


@dataclass(frozen=True)
class ClaimRules:
    """Which claim names roles, which values mean which, and which claim is the user's name."""

    role_claim: str
    values: Mapping[Role, frozenset[str]]
    name_claim: str


def rules_of(settings: Settings) -> ClaimRules:
    """As the site has set them."""
    values = {
        Role.CLINICIAN: frozenset(settings.clinicians),
        Role.RESEARCHER: frozenset(settings.researchers),
        Role.ADMINISTRATOR: frozenset(settings.administrators),
    }
    return ClaimRules(settings.role_claim, values, settings.name_claim)


def user_of(claims: Mapping[str, Any], rules: ClaimRules) -> User:
    """The user whom these claims are of.

    Raises ``SignedOut`` where they do not say who it is, or when the sign-in was.
    """
    issuer, subject, issued = claims.get("iss"), claims.get("sub"), claims.get("iat")
    signed_in_at = _moment(issued)
    if not (isinstance(issuer, str) and isinstance(subject, str) and subject) or not signed_in_at:
        raise SignedOut(
            template(
                "The sign-in does not say who you are and when you signed in. Ask whoever set it "
                "up to include iss, sub and iat."
            )
        )
    own = hashlib.sha256(f"{len(issuer)} {issuer} {subject}".encode(errors="replace")).hexdigest()
    return User(own, _name(claims, rules, own), roles_in(claims, rules), signed_in_at)


def roles_in(claims: Mapping[str, Any], rules: ClaimRules) -> frozenset[Role]:
    """Every role that a value of the claim means; none where it has another shape."""
    said = frozenset(_texts(_claim(claims, rules.role_claim)))
    return frozenset(role for role, values in rules.values.items() if said & values)


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of this name, else the one that the dots in it lead to.

    Names that are addresses hold dots too, so the whole name comes first.
    """
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def _texts(value: Any) -> Iterator[str]:
    """A text is one value; a list of texts is each of them."""
    for one in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
        if isinstance(one, str):
            yield one


def _name(claims: Mapping[str, Any], rules: ClaimRules, own: str) -> str:
    """The first name that the records take; else the beginning of what tells people apart."""
    for claim in (rules.name_claim, *OTHER_NAMES):
        said = _claim(claims, claim)
        if isinstance(said, str) and not list(text_problems(said, NAME_LIMIT)):
            return said
    return own[:16]


def _moment(issued: Any) -> datetime | None:
    """Seconds since 1970 as a moment in UTC; None for anything else."""
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        return None
    try:
        return clock.of_seconds(issued)
    except ValueError:
        return None
