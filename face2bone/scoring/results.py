"""The scores as a table: what was given of each picture, and what the model says of it.

Every row names the model and its status, so that a row that was copied out of its file still says
where it is from. What is written:

    scores.csv, scores.parquet   one row a picture of the list, in its order
    rejected.csv                 the pictures without a score, with the reason
    README.txt                   the same for people
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from face2bone import __version__, clock
from face2bone.assessment import BundleFacts
from face2bone.atomic_files import whole_folder
from face2bone.bundle.card import notice_of
from face2bone.errors import ScoringError
from face2bone.scoring.journal import REJECTED, ScoredRow
from face2bone.scoring.score_list import ScoreList
from face2bone.words import Made

CSV, PARQUET, LEFT_OUT, README = "scores.csv", "scores.parquet", "rejected.csv", "README.txt"
ROW: Final = "row"
_NOTE: Final = """\
{pictures} pictures scored with {name} {version}, {day}; {rejected} of them rejected.
{status}: {notice}

scores.csv, scores.parquet   one row a picture, in the order of the list: what was given, the
                             calibrated probabilities, the prediction set, remarks on the photo
rejected.csv                 the pictures without a score, with the reason

A probability is the model's, calibrated on the cohort it was trained with; it is no diagnosis.
"""


@dataclass(frozen=True)
class Scores:
    """A list with its rows so far; ``table`` has those that are done, in the order of the list.

    messages: how its reasons and remarks were made, by the sentence.
    """

    table: pd.DataFrame
    facts: BundleFacts
    messages: Mapping[str, Made] = field(default_factory=dict)

    @property
    def rejected(self) -> pd.DataFrame:
        """Row, identifier, picture and reason of the pictures without a score."""
        chosen = self.table[self.table["outcome"] == REJECTED]
        return chosen[[ROW, "patient_id", "photo", "reason"]]


@dataclass(frozen=True)
class Filters:
    """Which rows to show; an empty tuple leaves its dimension open.

    outcomes, most_probable: of the columns of that name; least: of the gravest class's
    probability; text: in identifier or picture.
    """

    outcomes: tuple[str, ...] = ()
    most_probable: tuple[str, ...] = ()
    unlike_training: tuple[str, ...] = ()
    least: float = 0.0
    text: str = ""


def scores(scored: ScoreList, rows: Sequence[ScoredRow], facts: BundleFacts) -> Scores:
    """The table of the rows that are done."""
    given = scored.table.reset_index(names=ROW)
    kept = given.iloc[[row.position for row in rows]].reset_index(drop=True)
    said = pd.DataFrame([_said(row, facts) for row in rows])
    messages = {text: made for row in rows for text, made in row.messages.items()}
    return Scores(pd.concat([kept, said], axis=1), facts, messages)


def filtered(found: Scores, filters: Filters) -> pd.DataFrame:
    """The rows that pass, in their order."""
    table = found.table
    passes = np.ones(len(table), bool)
    for column, values in (
        ("outcome", filters.outcomes),
        ("most_probable", filters.most_probable),
        ("unlike_training", filters.unlike_training),
    ):
        if values:
            passes &= table[column].isin(values).to_numpy()
    if filters.least > 0:
        gravest = probability_columns(found.facts)[-1]
        passes &= (table[gravest] >= filters.least).to_numpy()
    if filters.text:
        named = table["patient_id"] + "\n" + table["photo"]
        passes &= named.str.contains(filters.text, case=False, regex=False).to_numpy()
    return table[passes]


def probability_columns(facts: BundleFacts) -> list[str]:
    """The columns of the calibrated probabilities, in the order of the classes."""
    return [f"p_{label}" for label in facts.classes]


def as_csv(table: pd.DataFrame) -> bytes:
    """UTF-8 with a mark, by which a spreadsheet knows it."""
    text: str = table.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8-sig")


def as_parquet(table: pd.DataFrame) -> bytes:
    """The same table for programs."""
    data: bytes = table.to_parquet(index=False)
    return data


def check_out(out: Path) -> None:
    """Raise ``ScoringError`` when ``out`` holds anything but earlier scores."""
    ours = out.is_dir() and ((out / CSV).is_file() or not any(out.iterdir()))
    if out.exists() and not ours:
        raise ScoringError(
            "{folder} is there and holds no scores. Choose another for --out.", folder=out.name
        )


def write_scores(found: Scores, out: Path) -> Path:
    """Write the folder beside its place and rename it there; returns ``out``."""
    check_out(out)
    with whole_folder(out) as made:
        (made / CSV).write_bytes(as_csv(found.table))
        (made / PARQUET).write_bytes(as_parquet(found.table))
        (made / LEFT_OUT).write_bytes(as_csv(found.rejected))
        (made / README).write_text(_note(found), "utf-8")
    return out


def _said(row: ScoredRow, facts: BundleFacts) -> dict[str, Any]:
    done = row.outcome != REJECTED
    p = row.probabilities if done else (np.nan,) * len(facts.classes)
    return {
        "outcome": row.outcome,
        "reason": row.reason,
        **dict(zip(probability_columns(facts), p, strict=True)),
        "most_probable": facts.classes[int(np.argmax(p))] if done else "",
        "prediction_set": " or ".join(facts.classes[k] for k in row.prediction_set),
        "unlike_training": {True: "yes", False: "no", None: ""}[row.outside],
        "distance": np.nan if row.distance is None else row.distance,
        "photo_quality": row.quality,
        "photo_remarks": row.remarks,
        "photo_sha256": row.photo_sha256,
        "study": facts.study,
        "model": f"{facts.name} {facts.version}",
        "status": facts.status,
        "notice": notice_of(facts.status),
        "model_sha256": facts.sha256,
        "engine": row.engine,
        "software": f"face2bone {__version__}",
    }


def _note(found: Scores) -> str:
    facts = found.facts
    return _NOTE.format(
        pictures=len(found.table),
        rejected=len(found.rejected),
        name=facts.name,
        version=facts.version,
        day=clock.today(),
        status=facts.status,
        notice=notice_of(facts.status),
    )
