"""A full assessment opens no network connection, child processes and native code included.

Two watchers look at the same run. Python's audit events, in the process and every Python child,
record each address that is connected to or looked up; they work everywhere. On Linux, where
permitted, the run also gets a network namespace of its own without a route: there the kernel
counts every packet and every attempt to reach an IPv4 address (a name server's included),
whoever made it. It leaves no count for an IPv6 address used without any look-up.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from face2bone.bundle import Bundle
from face2bone.modalities.photo import Photo
from tests.hospital.fhir.conftest import report

RECORDER = """
import os, sys

EVENTS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
          "socket.gethostbyname", "socket.gethostbyaddr"}

def record(event, arguments):
    if event not in EVENTS:
        return
    on_a_socket = event in ("socket.connect", "socket.sendto", "socket.sendmsg")
    target = arguments[1] if on_a_socket else arguments[0]
    if isinstance(target, (str, bytes)) and event == "socket.connect":
        return  # a UNIX socket: the same machine
    with open(os.environ["RECORDED_CONNECTIONS"], "a") as log:
        log.write(f"{event} {target!r} {sys.argv[:1]}\\n")

sys.addaudithook(record)
"""
# Runs a command, then writes down what the kernel of this namespace counted.
COUNTED = """counts=$1; shift; "$@"; status=$?
cat /proc/net/snmp /proc/net/snmp6 > "$counts"; exit $status"""
OUTGOING = {
    "Ip.OutRequests", "Ip.OutNoRoutes", "Tcp.ActiveOpens", "Udp.OutDatagrams",
    "Ip6OutNoRoutes", "Udp6OutDatagrams",
}  # fmt: skip
UNREACHABLE = "192.0.2.1"  # TEST-NET-1 (RFC 5737): no such host anywhere


@dataclass(frozen=True)
class Watched:
    """What a command did: its result, recorded addresses, and kernel counts when available."""

    result: subprocess.CompletedProcess[str]
    recorded: list[str]
    counted: dict[str, int] | None


def can_isolate() -> bool:
    """Whether this machine lets us make a network namespace."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0


CAN_ISOLATE = can_isolate()


def watch(command: list[str], folder: Path, **environment: str) -> Watched:
    """Run a command under both watchers, with a home folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    home, log, counts = folder / "home", folder / "recorded", folder / "counted"
    home.mkdir()
    (folder / "sitecustomize.py").write_text(RECORDER, "utf-8")
    if CAN_ISOLATE:
        command = ["unshare", "-rn", "sh", "-c", COUNTED, "sh", str(counts), *command]
    variables = os.environ | {
        "PYTHONPATH": str(folder), "HOME": str(home), "RECORDED_CONNECTIONS": str(log),
        "OMP_NUM_THREADS": "1",
    } | environment  # fmt: skip
    result = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=900)
    recorded = log.read_text().splitlines() if log.exists() else []
    return Watched(result, recorded, outgoing(counts.read_text()) if CAN_ISOLATE else None)


def outgoing(text: str) -> dict[str, int]:
    """Non-zero outgoing counters in the text of /proc/net/snmp and /proc/net/snmp6."""
    found: dict[str, int] = {}
    lines = text.splitlines()
    for names, values in pairwise(lines):
        section, _, columns = names.partition(": ")
        if columns and columns[0].isalpha() and values.startswith(section + ": "):
            numbers = map(int, values.split()[1:])
            found |= {f"{section}.{c}": n for c, n in zip(columns.split(), numbers, strict=True)}
    found |= {line.split()[0]: int(line.split()[1]) for line in lines if ":" not in line}
    return {name: n for name, n in found.items() if name in OUTGOING and n}


@pytest.fixture(scope="session")
def photo_file(drawn_photo: Photo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from PIL import Image

    path = tmp_path_factory.mktemp("offline") / "face.png"
    Image.fromarray(drawn_photo.pixels).save(path)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["torch", "openvino"])
def test_an_assessment_opens_no_connection(
    engine: str, tiny_bundle: Bundle, photo_file: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "face2bone", "assess"]
    command += [str(photo_file), "--age", "67", "--sex", "F", "--height", "158", "--weight", "52"]
    command += ["--out", str(tmp_path / "out"), "--bundle", str(tiny_bundle.root)]
    watched = watch(command, tmp_path / "watch", FACE2BONE_ENGINE=engine)

    assert watched.result.returncode == 0, watched.result.stderr
    assert (tmp_path / "out" / "assessment.json").is_file()
    assert watched.recorded == []
    assert not watched.counted
    # OpenVINO's reporter would have left its identifier here.
    home = (tmp_path / "watch" / "home").rglob("*")
    assert [
        path for path in home if {"intel", "openvino"} & set(path.name.lower().split("_"))
    ] == []


def test_a_report_goes_to_the_server_that_is_named_and_nowhere_else(tmp_path: Path) -> None:
    """Not through a proxy of the environment either."""
    (tmp_path / "report.fhir.json").write_bytes(report())
    command = [sys.executable, "-m", "face2bone", "fhir-send", str(tmp_path / "box")]
    command += [str(tmp_path / "report.fhir.json"), "--to", "http://127.0.0.1:9/fhir"]
    command += ["--patients", "urn:oid:2.999.1", "--keep-trying", "0"]
    proxy = f"http://{UNREACHABLE}:3128"
    watched = watch(command, tmp_path / "watch", http_proxy=proxy, https_proxy=proxy)
    assert "Waiting: 1." in watched.result.stdout, watched.result.stderr
    assert watched.recorded
    assert all("'127.0.0.1'" in line for line in watched.recorded)


CONNECT = f"import socket; socket.create_connection(('{UNREACHABLE}', 80), 0.2)"
LOOK_UP = "import socket; socket.getaddrinfo('host.invalid', 80)"


@pytest.mark.parametrize("code", [CONNECT, LOOK_UP])
def test_the_watchers_see_a_child_process(code: str, tmp_path: Path) -> None:
    if not CAN_ISOLATE:
        pytest.skip("no network namespace here, and this test must not reach the network")
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
    watched = watch([sys.executable, "-c", child], tmp_path / "watch")
    assert watched.recorded
    assert watched.counted


def test_the_kernel_sees_native_code(tmp_path: Path) -> None:
    if not CAN_ISOLATE or shutil.which("bash") is None:
        pytest.skip("needs bash and a network namespace")
    watched = watch(["bash", "-c", f"echo > /dev/tcp/{UNREACHABLE}/80"], tmp_path / "watch")
    assert watched.recorded == []
    assert watched.counted


def test_a_quiet_command_is_quiet(tmp_path: Path) -> None:
    watched = watch([sys.executable, "-c", "import socket; socket.socket()"], tmp_path / "watch")
    assert watched.recorded == []
    assert not watched.counted
