"""A cluster is joined only by who may, and one of this machine ends with its work."""

import os
import sys
from types import SimpleNamespace

import pytest

from face2bone.cluster import LOCAL, LOOPBACK, check, connected
from face2bone.errors import ClusterError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done with a Ray that is not one."""
    found: list[str] = []

    def init(**where: object) -> None:
        found.append(f"{where['address']} {where.get('num_cpus')} {where.get('_node_ip_address')}")

    stand_in = SimpleNamespace(
        init=init,
        shutdown=lambda: found.append("shutdown"),
        exceptions=SimpleNamespace(RayError=ZeroDivisionError),
        __spec__=object(),
    )
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setitem(sys.modules, "ray", stand_in)
    return found


def test_without_ray_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match=r"requirements-cluster\.txt"):
        check(LOCAL)
    with pytest.raises(ClusterError, match=r"requirements-cluster\.txt"), connected(LOCAL, 2):
        pytest.fail("was connected")


def test_a_cluster_of_this_machine_ends_with_its_work(asked: list[str]) -> None:
    with connected(LOCAL, 3):
        assert asked == [f"local 3 {LOOPBACK}"]
    assert asked[1:] == ["shutdown"]


def test_a_cluster_of_this_machine_asks_for_a_token_of_its_own(asked: list[str]) -> None:
    found = []
    for _ in range(2):
        with connected(LOCAL, 2):
            assert os.environ["RAY_AUTH_MODE"] == "token"
            found.append(os.environ["RAY_AUTH_TOKEN"])
    assert len(found[0]) == len(found[1]) == 64
    assert found[0] != found[1]


def test_what_ray_raises_is_one_sentence_and_the_cluster_ends(asked: list[str]) -> None:
    with (
        pytest.raises(ClusterError, match=r"gave up \(ZeroDivisionError\).* start again"),
        connected(LOCAL, 2),
    ):
        _ = 1 / 0
    assert asked[-1] == "shutdown"


def test_an_error_of_the_work_stays_what_it_is(asked: list[str]) -> None:
    with pytest.raises(KeyError), connected(LOCAL, 2):
        raise KeyError
    assert asked[-1] == "shutdown"


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:9", "127.0.0.1:99999999", "a..b:80"])
def test_an_address_where_nobody_listens_is_refused(asked: list[str], address: str) -> None:
    with pytest.raises(ClusterError, match="No Ray cluster answers at"):
        check(address)
    with pytest.raises(ClusterError, match="No Ray cluster answers at"), connected(address, 2):
        pytest.fail("was connected")
    assert asked == []


@pytest.mark.parametrize(
    ("address", "why", "said"),
    [
        (LOCAL, "The head node died", "could not be started on this machine"),
        ("auto", "Version mismatch: the cluster has Ray 2.1", "another version of Ray or of"),
        ("auto", "Could not find any running Ray instance", "No Ray cluster answers at 'auto'"),
    ],
)
def test_why_ray_was_not_joined_is_said_as_it_is(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, address: str, why: str, said: str
) -> None:
    def refuses(**_: object) -> None:
        raise RuntimeError(why)

    monkeypatch.setattr(sys.modules["ray"], "init", refuses)
    with pytest.raises(ClusterError, match=said), connected(address, 2):
        pytest.fail("was connected")


@pytest.mark.slow
def test_no_cluster_of_this_machine_is_no_cluster_to_join(needs_ray: None) -> None:
    with pytest.raises(ClusterError, match="answers at 'auto'"), connected("auto", 2):
        pytest.fail("was connected")
