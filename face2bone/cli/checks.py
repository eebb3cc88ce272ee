"""Commands that doubt a result: added-value, beside-age, guard."""

from pathlib import Path
from typing import Annotated, Any

import typer

from face2bone.atomic_files import write_whole
from face2bone.cli.application import (
    EXIT_REFUSED,
    Crops,
    Manifest,
    Out,
    Side,
    SplitFile,
    app,
    chosen_cohort,
    crops_folder,
    plain_errors,
    progress_bar,
)
from face2bone.words import template


@app.command(name="added-value")
def added_value(
    bundle: Annotated[Path, typer.Argument(help="Bundle whose frozen trunk reads the faces.")],
    manifest: Manifest,
    out: Out,
    crops: Crops = None,
    split: SplitFile = None,
    side: Side = "test",
    attach: Annotated[
        bool, typer.Option("--attach", help="Also keep the figures beside the bundle.")
    ] = False,
) -> None:
    """Ask whether the face adds anything to age, sex, height and weight."""
    from face2bone.bundle import load_bundle
    from face2bone.cohort.crops import photo_crops
    from face2bone.drawn.writing import read_plan
    from face2bone.evaluation.added_value import record
    from face2bone.evaluation.added_value.columns import picture_features
    from face2bone.evaluation.added_value.study import study
    from face2bone.evaluation.added_value.words import markdown, verdict
    from face2bone.evaluation.evaluate import described
    from face2bone.runtime import make_engine
    from face2bone.settings import get_settings
    from face2bone.studies import study_named

    with plain_errors():
        loaded, cohort, settings = (
            load_bundle(bundle),
            chosen_cohort(manifest, split, side),
            get_settings(),
        )
        loaded.card.require_study(cohort.study, template("the cohort"))
        modality = study_named(cohort.study).ready().modality
        engine = make_engine(loaded, settings.engine, threads=settings.threads)
        with (
            crops_folder(crops) as folder,
            progress_bar("aligning", len(cohort.table)) as advance,
        ):
            store = photo_crops(cohort, modality, folder, progress=advance)
            features = picture_features(engine, store)
        found = study(store.index, features, store.labels)
        about = (
            f"Bundle {loaded.card.name} ({loaded.card.status}), trained on: {loaded.card.cohort}. "
            f"{store.index['patient_id'].nunique()} patients with a usable photo of: "
            f"{described(cohort, read_plan(cohort.root))}. The trunk must have seen none of them "
            "in training."
        )
        _write(out, "added_value", found, markdown(found, about))
        if attach:
            record.attach(loaded, about, found)
    typer.echo(verdict(found))


@app.command(name="beside-age")
def beside_age(
    manifest: Manifest,
    out: Out,
    crops: Crops = None,
    groups_checked: Annotated[
        bool,
        typer.Option(
            "--groups-checked",
            help="Somebody has looked for copies of a patient: accept a suspected leak.",
        ),
    ] = False,
) -> None:
    """Ask what a small cohort's pictures say beside age and sex; no model is needed."""
    from face2bone.cohort.crops import photo_crops
    from face2bone.drawn.writing import read_plan
    from face2bone.evaluation.added_value.gradients import oriented_gradients
    from face2bone.evaluation.beside_age import LEAK, markdown, verdict
    from face2bone.evaluation.beside_age import beside_age as ask
    from face2bone.evaluation.evaluate import described
    from face2bone.studies import study_named

    with plain_errors():
        cohort = chosen_cohort(manifest)
        modality, plan = study_named(cohort.study).ready().modality, read_plan(cohort.root)
        with (
            crops_folder(crops) as folder,
            progress_bar("aligning", len(cohort.table)) as advance,
        ):
            store = photo_crops(cohort, modality, folder, progress=advance)
            features = oriented_gradients(store.crops[store.rows])
        found = ask(store.index, features, store.labels)
        drawn = plan is not None
        _write(out, "beside_age", found, markdown(found, f"{described(cohort, plan)}.", drawn))
    typer.echo(verdict(found))
    if found.suspected_leak and not (drawn or groups_checked):
        typer.echo(f"{LEAK} Then give --groups-checked.", err=True)
        raise typer.Exit(EXIT_REFUSED)


@app.command()
def guard(
    manifest: Manifest,
    out: Out,
    split: Annotated[
        Path | None, typer.Option(help="CSV of patient_id and split, such as a run's split.csv.")
    ] = None,
) -> None:
    """Look for leaks and shortcuts in a cohort; no model is needed."""
    from face2bone.cohort.splits import read_split
    from face2bone.evaluation.guards.report import guard_cohort, in_words

    with plain_errors():
        cohort = chosen_cohort(manifest)
        sides = None if split is None else read_split(split, cohort.table)
        if sides is not None and sides.isna().any():
            typer.echo(
                f"{sides.isna().sum()} of {len(sides)} photos are of patients on no side of the "
                "split, as those whose photos were rejected: they are not compared across it.",
                err=True,
            )
        with progress_bar("looking", len(cohort.table)) as advance:
            found = guard_cohort(cohort, sides, progress=advance)
        words = in_words(found)
        _write(out, "guard", found, words)
    typer.echo(words, nl=False)
    if not found.quiet:
        raise typer.Exit(EXIT_REFUSED)


def _write(out: Path, name: str, found: Any, words: str) -> None:
    """``name``.json and ``name``.md, each whole or not at all."""
    from pydantic import TypeAdapter

    out.mkdir(parents=True, exist_ok=True)
    data = TypeAdapter(type(found)).dump_json(found, indent=2, by_alias=True) + b"\n"
    for path, content in ((out / f"{name}.json", data), (out / f"{name}.md", words.encode())):
        write_whole(path, content)
