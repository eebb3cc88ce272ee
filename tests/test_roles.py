"""Who may do what, as a table, and the one check of it."""

import pytest

from face2bone.errors import NotPermitted
from face2bone.roles import ALLOWED, LOCAL, Permission, Role, User, require

MATRIX = {  # C clinician, R researcher, A administrator
    Permission.READ: "CRA",
    Permission.ASSESS: "CA",
    Permission.EXPORT: "CA",
    Permission.SAVE: "CA",
    Permission.OPEN: "CA",
    Permission.ENTER: "CA",
    Permission.CORRECT: "CA",
    Permission.DELETE: "A",
    Permission.IMPORT: "A",
    Permission.FIGURES: "CRA",
    Permission.BREAK_GLASS: "R",
    Permission.SCORE: "RA",
    Permission.EXPLORE: "RA",
    Permission.RENAME: "RA",
}


def user(*roles: Role) -> User:
    return User("1", "Li", frozenset(roles))


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_stands_in_the_table_and_nothing_else(
    role: Role, permission: Permission
) -> None:
    allowed = role.value[0].upper() in MATRIX[permission]
    assert user(role).may(permission) == allowed
    if allowed:
        require(user(role), permission)
    else:
        with pytest.raises(NotPermitted):
            require(user(role), permission)


@pytest.mark.parametrize("permission", Permission)
def test_without_a_role_nothing_is_allowed(permission: Permission) -> None:
    with pytest.raises(NotPermitted):
        require(user(), permission)


def test_two_roles_allow_what_either_does() -> None:
    both = user(Role.CLINICIAN, Role.RESEARCHER)
    either = ALLOWED[Role.CLINICIAN] | ALLOWED[Role.RESEARCHER]
    assert {one for one in Permission if both.may(one)} == either


def test_the_one_person_at_a_machine_does_everything_under_the_name_that_is_typed() -> None:
    require(LOCAL, Permission.DELETE)
    assert (LOCAL.is_local, LOCAL.signed("Dr. Li")) == (True, "Dr. Li")
    assert (user().is_local, user().signed("Dr. Wu")) == (False, "Li")
