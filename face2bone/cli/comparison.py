"""Commands that ask what Face2Bone is worth: compare, ablate."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from face2bone.cli.application import Manifest, Out, app, plain_errors

RecipeOption = Annotated[
    str, typer.Option("--recipe", help="Recipe name or path, such as compact or full.")
]
Seeds = Annotated[int, typer.Option(min=1, help="How many seeds each network is trained with.")]
Attach = Annotated[
    Path | None, typer.Option(help="Also keep the figures beside this bundle, for the Model page.")
]


@app.command()
def compare(
    manifest: Manifest,
    out: Out,
    recipe: RecipeOption = "compact",
    seeds: Seeds = 3,
    attach: Attach = None,
) -> None:
    """Train and test Face2Bone, standard networks and simple models under one protocol."""
    with plain_errors():
        from face2bone.comparison.command import compare as run

        bundle = _verified(attach)  # before the hours of training, not after
        written = run(manifest, out, recipe, seeds)
        _attach(bundle, "comparison", written)
    typer.echo(written.read_text("utf-8"))


@app.command()
def ablate(
    manifest: Manifest,
    out: Out,
    recipe: RecipeOption = "compact",
    seeds: Seeds = 3,
    attach: Attach = None,
) -> None:
    """Train and test Face2Bone without each of its parts, and with a control in its place."""
    with plain_errors():
        from face2bone.comparison.command import ablate as run

        bundle = _verified(attach)  # before the hours of training, not after
        written = run(manifest, out, recipe, seeds)
        _attach(bundle, "ablation", written)
    typer.echo(written.read_text("utf-8"))


def _verified(bundle: Path | None) -> Path | None:
    from face2bone.bundle import load_bundle

    return None if bundle is None else load_bundle(bundle).root


def _attach(bundle: Path | None, kind: Literal["comparison", "ablation"], written: Path) -> None:
    from face2bone.comparison.record import attach, from_json

    if bundle is not None:
        told = written.with_suffix(".json")
        attach(bundle, kind, from_json(told.read_bytes(), told.name))
