"""List what is installed (SBOM, CycloneDX), and ask what is known to be vulnerable in it.

`make audit` runs it with the tools of requirements-audit.txt, in an environment of their own:

    .venv/audit/bin/python tools/audit.py .venv/bin/python build/sbom.cdx.json

Exit codes: 0 every package was looked up and nothing is known; 1 something is known; 2 some
package could not be looked up, so that nothing known is no answer; 3 the list could not be made.
The list is written in each case but the last.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

NOTHING_KNOWN, VULNERABLE, NOT_LOOKED_UP, NO_LIST = range(4)
SECONDS: Final = "20"
"""How long one answer of the advisory service is waited for."""

Json = dict[str, Any]


def main() -> int:
    """Both, for the Python and into the file that the command line names."""
    python, target = sys.argv[1], Path(sys.argv[2])
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        components = write_sbom(python, target)
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"The list of packages could not be made: {error}", file=sys.stderr)
        return NO_LIST
    print(f"{len(components)} packages are listed in {target}.")
    return told(advisories(components), components)


def write_sbom(python: str, target: Path) -> list[Json]:
    """Write what is installed for ``python`` as CycloneDX JSON; returns the packages of others.

    The same environment gives the same bytes, and no path of this machine is in them.
    """
    command = [sys.executable, "-m", "cyclonedx_py", "environment", python]
    command += ["--output-format", "JSON", "--output-reproducible", "--output-file", str(target)]
    subprocess.run(command, check=True)  # noqa: S603  the tool that is pinned
    sbom: Json = json.loads(target.read_text("utf-8"))
    for component in sbom["components"]:
        kept = [one for one in component.get("externalReferences", []) if not _local(one)]
        component["externalReferences"] = kept
    target.write_text(json.dumps(sbom, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return [one for one in sbom["components"] if "purl" in one]  # this project has none


def _local(reference: Json) -> bool:
    return str(reference["url"]).startswith("file:")


def advisories(components: list[Json]) -> list[Json]:
    """What pip-audit answers about each package; nothing where it could ask nobody.

    Asked by public version: "2.13.0+cpu" is a build of 2.13.0 that no advisory names.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder) / "requirements.txt", Path(folder) / "answer.json"
        asked.write_text("".join(f"{one['name']}=={public(one)}\n" for one in components), "utf-8")
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(asked)]
        command += ["--no-deps", "--disable-pip", "--progress-spinner", "off"]
        command += ["--timeout", SECONDS, "--format", "json", "--output", str(answer)]
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603  1 is an answer too
        if not answer.is_file():
            return []
        found: list[Json] = json.loads(answer.read_text("utf-8"))["dependencies"]
        return found


def public(component: Json) -> str:
    """The version without what a local build adds to it."""
    return str(component["version"]).partition("+")[0]


def told(answers: list[Json], components: list[Json]) -> int:
    """Say what came of it; the exit code.

    A package that was passed over, as by a mirror that has no advisories, was not looked up:
    pip-audit itself calls that "no known vulnerabilities".
    """
    known = [(one, vuln) for one in answers for vuln in one.get("vulns", ())]
    for one, vuln in known:
        mended = ", ".join(vuln.get("fix_versions", ())) or "no version yet"
        print(f"{one['name']} {one['version']}: {vuln['id']}; mended in {mended}.")
    looked_up = [one for one in answers if "vulns" in one]
    print(f"{len(looked_up)} of {len(components)} packages were looked up.")
    if known:
        return VULNERABLE
    if missing := len(components) - len(looked_up):
        print(
            f"ADVISORIES COULD NOT BE FETCHED for {missing} package{'s' * (missing > 1)}, so this "
            "is no clean result. Run it again where https://pypi.org/pypi can be reached, and not "
            "only a mirror of the packages.",
            file=sys.stderr,
        )
        return NOT_LOOKED_UP
    print("Nothing is known to be vulnerable.")
    return NOTHING_KNOWN


if __name__ == "__main__":
    sys.exit(main())
