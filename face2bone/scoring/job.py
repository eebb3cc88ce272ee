"""One job: every picture of a list scored once, in order, whenever and however often it is begun.

A job is known by what it works on: the list, every picture's bytes, and the model. The same three
give the same job, wherever the files lie, so work that was stopped goes on, and anything else
begins anew.
"""

import hashlib
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from face2bone.assess import Assessor, rejection
from face2bone.covariates import of_table
from face2bone.errors import Face2BoneError, PictureError, ScoringError, SubjectError
from face2bone.scoring.journal import REJECTED, SCORED, Journal, ScoredRow, open_journal
from face2bone.scoring.pictures import Pictures
from face2bone.scoring.score_list import ScoreList
from face2bone.words import made_in, template, together

RECENT: Final = 30
"""Pictures over which the rate is measured."""
READING, SCORING = "reading", "scoring"
NOTHING: Final = hashlib.sha256(b"").hexdigest()
_UNUSABLE: Final = (PictureError, SubjectError)


@dataclass(frozen=True)
class Standing:
    """How far a job is: ``done`` of ``total`` pictures read or scored.

    ``rate``: pictures a second lately, None before the first.
    """

    step: str
    done: int
    total: int
    rejected: int = 0
    rate: float | None = None

    @property
    def fraction(self) -> float:
        """Of the step that is done, in [0, 1]."""
        return self.done / self.total

    @property
    def seconds_left(self) -> float | None:
        """At the present rate."""
        return (self.total - self.done) / self.rate if self.rate else None


Told = Callable[[Standing], None]
"""Called before each picture; raise from it to stop: what is done stays."""


@dataclass(frozen=True)
class Job:
    """A list with its pictures and the model that scores it; (N,) SHA-256 of the pictures."""

    scored: ScoreList
    pictures: Pictures
    assessor: Assessor
    sha256s: tuple[str, ...]

    @property
    def identity(self) -> str:
        """SHA-256 of all that the rows depend on."""
        parts = (self.assessor.facts.sha256, self.scored.table.to_csv(), *self.sha256s)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def prepared(scored: ScoreList, pictures: Pictures, assessor: Assessor, told: Told) -> Job:
    """Read every picture once, so that it is known what the job is of.

    Raises ``WrongStudy`` for a list that names another study than the model's, and
    ``CovariateMissing`` for one without what the model reads beside the pictures.
    """
    of_table(scored.table, assessor.bundle.card.covariates)
    if "study" in scored.table:
        assessor.bundle.card.require_study(
            str(scored.table["study"].iloc[0]), template("the cohort")
        )
    total = len(scored)
    found = []
    for done, name in enumerate(scored.names):
        told(Standing(READING, done, total))
        found.append(sha256_of(pictures, name))
    return Job(scored, pictures, assessor, tuple(found))


@dataclass(frozen=True)
class Item:
    """One picture that is still to be scored, and the (V,) covariates that are read beside it."""

    position: int
    name: str
    sha256: str
    beside: tuple[float, ...]


RowsOf = Callable[[Job, Sequence[Item]], Generator[ScoredRow]]
"""Scores pictures, here or elsewhere: a row of each, in any order; closed where work is stopped."""


def here(job: Job, items: Sequence[Item]) -> Generator[ScoredRow]:
    """Score in this process, one picture after the other."""
    for item in items:
        yield row_of(job.assessor, job.pictures, item)


def run(job: Job, folder: Path, told: Told, rows_of: RowsOf = here) -> tuple[ScoredRow, ...]:
    """Score what is not scored yet, and return every row in the order of the list.

    ``folder`` keeps the rows; an exception of ``told`` ends the work between two pictures. Raises
    ``ScoringError`` as ``open_journal`` does, and for a picture that was changed meanwhile.
    """
    total = len(job.scored)
    with open_journal(folder, job.identity, total) as journal:
        clock = _Clock()
        told(_progress(journal, total, clock))
        with closing(rows_of(job, _missing(job, journal))) as rows:
            for row in rows:
                journal.append(row)
                clock.tick()
                told(_progress(journal, total, clock))
        return tuple(journal.rows[position] for position in range(total))


def _missing(job: Job, journal: Journal) -> list[Item]:
    beside = of_table(job.scored.table, job.assessor.bundle.card.covariates)
    return [
        Item(position, name, sha256, tuple(beside[position].tolist()))
        for position, (name, sha256) in enumerate(zip(job.scored.names, job.sha256s, strict=True))
        if position not in journal.rows
    ]


def _progress(journal: Journal, total: int, clock: "_Clock") -> Standing:
    rejected = sum(row.outcome == REJECTED for row in journal.rows.values())
    return Standing(SCORING, len(journal.rows), total, rejected, clock.rate)


class _Clock:
    def __init__(self) -> None:
        self._ticks: deque[float] = deque([time.monotonic()], maxlen=RECENT + 1)

    def tick(self) -> None:
        self._ticks.append(time.monotonic())

    @property
    def rate(self) -> float | None:
        took = self._ticks[-1] - self._ticks[0]
        return (len(self._ticks) - 1) / took if took else None


def row_of(assessor: Assessor, pictures: Pictures, item: Item) -> ScoredRow:
    """One picture's row; ``ScoringError`` where it is no longer the one that the job is of."""
    try:
        return _scored(assessor, pictures, item)
    except _UNUSABLE as error:
        now = sha256_of(pictures, item.name)
        if now != item.sha256:
            raise gone(item.name, now) from error
        reason = str(error)
        return ScoredRow(
            item.position, item.sha256, REJECTED, reason=reason, messages=made_in(reason)
        )


def _scored(assessor: Assessor, pictures: Pictures, item: Item) -> ScoredRow:
    data = pictures.read(item.name)
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 != item.sha256:
        raise gone(item.name, sha256)
    located = assessor.locate(assessor.tools.modality.read(data))
    if located.rejected:
        raise rejection(located, assessor.tools.modality)
    found = assessor.predict(replace(located, beside=item.beside))
    remarks = together(located.reasons)
    return ScoredRow(
        position=item.position,
        photo_sha256=sha256,
        outcome=SCORED,
        probabilities=tuple(found.probabilities.tolist()),
        prediction_set=found.prediction_set,
        distance=found.out_of_domain.distance,
        outside=found.out_of_domain.is_outside,
        quality=located.quality.status,
        remarks=remarks,
        engine=found.engine,
        messages=made_in(remarks),
    )


def sha256_of(pictures: Pictures, name: str) -> str:
    """Of a picture's bytes; of one that cannot be opened, ``NOTHING``."""
    try:
        data = pictures.read(name)
    except Face2BoneError:
        data = b""
    return hashlib.sha256(data).hexdigest()


def gone(name: str, now: str) -> ScoringError:
    """The error for a picture that is no longer what it was; now: SHA-256 of what is read."""
    if now == NOTHING:
        return ScoringError(
            "The picture {picture} cannot be read where it is scored. See that it is there under "
            "the same path, and start again.",
            picture=f"{name[:60]!r}",
        )
    return ScoringError(
        "The picture {picture} was changed while the cohort was scored. Start again.",
        picture=f"{name[:60]!r}",
    )
