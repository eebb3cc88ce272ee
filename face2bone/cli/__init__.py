"""The command line: the same jobs as the dashboard, from a shell.

Exit codes: 0 assessed or done, 1 a failed check or a refused cohort, 2 photo or film rejected,
3 bad usage, 4 bundle refused, 5 a fault of the program. Errors are one or two sentences on stderr.

One module a subject; importing it registers its commands, in the order of ``--help``.
"""

import logging
import sys

import typer

from face2bone import logs
from face2bone.cli import (
    checks,
    concepts,
    evidence,
    explanations,
    hospital,
    installation,
    patients,
    recalibration,
    records,
    reports,
    robustness,
    scoring,
    studies,
    survival,
    training,
)
from face2bone.cli.application import EXIT_FAULT, EXIT_REFUSED, EXIT_USAGE, app
from face2bone.words import message

__all__ = [
    "app",
    "checks",
    "concepts",
    "evidence",
    "explanations",
    "hospital",
    "installation",
    "main",
    "patients",
    "recalibration",
    "records",
    "reports",
    "robustness",
    "scoring",
    "studies",
    "survival",
    "training",
]


_log = logging.getLogger(__name__)


def main() -> None:
    """Entry point: one or two sentences for whatever happens, and nobody meets a traceback."""
    with logs.kept():
        code = _run()
    sys.exit(code)


def _run() -> int:
    """Usage mistakes exit with 3, as documented, not with click's 2."""
    try:
        code = app(standalone_mode=False)
    except typer.Exit as stop:
        code = stop.exit_code
    except typer.Abort:
        code = EXIT_REFUSED
    except Exception as error:  # noqa: BLE001  what nobody expected is told by its id
        if not hasattr(error, "format_message"):
            typer.echo(message(logs.WENT_WRONG, error=logs.fault(_log, error)), err=True)
            return EXIT_FAULT
        typer.echo(f"{error.format_message()} See face2bone --help.", err=True)
        code = EXIT_USAGE
    return code if isinstance(code, int) else 0
