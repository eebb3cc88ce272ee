"""Rows as files: JSON with everything, CSV for a spreadsheet, Markdown to read.

comparison.json, comparison.csv, comparison.md       what ``face2bone compare`` found
ablation.json, ablation.csv, ablation.md             what ``face2bone ablate`` found
"""

import csv
import io
import os
import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import torch

from face2bone import __version__
from face2bone.atomic_files import write_whole
from face2bone.comparison.record import FIGURES, Account, Comparison, Kind, Row, to_json
from face2bone.evaluation.bootstrap import RESAMPLES, Estimate
from face2bone.studies import study_named
from face2bone.words import message, template

if TYPE_CHECKING:  # both train networks; a table only names them
    from face2bone.comparison.candidates import Candidate
    from face2bone.comparison.oracle import DrawnOracle
    from face2bone.comparison.protocol import CohortProtocol

HEADINGS: Final = {
    "accuracy": template("accuracy"),
    "macro_auc": template("macro AUC"),
    "rps": template("RPS (lower is better)"),
    "osteopenia_f1": template("osteopenia F1"),
}
FIGURE_HEAD: Final = (template("model"), template("seeds"), *HEADINGS.values())
DIFFERENCE_HEAD: Final = (template("model"), *HEADINGS.values())
COST_HEAD: Final = (
    template("network"),
    template("multiply-adds of a crop, millions"),
    template("parameters"),
    template("learning rate chosen"),
    template("minutes a run"),
)
NOTHING: Final = template("not finished")
UNDEFINED: Final = template("undefined")
NO_SEED: Final = "–"  # a plain hyphen alone would be a list where Markdown is read


def account(
    protocol: "CohortProtocol",
    command: str,
    manifest: Path,
    seeds: int,
    full: "Candidate",
    oracle: "DrawnOracle | None",
) -> Account:
    """Of this machine and this call; ``command`` is its name, ``full`` the network at hand.

    Paths are told by name only.
    """
    recipe, index = protocol.recipe.name, protocol.store.index
    patients = {
        side: int(index["patient_id"].iloc[rows].nunique())
        for side, rows in protocol.members.items()
    }
    processor = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return Account(
        command=f"face2bone {command} {manifest.name} --out {protocol.folder.name} "
        f"--recipe {recipe} --seeds {seeds}",
        recipe=recipe,
        seeds=seeds,
        patients=patients,
        cohort=_cohort(oracle, protocol.cohort.study),
        machine=f"{platform.machine()}, {os.cpu_count()} CPU cores, {processor}, one thread a run",
        versions=versions(),
        compared=full.title,
    )


def versions() -> str:
    """Of what trains here and of what runs it."""
    own = f"face2bone {__version__}, torch {torch.__version__.split('+')[0]}"
    return f"{own}, Python {platform.python_version()}"


def write_tables(folder: Path, kind: Kind, rows: Sequence[Row], told: Account) -> Path:
    """Write the three files, each whole or not at all; returns the Markdown's path."""
    write_whole(folder / f"{kind}.json", to_json(Comparison(told, tuple(rows))))
    write_whole(folder / f"{kind}.csv", _csv(rows, told.compared))
    return write_whole(folder / f"{kind}.md", markdown(kind, rows, told))


def markdown(kind: Kind, rows: Sequence[Row], told: Account) -> str:
    """Who was asked and how, the figures, the differences, and what each network costs."""
    parts = [introduction(told), "## Figures", _table(FIGURE_HEAD, figure_lines(rows, told.seeds))]
    differences = _table(DIFFERENCE_HEAD, difference_lines(rows))
    parts += [f"## {told.compared} minus the row", about_differences(told), differences]
    parts += ["## What each network costs", _table(COST_HEAD, cost_lines(rows))]
    return f"# {kind.capitalize()}\n\n" + "\n\n".join(parts) + "\n"


def introduction(told: Account) -> str:
    """The command, and in words who was asked, with what, and what the brackets mean."""
    sides = tuple(
        message("{count} {side}", count=count, side=side) for side, count in told.patients.items()
    )
    return message(
        "`{command}`\n\n{cohort} Patients: {sides}. Nothing pretrained; means over "
        "seeds 0 to {last}; in brackets 95% intervals over patients and seeds "
        "({resamples} paired resamples). {machine}; {versions}.",
        command=told.command,
        cohort=told.cohort,
        sides=sides,
        last=told.seeds - 1,
        resamples=f"{RESAMPLES:,}",
        machine=told.machine,
        versions=told.versions,
    )


def about_differences(told: Account) -> str:
    """How to read the differences."""
    return message(
        "On the same patients and seeds; bold where the 95% interval excludes zero. A negative "
        "difference of RPS speaks for {network}.",
        network=told.compared,
    )


def figure_lines(rows: Sequence[Row], seeds: int) -> list[list[str]]:
    """Cells under ``FIGURE_HEAD``, a line a row."""
    return [
        [row.title, _seeds(row, seeds), *(_plain(row.figures.get(name)) for name in FIGURES)]
        for row in rows
    ]


def difference_lines(rows: Sequence[Row]) -> list[list[str]]:
    """Cells under ``DIFFERENCE_HEAD`` of every row that can be compared with the one at hand."""
    return [
        [row.title, *(_signed(row.ahead[name]) for name in FIGURES)]
        for row in rows
        if row.ahead is not None
    ]


def cost_lines(rows: Sequence[Row]) -> list[list[str]]:
    """Cells under ``COST_HEAD``, a line a network."""
    return [
        [
            row.title,
            f"{row.multiply_adds / 1e6:.1f}",
            f"{row.parameters:,}",
            f"{row.learning_rate:.1e}" if row.learning_rate else NOTHING,
            f"{row.minutes:.1f}" if row.minutes else NOTHING,
        ]
        for row in rows
        if row.multiply_adds is not None and row.parameters is not None
    ]


def _seeds(row: Row, wanted: int) -> str:
    if row.seeds is None:
        return NO_SEED
    if len(row.seeds) == wanted:
        return str(wanted)
    return message("{some} of {all}", some=len(row.seeds), all=wanted)


def _plain(found: Estimate | None) -> str:
    if found is None or found.value is None:
        return NOTHING if found is None else UNDEFINED
    return _with_interval(found, ".3f")


def _signed(found: Estimate) -> str:
    if found.value is None:
        return UNDEFINED
    text = _with_interval(found, "+.3f")
    if found.low is None or found.high is None:
        return text
    return message("**{text}**", text=text) if found.low > 0 or found.high < 0 else text


def _with_interval(found: Estimate, digits: str) -> str:
    value = f"{found.value:{digits}}"
    if found.low is None or found.high is None:
        return value
    low, high = f"{found.low:{digits}}", f"{found.high:{digits}}"
    return message("{value} ({low} to {high})", value=value, low=low, high=high)


def _table(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [list(headings), ["---"] * len(headings), *map(list, lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _csv(rows: Sequence[Row], compared: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "seeds", "what", "figure", "value", "low", "high"])
    for row in rows:
        seeds = "" if row.seeds is None else len(row.seeds)
        for what, figure, found in _estimates(row, compared):
            writer.writerow([row.name, seeds, what, figure, found.value, found.low, found.high])
    return out.getvalue()


def _estimates(row: Row, compared: str) -> Iterator[tuple[str, str, Estimate]]:
    ahead = f"{compared.lower()} minus row"
    for what, found in (("figure", row.figures), (ahead, row.ahead or {})):
        for name, value in found.items():
            yield what, name, value


def _cohort(oracle: "DrawnOracle | None", study: str) -> str:
    if oracle is None:
        return "Patients of a cohort."
    subject = study_named(study).ready().modality.subject
    return (
        f"Drawn patients ({oracle.world} world, seed {oracle.seed}): nobody exists, and the "
        f"figures say nothing about real {subject}s."
    )
