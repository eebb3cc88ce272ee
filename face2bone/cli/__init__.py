"""The command line: the same jobs as the dashboard, from a shell.

Exit codes: 0 assessed or done, 1 a failed check or a refused cohort, 2 photo rejected,
3 bad usage, 4 bundle refused. Errors are one or two sentences on stderr.

One module a subject; importing it registers its commands, in the order of ``--help``.
"""

import sys

import typer

from face2bone.cli import (
    checks,
    comparison,
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
from face2bone.cli.application import EXIT_REFUSED, EXIT_USAGE, app

__all__ = [
    "app",
    "checks",
    "comparison",
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


def main() -> None:
    """Entry point: usage mistakes exit with 3, as documented, not with click's 2."""
    try:
        code = app(standalone_mode=False)
    except typer.Exit as stop:
        code = stop.exit_code
    except typer.Abort:
        code = EXIT_REFUSED
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        typer.echo(f"{error.format_message()} See face2bone --help.", err=True)
        code = EXIT_USAGE
    sys.exit(code if isinstance(code, int) else 0)
