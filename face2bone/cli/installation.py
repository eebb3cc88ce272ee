"""Commands about the installation: version, doctor."""

import typer

from face2bone import __version__
from face2bone.cli.application import EXIT_REFUSED, app


@app.command()
def version() -> None:
    """Print the package's version."""
    typer.echo(__version__)


@app.command()
def doctor() -> None:
    """Check this installation and say what to do about each failure."""
    from face2bone.doctor import run_checks

    failed = 0
    for check in run_checks():
        typer.echo(f"{'ok  ' if check.passed else 'FAIL'} {check.name}: {check.finding}")
        if not check.passed:
            failed += 1
            typer.echo(f"     {check.remedy}")
    raise typer.Exit(EXIT_REFUSED if failed else 0)
