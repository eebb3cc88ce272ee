"""Commands about a bundle's concepts: concepts, rename-concept."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from face2bone.cli.application import BundleOption, app, plain_errors

if TYPE_CHECKING:
    from face2bone.bundle import ConceptBank

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


@app.command(name="rename-concept")
def rename(
    number: Number,
    name: Annotated[str, typer.Argument(help="The new name, at most 60 characters.")],
    bundle: BundleOption = None,
) -> None:
    """Give a concept another name, kept beside the bundle; the bundle's hash stays."""
    from face2bone.bundle import rename_concept

    with plain_errors():
        renamed = rename_concept(_root(bundle), number - 1, name)
    typer.echo(f"Concept {number} is now called {renamed.concepts.names[number - 1]!r}.")


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
