"""A served dashboard and a real Chromium.

Without the browser these tests skip with one line; where FACE2BONE_REQUIRE_BROWSER is set
(continuous integration) they fail instead.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from face2bone.bundle import Bundle
from face2bone.dashboard.review.layout import FULL

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
PATIENCE_MS = 300_000  # an explanation on a two-core machine that is busy with something else

expect.set_options(timeout=PATIENCE_MS)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        message = "Chromium is not installed; `apt-get install chromium` runs the browser tests"
        if os.environ.get("FACE2BONE_REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def records_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the served dashboard keeps its records: never in the user's own."""
    return f"sqlite:///{tmp_path_factory.mktemp('records') / 'records.sqlite'}"


@pytest.fixture(scope="session")
def dashboard(tiny_bundle: Bundle, records_url: str) -> Iterator[str]:
    """Address of a dashboard served from this checkout, with a network that explains at once."""
    with served(tiny_bundle, records_url, engine="torch") as address:
        yield address


@pytest.fixture(scope="session")
def demo_dashboard(demo_bundle: Bundle, records_url: str) -> Iterator[str]:
    """Address of a dashboard with the bundle that ships, whose explanations take seconds."""
    with served(demo_bundle, records_url) as address:
        yield address


@pytest.fixture
def fresh_dashboard(tiny_bundle: Bundle, records_url: str) -> Iterator[str]:
    """Address of a dashboard that nobody has visited."""
    with served(tiny_bundle, records_url, engine="torch") as address:
        yield address


@contextmanager
def served(
    bundle: Bundle,
    records_url: str,
    engine: str = "auto",
    options: Sequence[str] = (),
    script: Path = ROOT / "streamlit_app.py",
    output: Path = Path(os.devnull),
) -> Iterator[str]:
    """A dashboard process on a free port, stopped at the end; what it writes goes to ``output``."""
    port = _free_port()
    settings = {"RECORDS": records_url, "BUNDLE": str(bundle.root), "ENGINE": engine}
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.port", str(port), "--server.headless", "true", *options]
    with (
        output.open("wb") as written,
        subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=written,
            stderr=subprocess.STDOUT,
            env=os.environ | {f"FACE2BONE_{name}": value for name, value in settings.items()},
        ) as it,
    ):
        try:
            _wait_until_healthy(port)
            yield f"http://localhost:{port}"
        finally:
            it.terminate()
            it.wait(timeout=20)


@pytest.fixture(scope="session")
def camera_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn face as the motion-JPEG clip that Chromium's fake camera plays."""
    from face2bone.drawn.face.samples import sample_patients

    clip = tmp_path_factory.mktemp("camera") / "face.mjpeg"
    photo = cv2.imdecode(_array(sample_patients()[0].photo_bytes()), cv2.IMREAD_COLOR)
    frame = cv2.copyMakeBorder(cv2.resize(photo, (480, 480)), 0, 0, 80, 80, cv2.BORDER_REPLICATE)
    data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    clip.write_bytes(data * 10)
    return clip


@pytest.fixture(scope="session")
def browser(chromium: str, camera_clip: Path) -> Iterator[Browser]:
    """One browser for all tests; its camera shows a drawn face."""
    with sync_playwright() as playwright:
        flags = [*FLAGS, f"--use-file-for-fake-video-capture={camera_clip}"]
        instance = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield instance
        instance.close()


@pytest.fixture
def page(browser: Browser, dashboard: str) -> Iterator[Page]:
    """A fresh visitor on the Review page; fails at the end on any console error."""
    with visiting(browser, dashboard) as visitor:
        yield visitor


@pytest.fixture
def demo_page(browser: Browser, demo_dashboard: str) -> Iterator[Page]:
    """The same with the bundle that ships: for its own figures, and to stop what takes long."""
    with visiting(browser, demo_dashboard) as visitor:
        yield visitor


@pytest.fixture
def other_demo_page(browser: Browser, demo_dashboard: str) -> Iterator[Page]:
    """Another visitor of the same dashboard, who shares nothing with the first."""
    with visiting(browser, demo_dashboard) as visitor:
        yield visitor


@contextmanager
def visiting(browser: Browser, dashboard: str) -> Iterator[Page]:
    """A visitor with a browser session of their own."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 1000}, permissions=["camera"], base_url=dashboard
    )
    errors: list[str] = []
    visitor = context.new_page()
    visitor.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    visitor.on("pageerror", lambda error: errors.append(str(error)))
    visitor.set_default_timeout(PATIENCE_MS)
    visitor.goto(f"/?{FULL}=true")  # nothing of Review is hidden
    yield visitor
    context.close()
    assert errors == []


def _array(data: bytes) -> "cv2.typing.MatLike":
    import numpy as np

    return np.frombuffer(data, dtype=np.uint8)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"the dashboard did not start within {START_SECONDS} s")
