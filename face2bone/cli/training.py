"""Commands that make cohorts and models: synth, train, train-demo."""

from pathlib import Path
from typing import Annotated

import typer

from face2bone.cli.application import Manifest, Out, app, chosen_cohort, plain_errors, progress_bar


@app.command()
def synth(
    out: Out,
    patients: Annotated[int, typer.Option(min=1, help="How many patients to draw.")] = 100,
    world: Annotated[str, typer.Option(help="planted, null or blank.")] = "planted",
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same cohort.")] = 0,
    study: Annotated[str, typer.Option(help="Study whose patients are drawn.")] = "face2bone",
) -> None:
    """Write a cohort of drawn patients, as a hospital could have written it."""
    from face2bone.studies import study_named

    with plain_errors():
        tools = study_named(study).ready()
        if world not in tools.worlds:
            raise typer.BadParameter(f"world is one of {', '.join(tools.worlds)}.")
        with progress_bar("drawing", patients) as advance:
            tools.draw_cohort(out, patients, world, seed, advance)
    typer.echo(f"Drawn cohort of {patients} patients in {out} (synthetic; no real person).")


@app.command()
def train(
    manifest: Manifest,
    out: Out,
    recipe: Annotated[str, typer.Option(help="Recipe name, such as full or demo.")] = "full",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the split and the run.")] = 0,
    licence: Annotated[
        str, typer.Option(help="Licence to state on the card, such as CC-BY-4.0; none by default.")
    ] = "",
) -> None:
    """Train, calibrate and bundle a network on a cohort whose bone was measured."""
    with plain_errors():
        from face2bone.training import train as run
        from face2bone.training.closing import closing_words

        chosen_cohort(manifest)  # says what to look at before the hours of training
        bundle = run(manifest, out, recipe=recipe, seed=seed, licence=licence)
        typer.echo(closing_words(out))
        if not licence:
            typer.echo("The card states no licence. Give the same command with --licence to do so.")
        typer.echo(f"Bundle written to {bundle}")


@app.command(name="train-demo")
def train_demo(out: Out = Path("models/demo")) -> None:
    """Train the bundle that ships, on drawn patients; about an hour on two idle cores."""
    from face2bone.training import train_demo as run

    with plain_errors():
        typer.echo(f"Demo bundle written to {run(out)}")
