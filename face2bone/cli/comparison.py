"""Commands that ask what Face2Bone is worth: compare, ablate."""

from pathlib import Path
from typing import Annotated

import typer

from face2bone.cli.application import Out, app, plain_errors

Manifest = Annotated[Path, typer.Argument(help="CSV or parquet manifest of a cohort.")]
RecipeOption = Annotated[
    str, typer.Option("--recipe", help="Recipe name or path, such as compact or full.")
]
Seeds = Annotated[int, typer.Option(min=1, help="How many seeds each network is trained with.")]


@app.command()
def compare(
    manifest: Manifest, out: Out, recipe: RecipeOption = "compact", seeds: Seeds = 3
) -> None:
    """Train and test Face2Bone, standard networks and simple models under one protocol."""
    from face2bone.comparison.command import compare as run

    with plain_errors():
        typer.echo(run(manifest, out, recipe, seeds).read_text("utf-8"))


@app.command()
def ablate(
    manifest: Manifest, out: Out, recipe: RecipeOption = "compact", seeds: Seeds = 3
) -> None:
    """Train and test Face2Bone without each of its parts, and with a control in its place."""
    from face2bone.comparison.command import ablate as run

    with plain_errors():
        typer.echo(run(manifest, out, recipe, seeds).read_text("utf-8"))
