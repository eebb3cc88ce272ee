"""The rows of one scoring job as they are done: appended to a file, each whole or not at all.

    job.json      what the folder's rows are of
    rows.jsonl    one line a picture that is done
    job.lock      held by whoever appends

A process that is killed while it writes leaves a line without its end; that one is cut off when the
job goes on, and its picture is scored again. So no picture is lost, and none is there twice.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from io import FileIO
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal

from filelock import FileLock, Timeout
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from face2bone.atomic_files import write_whole
from face2bone.errors import ScoringError
from face2bone.words import Made, message

JOB, ROWS, LOCK = "job.json", "rows.jsonl", "job.lock"
SCORED: Final = "scored"
REJECTED: Final = "rejected"


@dataclass(frozen=True)
class ScoredRow:
    """What is said of one picture.

    position: in the list, from 0; ``reason``: why it was rejected, else empty; probabilities: (K,)
    of the model's classes; prediction_set: class indices; distance: in feature space, ``outside``
    beyond the model's threshold; quality: "accept" or "warn" and its ``remarks``; messages: how
    both were made, by the sentence, so that a page can say them in another language.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    position: Annotated[int, Field(ge=0)]
    photo_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    outcome: Literal["scored", "rejected"]
    reason: str = ""
    probabilities: tuple[Annotated[float, Field(ge=0, le=1)], ...] = ()
    prediction_set: tuple[int, ...] = ()
    distance: float | None = None
    outside: bool | None = None
    quality: str = ""
    remarks: str = ""
    engine: str = ""
    messages: dict[str, Made] = field(default_factory=dict)


_ADAPTER: Final = TypeAdapter(ScoredRow)


def as_line(row: ScoredRow) -> str:
    """A row as one line of JSON, which ``row_of_line`` reads back to the digit."""
    return json.dumps(asdict(row), ensure_ascii=False)


def row_of_line(line: str | bytes) -> ScoredRow:
    """The row of a line; raises pydantic's ``ValidationError`` for anything else."""
    return _ADAPTER.validate_json(line)


class Journal:
    """The rows of a job that is being worked on: those kept, and a way to add one."""

    def __init__(self, file: FileIO, rows: Mapping[int, ScoredRow]) -> None:
        self._file = file
        self.rows = dict(rows)

    def append(self, row: ScoredRow) -> None:
        """Add a row; it is on the disk when this returns. Raises ``OSError`` where it is full."""
        if row.position in self.rows:
            raise ScoringError("A picture was scored twice. Start the job again.")
        line = as_line(row).encode() + b"\n"
        content = memoryview(line)
        while content:
            content = content[self._file.write(content) :]
        os.fsync(self._file.fileno())
        self.rows[row.position] = row


@contextmanager
def open_journal(folder: Path, identity: str, count: int) -> Iterator[Journal]:
    """The journal of a job of ``count`` pictures, made or gone on with, by one process at a time.

    Raises ``ScoringError`` when somebody else works on it, or it is damaged or another job's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        _check_job(folder, identity)
        path = folder / ROWS
        _cut_torn_end(path)
        kept = read_rows(folder, count)
        with path.open("ab", buffering=0) as file:
            yield Journal(file, kept)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which the system lets go of when a process is killed."""
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ScoringError(
            "This cohort is being scored already. Wait for that to end, or stop it."
        ) from None
    try:
        yield
    finally:
        lock.release()


def read_rows(folder: Path, count: int) -> dict[int, ScoredRow]:
    """The rows that are done, by position; a line that is still being written is left out.

    Raises ``ScoringError`` when they are damaged.
    """
    path = folder / ROWS
    data = path.read_bytes() if path.is_file() else b""
    found: dict[int, ScoredRow] = {}
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        try:
            row = row_of_line(line)
        except ValidationError as error:
            raise _damaged(message("line {number} is no row", number=number)) from error
        if row.position >= count or row.position in found:
            raise _damaged(message("line {number} is of no picture in the list", number=number))
        found[row.position] = row
    return found


def _damaged(reason: str) -> ScoringError:
    return ScoringError(
        "The scores of an earlier run cannot be read: {reason}. Delete its folder and start again.",
        reason=reason,
    )


def _check_job(folder: Path, identity: str) -> None:
    path, mark = folder / JOB, json.dumps({"job": identity})
    if path.is_file() and path.read_text("utf-8") != mark:
        raise ScoringError(
            "The working folder holds the scores of another cohort or model. Choose another "
            "folder, or delete it."
        )
    write_whole(path, mark)


def _cut_torn_end(path: Path) -> None:
    if not path.is_file():
        return
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.truncate(path, whole)
