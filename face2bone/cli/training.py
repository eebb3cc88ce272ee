"""Commands that make cohorts and models: synth, train, train-demo."""

from pathlib import Path
from typing import Annotated

import typer

from face2bone.cli.application import (
    Manifest,
    Out,
    app,
    chosen_ages,
    chosen_cohort,
    plain_errors,
    progress_bar,
)


@app.command()
def synth(
    out: Out,
    patients: Annotated[int, typer.Option(min=1, help="How many patients to draw.")] = 100,
    world: Annotated[
        str, typer.Option(help="planted, null, and as the study has: blank, censored.")
    ] = "planted",
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same cohort.")] = 0,
    study: Annotated[str, typer.Option(help="Study whose patients are drawn.")] = "face2bone",
) -> None:
    """Write a cohort of drawn patients, as a hospital could have written it."""
    from face2bone.studies import study_named

    with plain_errors():
        cohorts = study_named(study).drawn()
        if world not in cohorts.worlds:
            raise typer.BadParameter(f"world is one of {', '.join(cohorts.worlds)}.")
        with progress_bar("drawing", patients) as advance:
            cohorts.draw(out, patients, world, seed, advance)
    typer.echo(f"Drawn cohort of {patients} patients in {out} (synthetic; no real person).")


@app.command()
def train(
    manifest: Manifest,
    out: Out,
    recipe: Annotated[
        str | None, typer.Option(help="Recipe name or TOML file; by default the study's own.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the split and the run.")] = 0,
    trunk: Annotated[
        Path | None,
        typer.Option(help="File of the weights that the recipe starts from, such as SFace's."),
    ] = None,
    licence: Annotated[
        str, typer.Option(help="Licence to state on the card, such as CC-BY-4.0; none by default.")
    ] = "",
    study: Annotated[
        str, typer.Option(help="face_age for a cohort of known ages; else as the manifest says.")
    ] = "",
) -> None:
    """Train, calibrate and bundle a network on a cohort whose bone or age is known."""
    with plain_errors():
        if _of_ages(manifest, study):
            _train_on_ages(manifest, out, recipe, seed, trunk, licence)
            return
        from face2bone.training import train as run
        from face2bone.training.closing import closing_words

        chosen_cohort(manifest)  # says what to look at before the hours of training
        bundle = run(manifest, out, recipe=recipe, seed=seed, licence=licence, trunk=trunk)
        typer.echo(closing_words(out))
        if not licence:
            typer.echo("The card states no licence. Give the same command with --licence to do so.")
        typer.echo(f"Bundle written to {bundle}")


def _of_ages(manifest: Path, study: str) -> bool:
    """Whether the cohort is one of known ages; another study is the manifest's to name."""
    from face2bone.cohort.age_manifest import STUDY, is_age_manifest

    named = study.replace("-", "_")
    if named not in ("", STUDY):
        raise typer.BadParameter(
            f"Only {STUDY} is named here. Another study stands in the manifest's column study."
        )
    return named == STUDY or is_age_manifest(manifest)


def _train_on_ages(
    manifest: Path, out: Path, recipe: str | None, seed: int, trunk: Path | None, licence: str
) -> None:
    from face2bone.training import train_on_ages
    from face2bone.training.closing import years_closing

    if recipe is not None:
        raise typer.BadParameter(
            "A network for face age has one way to begin from nothing and one from --trunk. Leave "
            "out --recipe."
        )
    chosen_ages(manifest)
    bundle = train_on_ages(manifest, out, seed=seed, licence=licence, trunk=trunk)
    typer.echo(years_closing(out))
    if not licence:
        typer.echo("The card states no licence. Give the same command with --licence to do so.")
    typer.echo(f"Bundle written to {bundle}. FACE2BONE_FACE_AGE={bundle} shows its ages on Review.")


@app.command(name="train-demo")
def train_demo(out: Out = Path("models/demo")) -> None:
    """Train the bundle that ships, on drawn patients; about an hour on two idle cores."""
    from face2bone.training import train_demo as run

    with plain_errors():
        typer.echo(f"Demo bundle written to {run(out)}")
