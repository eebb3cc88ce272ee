"""Claims give the roles that the site says, a name the records take, and nothing by accident."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.errors import SignedOut
from face2bone.identity import ClaimRules, roles_in, rules_of, user_of
from face2bone.roles import Role
from face2bone.settings import Settings
from face2bone.typed import NAME_LIMIT, text_problems

RULES = ClaimRules(
    "roles",
    {
        Role.CLINICIAN: frozenset({"ward", "doctors"}),
        Role.RESEARCHER: frozenset({"lab"}),
        Role.ADMINISTRATOR: frozenset({"it"}),
    },
    "name",
)
WHO: Mapping[str, Any] = {"iss": "https://id.example", "sub": "41", "iat": 1_790_000_000}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(said=st.lists(st.sampled_from(["ward", "doctors", "lab", "it", "x", "", "WARD"])))
def test_roles_are_those_whose_values_are_said(said: list[str]) -> None:
    expected = {role for role, values in RULES.values.items() if values & set(said)}
    assert roles_in({"roles": said}, RULES) == expected


@given(claim=JSON)
def test_a_claim_of_any_shape_gives_no_role_that_it_does_not_say(claim: Any) -> None:
    found = roles_in({"roles": claim}, RULES)
    texts = {claim} if isinstance(claim, str) else set()
    if isinstance(claim, list):
        texts = {one for one in claim if isinstance(one, str)}
    assert found == {role for role, values in RULES.values.items() if values & texts}


@given(name=JSON, username=JSON)
def test_the_name_is_always_one_that_the_records_take(name: Any, username: Any) -> None:
    user = user_of({**WHO, "name": name, "preferred_username": username}, RULES)
    assert list(text_problems(user.name, NAME_LIMIT)) == []


@pytest.mark.slow
@given(claims=st.dictionaries(st.sampled_from(["iss", "sub", "iat", "roles", "name"]), JSON))
def test_whatever_is_claimed_is_a_user_or_one_sentence(claims: dict[str, Any]) -> None:
    try:
        user = user_of(claims, RULES)
    except SignedOut:
        return
    assert (user.id, user.is_local) != ("", True)
    assert isinstance(claims["sub"], str)


@given(first=st.tuples(st.text(), st.text(min_size=1)), other=st.tuples(st.text(), st.text("1 2")))
def test_two_people_are_never_taken_for_one(first: tuple[str, str], other: tuple[str, str]) -> None:
    if not other[1]:
        return
    ids = [user_of({**WHO, "iss": i, "sub": s}, RULES).id for i, s in (first, other)]
    assert (ids[0] == ids[1]) == (first == other)


@pytest.mark.parametrize("missing", ["iss", "sub", "iat"])
def test_an_identity_that_does_not_say_who_or_when_lets_nobody_in(missing: str) -> None:
    with pytest.raises(SignedOut, match="does not say who"):
        user_of({name: value for name, value in WHO.items() if name != missing}, RULES)


@pytest.mark.parametrize("issued", [True, "1790000000", float("nan"), 1e300, None])
def test_a_moment_that_is_none_lets_nobody_in(issued: object) -> None:
    with pytest.raises(SignedOut):
        user_of({**WHO, "iat": issued}, RULES)


def test_the_sign_in_is_when_the_identity_was_issued() -> None:
    at = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
    assert user_of({**WHO, "iat": at.timestamp()}, RULES).signed_in_at == at


@pytest.mark.parametrize(
    ("claim", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["lab"]}}),
        ("https://id.example/roles", {"https://id.example/roles": "lab"}),
        ("a.b", {"a.b": ["lab"], "a": {"b": ["it"]}}),
    ],
)
def test_dots_lead_into_a_claim_unless_they_are_of_its_name(
    claim: str, claims: dict[str, Any]
) -> None:
    rules = ClaimRules(claim, RULES.values, "name")
    assert roles_in(claims, rules) == {Role.RESEARCHER}
    assert roles_in({"realm_access": "lab", "a": ["lab"]}, rules) == frozenset()


@pytest.mark.usefixtures("fresh_settings")
def test_the_site_says_which_values_mean_which_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACE2BONE_ROLE_CLAIM", "groups")
    monkeypatch.setenv("FACE2BONE_CLINICIANS", "CN=Ward 3,OU=Staff; CN=Ward 4,OU=Staff")
    monkeypatch.setenv("FACE2BONE_NAME_CLAIM", "email")
    rules = rules_of(Settings.from_environment())
    claims = {**WHO, "groups": ["CN=Ward 4,OU=Staff"], "name": "Dr. Li", "email": "li@x.example"}
    user = user_of(claims, rules)
    assert (user.roles, user.name) == ({Role.CLINICIAN}, "li@x.example")
    assert user_of({**claims, "groups": ["clinician"]}, rules).roles == frozenset()
