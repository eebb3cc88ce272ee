"""Commands about what models' answers rest on, over a cohort: explain, independence."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from face2bone.cli.application import (
    BundleFolder,
    Crops,
    Manifest,
    Out,
    Side,
    SplitFile,
    app,
    as_one_bar,
    chosen_cohort,
    plain_errors,
    progress_bar,
)

if TYPE_CHECKING:
    from face2bone.evaluation.independence import Independence

STEPS: Final = {"aligning": (0, 5), "explaining": (5, 100)}  # where the bar stands


@app.command()
def explain(
    bundle: BundleFolder,
    manifest: Manifest,
    out: Out,
    crops: Crops = None,
    split: SplitFile = None,
    side: Side = "test",
) -> None:
    """Explain a model's answer for every photo of a cohort, and sum up by group."""
    from face2bone.bundle import load_bundle
    from face2bone.cohort_explanations.folder import check_out, explain_cohort, write_explained
    from face2bone.runtime import make_engine
    from face2bone.settings import get_settings

    with plain_errors():
        check_out(out)
        loaded, cohort, settings = (
            load_bundle(bundle),
            chosen_cohort(manifest, split, side),
            get_settings(),
        )
        engine = make_engine(loaded, settings.engine, threads=settings.threads)
        # The hidden neighbour stays when the work is stopped, so that it goes on from there.
        work = out.parent / f".{out.name}-explaining"
        with progress_bar("explaining", 100) as advance:
            explained, rejected = explain_cohort(
                loaded,
                cohort,
                engine,
                crops or work / "crops",
                work / "shards",
                as_one_bar(advance, STEPS),
            )
        written = write_explained(explained, rejected, out)
        shutil.rmtree(work)
    typer.echo(f"{explained.about.description} explained in {written}")


@app.command()
def independence(
    first: Annotated[Path, typer.Argument(help="Part values of one head: a table or folder.")],
    second: Annotated[Path, typer.Argument(help="Those of the other head, same patients.")],
    twin: Annotated[
        Path, typer.Option(help="Those of the first head trained with another seed: the ceiling.")
    ],
    target: Annotated[
        str, typer.Option(help="Whose values to take of an explained cohort: a class or severity.")
    ] = "severity",
) -> None:
    """Ask whether two models look at different parts of the picture."""
    from face2bone.cohort_explanations.part_values import compare, read_part_values

    with plain_errors():
        heads = [read_part_values(path, target) for path in (first, second, twin)]
        found = compare(*heads)
    typer.echo(_compared(found))


def _compared(found: "Independence") -> str:
    from face2bone.evaluation.independence import SAYS

    shares = zip(found.parts, found.first, found.second, strict=True)
    lines = [f"{part:<24}{a:8.1%}{b:8.1%}" for part, a, b in shares]
    figures = [
        f"{name:<24}{e.value:8.2f}  ({e.low:.2f} to {e.high:.2f})"
        for name, e in (
            ("agreement", found.agreement),
            ("two seeds (ceiling)", found.ceiling),
            ("ceiling - agreement", found.gap),
        )
        if e.value is not None and e.low is not None and e.high is not None
    ]
    chance = (
        f"{'unrelated heads, 1 in 20':<24}{found.null_high:8.2f}  (here p = {found.p_value:.3g})"
    )
    head = f"{'share of each part':<24}{'first':>8}{'second':>8}"
    about = f"{SAYS[found.finding]} {found.patients} patients."
    return "\n".join([head, *lines, *figures, chance, about])
