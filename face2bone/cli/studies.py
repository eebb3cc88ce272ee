"""The command about the studies: studies."""

import typer

from face2bone.cli.application import app


@app.command()
def studies() -> None:
    """List the studies: what each asks of which picture, and whether there is a model."""
    from face2bone.studies import STUDIES

    for study in STUDIES.values():
        beside = f", with {' and '.join(study.covariates)}" if study.covariates else ""
        typer.echo(f"{study.id}  ({study.status})  {study.title}")
        typer.echo(f"    from   {study.pictures}{beside}")
        typer.echo(f"    says   {study.outcome}")
        typer.echo(f"    beats  what {_listed(study.guards)} alone already tell")
    typer.echo("A study apart has commands of its own: see docs/start/studies.md.")
    typer.echo("A planned study has no model and no drawn cohort: nothing of it was measured.")


def _listed(words: tuple[str, ...]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
