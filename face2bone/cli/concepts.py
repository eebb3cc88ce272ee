"""Commands about a bundle's concepts: concepts, rename-concept, concept-parts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from face2bone.cli.application import (
    BundleOption,
    Crops,
    Manifest,
    app,
    chosen_cohort,
    crops_folder,
    plain_errors,
    progress_bar,
)
from face2bone.words import template

if TYPE_CHECKING:
    from face2bone.bundle import ConceptBank
    from face2bone.explain.recursion import SubConcepts

Number = Annotated[
    int, typer.Argument(min=1, help="Which concept, counted as `face2bone concepts` does.")
]


@app.command()
def concepts(bundle: BundleOption = None) -> None:
    """List a bundle's concepts: name, where each sits, importance for each class."""
    from face2bone.bundle import load_bundle

    with plain_errors():
        loaded = load_bundle(_root(bundle))
    typer.echo(f"Concepts of {loaded.card.name} ({loaded.card.status}): {loaded.card.cohort}")
    for line in _lines(loaded.concepts):
        typer.echo(line)
    for number, name in enumerate(loaded.concepts.names):
        if said := loaded.naming(number):
            typer.echo(f"{number + 1:>3}  {name}: {said}")


@app.command(name="rename-concept")
def rename(
    number: Number,
    name: Annotated[str, typer.Argument(help="The new name, at most 60 characters.")],
    by: Annotated[str, typer.Option(help="Who gives the name: name or initials.")],
    bundle: BundleOption = None,
    instead_of: Annotated[
        str | None, typer.Option(help="The name you saw; another one given since is kept.")
    ] = None,
) -> None:
    """Give a concept another name, kept beside the bundle; the bundle's hash stays."""
    from face2bone.bundle import rename_concept

    with plain_errors():
        renamed = rename_concept(_root(bundle), number - 1, name, by, instead_of)
    typer.echo(f"Concept {number} is now called {renamed.concepts.names[number - 1]!r}.")


@app.command(name="concept-parts")
def parts(
    number: Number,
    manifest: Manifest,
    count: Annotated[int, typer.Option("--parts", min=1, help="How many parts to look for.")] = 4,
    crops: Crops = None,
    bundle: BundleOption = None,
) -> None:
    """Take one concept apart at an earlier layer, over a cohort's photos; keeps no picture."""
    from face2bone.bundle import load_bundle
    from face2bone.cohort.crops import photo_crops
    from face2bone.explain.recursion import decompose_concept
    from face2bone.studies import study_named

    with plain_errors():
        loaded, cohort = load_bundle(_root(bundle)), chosen_cohort(manifest)
        loaded.card.require_study(cohort.study, template("the cohort"))
        modality = study_named(cohort.study).ready().modality
        _check_number(number, len(loaded.concepts))
        with (
            crops_folder(crops) as folder,
            progress_bar("aligning", len(cohort.table)) as advance,
        ):
            store = photo_crops(cohort, modality, folder, progress=advance)
            pictures, maps = store.crops[store.rows], store.region_maps[store.rows]
        with progress_bar("taking apart", 100) as advance:
            found = decompose_concept(
                loaded.network,
                loaded.card.input,
                loaded.concepts,
                number - 1,
                pictures,
                maps,
                store.parts,
                count,
                exemplars=0,
                progress=lambda share: advance(round(100 * share), 100),
            )
    typer.echo(f"Parts of {loaded.concepts.names[number - 1]}, in {len(pictures)} photos")
    for line in _part_lines(found):
        typer.echo(line)


def _check_number(number: int, concepts: int) -> None:
    if number > concepts:
        raise typer.BadParameter(f"the bundle has {concepts} concepts.")


def _part_lines(found: "SubConcepts") -> list[str]:
    rows = zip(found.share, found.importance, found.region_tags, strict=True)
    return [
        f"{number:>3}  share {share:.0%}, importance for the concept {importance:.2f}; {where}"
        for number, (share, importance, where) in enumerate(rows, start=1)
    ] + [f"Not expressed by them: {found.error:.0%} of the stem's features there."]


def _root(chosen: Path | None) -> Path:
    from face2bone.settings import get_settings

    return chosen or get_settings().bundle


def _lines(bank: "ConceptBank") -> list[str]:
    """A table of the bank: importance is the mean over the cohort's photos."""
    from face2bone.bone import CLASS_LABELS

    wide = max(len(name) for name in bank.names)
    head = f"  #  {'name':<{wide}}  importance for {', '.join(CLASS_LABELS)}; location"
    rows = zip(bank.names, bank.importance, bank.region_tags, strict=True)
    return [head] + [
        f"{number:>3}  {name:<{wide}}  {' '.join(f'{value:.2f}' for value in importance)}; {where}"
        for number, (name, importance, where) in enumerate(rows, start=1)
    ]
