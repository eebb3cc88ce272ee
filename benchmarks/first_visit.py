"""What a person waits for: the first visitor of a fresh server, the next one, and the shell.

Every run starts a server, opens Review in a browser that has never been there, chooses the first
sample patient, waits for the regions and ticks a red flag; then a second browser, as empty as
the first, comes to the same server. Medians over the runs are printed as a Markdown table:
seconds by the clock, and CPU seconds of the server (of the command itself in the last rows).
Run: python -m benchmarks.first_visit [--runs 5] [--checkout FOLDER]. Needs Chromium.

``--checkout`` measures another copy of this project, with that copy's own ``.venv`` where it
has one, so that two versions are compared by one script.
"""

import argparse
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

HERE: Final = Path(__file__).resolve().parent.parent
PATIENCE_MS: Final = 300_000
TABS_MS: Final = 3_000
START_SECONDS: Final = 120
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
DETAILS: Final = ("--age", "67", "--sex", "F", "--height", "158", "--weight", "52")
DRAWN: Final = """() => {
    const heads = [...document.querySelectorAll('h2, h3')].map(h => h.innerText);
    const plots = '.js-plotly-plot .main-svg, [role=img] svg, svg[role=img], img[src*="svg"]';
    return heads.some(h => /^(3[.]|Result of)/.test(h)) && document.querySelector(plots) !== null;
}"""
SETTLED: Final = "passed its check|Exact Shapley values|The bars add up|regions are withheld"
WHY: Final = {"region bars, estimated or exact": f"Estimate|{SETTLED}", "exact regions": SETTLED}
SUGGESTION: Final = """() => [...document.querySelectorAll('[data-testid="stAlert"]')]
    .map(a => a.innerText).filter(t => t.includes('Suggestion:')).join('')"""
CHANGED: Final = f"before => {{ const now = ({SUGGESTION})(); return now && now !== before; }}"


@dataclass
class Times:
    """Seconds by the clock and CPU seconds of every step measured, by its name in words."""

    wall: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, wall: float, cpu: float) -> None:
        """One more run of a step; told on stderr at once, for whoever watches."""
        print(f"{name}: {wall:.2f} s, CPU {cpu:.2f} s", file=sys.stderr, flush=True)
        self.wall.setdefault(name, []).append(wall)
        self.cpu.setdefault(name, []).append(cpu)

    def rows(self) -> Iterator[str]:
        """A row of the table for each step: medians, and the range of the clock's seconds."""
        for name, wall in self.wall.items():
            cpu = statistics.median(self.cpu[name])
            middle, low, high = statistics.median(wall), min(wall), max(wall)
            yield f"| {name} | {middle:.2f} | {low:.2f} to {high:.2f} | {cpu:.2f} |"


@dataclass(frozen=True)
class Server:
    """A served dashboard: where, and the process."""

    address: str
    pid: int

    def cpu(self) -> float:
        """CPU seconds the process has used so far; 0 where the system does not tell."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.is_file():
            return 0.0
        used = stat.read_text().rsplit(")", 1)[1].split()[11:13]
        return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


class Clock:
    """Times steps one after the other, each from the end of the one before or from ``again``."""

    def __init__(self, server: Server, times: Times) -> None:
        self.server, self.times = server, times
        self.again()

    def again(self) -> None:
        """Begin from now."""
        self.wall, self.cpu = time.monotonic(), self.server.cpu()

    def note(self, name: str) -> None:
        """Note a step as reached, counted from where the clock began."""
        self.times.add(name, time.monotonic() - self.wall, self.server.cpu() - self.cpu)


class Traffic:
    """What a page's visit has transferred, as the browser counts it."""

    def __init__(self, page: Page) -> None:
        self.bytes, self.requests = 0, 0
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.loadingFinished", self._loaded)
        devtools.on("Network.webSocketFrameReceived", self._framed)

    def _loaded(self, event: dict[str, Any]) -> None:
        self.requests += 1
        self.bytes += int(event["encodedDataLength"])

    def _framed(self, event: dict[str, Any]) -> None:
        data = event["response"]["payloadData"]
        binary = event["response"]["opcode"] == 2  # then the text is base64
        self.bytes += len(data) * 3 // 4 if binary else len(data)


@contextmanager
def served(checkout: Path, python: str, folder: Path) -> Iterator[tuple[Server, float]]:
    """A fresh server and the seconds until it answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [python, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true"]
    environment = environment_of(checkout) | {"FACE2BONE_RECORDS": f"sqlite:///{folder}/r.sqlite"}
    started = time.monotonic()
    with subprocess.Popen(  # noqa: S603
        [*command, "--server.port", str(port)],
        cwd=checkout,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        env=environment,
    ) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            yield Server(f"http://localhost:{port}", process.pid), time.monotonic() - started
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310
                return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"The server did not answer within {START_SECONDS} s.")


def environment_of(checkout: Path) -> dict[str, str]:
    """The environment in which a process imports the package of this copy."""
    return os.environ | {"PYTHONPATH": str(checkout)}


@contextmanager
def visitor(browser: Browser) -> Iterator[Page]:
    """A page of someone whose browser has kept nothing."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def first_visit(browser: Browser, server: Server, times: Times) -> tuple[float, int]:
    """The first visitor, from the address to a suggestion; returns MB and requests."""
    with visitor(browser) as page:
        traffic = Traffic(page)
        arrive(page, server, times, "first visitor")
        page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
        clock = Clock(server, times)
        page.locator(".st-key-sample_0 button").click()
        page.wait_for_function(DRAWN)
        clock.note("sample chosen → result drawn")
        moved = traffic.bytes / 1e6, traffic.requests
        with suppress(TimeoutError):  # release 0.1.0 has no tabs
            page.get_by_role("tab", name="Why", exact=True).click(timeout=TABS_MS)
        for name, pattern in WHY.items():
            page.get_by_text(re.compile(pattern)).locator("visible=true").first.wait_for()
            clock.note(f"sample chosen → {name}")
        page.get_by_role("heading", name="Concepts").wait_for()
        clock.note("sample chosen → regions and concepts")
        page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
        tick(page, server, times)
    return moved


def arrive(page: Page, server: Server, times: Times, who: str) -> None:
    """From the address to the title and to the sample patients."""
    clock = Clock(server, times)
    page.goto(f"{server.address}/?full=true")  # where regions and concepts stand whole
    page.locator("h1").first.wait_for()
    clock.note(f"{who} → title")
    page.locator(".st-key-sample_0 button").wait_for()
    clock.note(f"{who} → sample buttons")


def tick(page: Page, server: Server, times: Times) -> None:
    """Tick a red flag, and wait for the other suggestion."""
    before = page.evaluate(SUGGESTION)
    box = page.locator('[class*="st-key-flag_height_loss"] label').first
    box.scroll_into_view_if_needed()
    clock = Clock(server, times)
    box.click()
    page.wait_for_function(CHANGED, arg=before)
    clock.note("red flag ticked → suggestion")


def shell(checkout: Path, python: str, folder: Path, times: Times) -> None:
    """``--help``, and an assessment with and, where there is the choice, without explanation."""
    face2bone = [python, "-m", "face2bone"]
    photo = folder / "photo.jpg"
    if not photo.is_file():
        source = "from face2bone.drawn.face.samples import sample_patients as s; import sys; "
        source += "sys.stdout.buffer.write(s()[0].photo_bytes())"
        photo.write_bytes(_output([python, "-c", source], checkout))
    timed([*face2bone, "--help"], checkout, times, "face2bone --help")
    assess = [*face2bone, "assess", str(photo), *DETAILS, "--out", str(folder / "out")]
    if b"--no-explanation" in _output([*face2bone, "assess", "--help"], checkout):
        name = "face2bone assess --no-explanation"
        timed([*assess, "--no-explanation"], checkout, times, name)
    timed(assess, checkout, times, "face2bone assess")


def timed(command: list[str], checkout: Path, times: Times, name: str) -> None:
    """Run a command and note its seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    _output(command, checkout)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    times.add(name, wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _output(command: list[str], checkout: Path) -> bytes:
    # Wide, so that no option is cut off in the help.
    environment = environment_of(checkout) | {"COLUMNS": "200"}
    done = subprocess.run(  # noqa: S603
        command, cwd=checkout, env=environment, capture_output=True, check=True
    )
    return done.stdout


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--checkout", type=Path, default=HERE)
    arguments = parser.parse_args()
    checkout = arguments.checkout.resolve()
    own = checkout / ".venv" / "bin" / "python"
    python = str(own) if own.is_file() else sys.executable
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is not installed: nothing was measured.")
        return
    times, moved = Times(), (0.0, 0)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for _ in range(arguments.runs):
            with served(checkout, python, folder) as (server, answered):
                times.add("server started → it answers", answered, server.cpu())
                moved = first_visit(browser, server, times)
                with visitor(browser) as page:
                    arrive(page, server, times, "next visitor")
            shell(checkout, python, folder, times)
        browser.close()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{arguments.runs} runs, {os.cpu_count()} cores, load {load:.1f} at the end\n")
    print("| step | seconds, median | range | CPU seconds |\n|---|---|---|---|")
    print("\n".join(times.rows()))
    print(
        f"\nTransferred until the first result is drawn: {moved[0]:.2f} MB in {moved[1]} requests"
    )


if __name__ == "__main__":
    main()
