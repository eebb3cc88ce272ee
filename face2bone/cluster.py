"""Ray, where work goes to several processes or machines: started here for one job, or joined.

Ray is an extra (``requirements-cluster.txt``): nothing imports it before ``connected`` does.
"""

import importlib.util
import logging
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from face2bone.errors import ClusterError

LOCAL: Final = "local"
JOINED: Final = "auto"
LOOPBACK: Final = "127.0.0.1"
SECONDS_TO_ANSWER: Final = 5.0
_QUIET: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",  # no request leaves the machines
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # what went wrong is said here, in words
}


def check(address: str) -> None:
    """Raise ``ClusterError`` where Ray is not installed, or nothing listens at ``address``."""
    if importlib.util.find_spec("ray") is None:
        raise ClusterError(
            "Working on a cluster needs Ray. Install it: pip install -r requirements-cluster.txt"
        )
    if address != LOCAL and not _answers(address):
        raise _nobody(address)


@contextmanager
def connected(address: str, workers: int) -> Iterator[Any]:
    """Ray, connected; a cluster that was started for it ends with it.

    address: ``LOCAL``, or what ``ray.init`` takes, such as ``auto`` or ``10.0.0.5:6379``. workers:
    cores of a cluster that is started. Raises ``ClusterError`` where there is no cluster, and for
    what Ray raises meanwhile.
    """
    check(address)
    os.environ.update(_QUIET | (_own_token() if address == LOCAL else {}))
    import ray

    where: dict[str, Any] = {"address": address}
    if address == LOCAL:
        where |= {"num_cpus": workers, "include_dashboard": False, "_node_ip_address": LOOPBACK}
    try:
        ray.init(**where, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise _refused(address, str(error)) from error
    try:
        yield ray
    except ray.exceptions.RayError as error:
        raise ClusterError(
            "The cluster gave up ({kind}). What is finished is kept: see Ray's log, then start "
            "again to go on.",
            kind=type(error).__name__,
        ) from error
    finally:
        ray.shutdown()


def _own_token() -> dict[str, str]:
    """Ray listens on every interface, and runs what it is sent: here only for who started it."""
    return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


def _answers(address: str) -> bool:
    """Whether anything listens at host:port, which Ray would wait for without an end."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit():
        return address == JOINED
    try:
        socket.create_connection((host, int(port)), timeout=SECONDS_TO_ANSWER).close()
    except (OSError, OverflowError, UnicodeError):
        return False
    return True


def _refused(address: str, why: str) -> ClusterError:
    """What ``ray.init`` means by its error; only its words tell one from the other."""
    if address == LOCAL:
        return ClusterError(
            "Ray could not be started on this machine. See its log in the folder ray of the "
            "temporary folder, or leave out --cluster to work without it."
        )
    if "mismatch" in why.lower():
        return ClusterError(
            "The cluster at {address} runs another version of Ray or of Python than this machine. "
            "Install the same on all of them, or leave out --cluster to work here.",
            address=repr(address[:80]),
        )
    return _nobody(address)


def _nobody(address: str) -> ClusterError:
    return ClusterError(
        "No Ray cluster answers at {address}. Check the address and, where it asks for one, its "
        "token; or leave out --cluster to work here.",
        address=repr(address[:80]),
    )
