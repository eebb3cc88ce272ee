"""What this program logs: one JSON object a line, of fields that can hold nothing of a patient.

A fixed sentence of ours says what happened, and the fields beside it are those of ``FIELDS``, each
of a shape of its own: a number, a hash, the name of a type, a place in the code. The text of an
exception, of a warning or of another library's line is never logged, because it may repeat what was
typed, a path, an address or a picture's header. Errors that nobody expected have an id, which the
person before the screen is shown, and the places in the code that they came by.

Libraries and child processes are told nothing of this; whoever starts the program (the command
line, the dashboard) holds ``kept`` around it.
"""

import errno
import json
import logging
import os
import re
import secrets
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TextIO

from face2bone.clock import of_seconds
from face2bone.errors import Face2BoneError
from face2bone.words import template

OWN: Final = "face2bone"
WENT_WRONG: Final = template(
    "Something went wrong. Try again; if it happens again, quote error {error} to whoever looks "
    "after this program."
)
"""What a person is told of an error that nobody expected."""

_NAME: Final = r"[A-Za-z_][\w.]{0,99}"
_WHOLE: Final = r"\d{1,9}"
FIELDS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(shape, re.ASCII)
    for name, shape in {
        "error": r"[0-9A-F]{4}-[0-9A-F]{4}",  # what the person was told to quote
        "type": _NAME,  # of an exception or warning
        "at": rf"{_NAME}:{_WHOLE}",  # module and line, the outermost first
        "cause": _NAME,
        "cause_at": rf"{_NAME}:{_WHOLE}",
        "errno": r"E[A-Z0-9]{1,19}",  # such as ENOSPC
        "library": _NAME,
        "picture": r"[0-9a-f]{8}",  # the beginning of its hash
        "report": r"[0-9a-f]{8}",  # the same of a report that is sent
        "http": r"[1-5]\d\d",  # status of an answer to it
        "transfer_syntax": r"1\.2\.840\.10008\.[\d.]{1,30}",  # one of DICOM's own
        "status": r"[0-9A-F]{4}",  # of a DICOM answer
        "seconds": _WHOLE,
        "times": _WHOLE,
        "precision": r"f32|bf16",
    }.items()
}
"""Fields that a line may have beside time, level and event; what is not of its shape is left out.
"""
MOST_PLACES: Final = 30
_ID: Final = "_face2bone_error_id"

_log = logging.getLogger(__name__)


def error_id(error: BaseException) -> str:
    """What this error is called wherever it is told of, such as "7F3A-91C2"."""
    number = secrets.token_hex(4).upper()
    found: str = vars(error).setdefault(_ID, f"{number[:4]}-{number[4:]}")
    return found


def told(error: BaseException) -> dict[str, Any]:
    """Fields of an error: what it is and where, nothing of what it says; typed ones have no id."""
    fields: dict[str, Any] = {"type": type(error).__name__, "at": _places(error)}
    if not isinstance(error, Face2BoneError):
        fields["error"] = error_id(error)
    if isinstance(error, OSError) and error.errno is not None:
        fields["errno"] = errno.errorcode.get(error.errno, "")
    cause = error.__cause__ or error.__context__
    if isinstance(error, BaseExceptionGroup):
        cause = error.exceptions[0]
    if cause is not None:
        fields |= {"cause": type(cause).__name__, "cause_at": _places(cause)}
    return fields


def fault(log: logging.Logger, error: BaseException, event: str = "A fault", **more: object) -> str:
    """Log an error that nobody expected; returns its id.

    Not by ``exc_info``, from which a handler that is not ours would print its text.
    """
    log.error(event, extra={**told(error), **more})
    return error_id(error)


def _places(error: BaseException) -> list[str]:
    """Module and line of every frame of ours, and of the one that raised it."""
    frames = [
        (str(frame.f_globals.get("__name__")), line)
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    ours = [one for one in frames[:-1] if one[0].partition(".")[0] == OWN]
    return [f"{module}:{line}" for module, line in [*ours, *frames[-1:]][-MOST_PLACES:]]


class JsonLine(logging.Formatter):
    """One record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, event, and of everything else the allowed fields of the right shape."""
        found, level, event = vars(record).copy(), record.levelname, str(record.msg)
        if record.name.partition(".")[0] != OWN:
            found = {"library": record.name, "at": [f"{record.module}:{record.lineno}"]}
            event = "A library's line, whose text is left out"
        if record.exc_info and record.exc_info[1] is not None:
            found |= told(record.exc_info[1])
            typed = isinstance(record.exc_info[1], Face2BoneError)
            level, event = ("INFO", "Refused") if typed else (level, "A fault")
        time = of_seconds(record.created).isoformat(timespec="milliseconds")
        first = {"time": time, "level": level, "event": event}
        return json.dumps(first | _allowed(found), ensure_ascii=True)


def _allowed(found: Mapping[str, object]) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, shape in FIELDS.items():
        value = found.get(name)
        several = [str(one) for one in (value if isinstance(value, list) else [value])]
        good = [one for one in several if shape.fullmatch(one)]
        if value is not None and good:
            kept[name] = good if isinstance(value, list) else good[0]
    return kept


class _Lines(logging.StreamHandler[TextIO]):
    """Writes to a duplicate of stderr as it was, which stays when a library is being silenced."""

    def __init__(self) -> None:
        try:
            descriptor = os.dup(2)
        except OSError:  # the process was given none
            descriptor = os.open(os.devnull, os.O_WRONLY)
        super().__init__(os.fdopen(descriptor, "w", encoding="utf-8", buffering=1))
        self.setFormatter(JsonLine())

    def filter(self, record: logging.LogRecord) -> bool:
        """Of libraries what is at least a warning."""
        ours = record.name.partition(".")[0] == OWN
        return (ours or record.levelno >= logging.WARNING) and bool(super().filter(record))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's name
        """A line that cannot be written is lost: logging's own words about it hold its values."""


@contextmanager
def kept() -> Iterator[None]:
    """While inside, everything that is logged in this process is lines of JSON on stderr.

    So are warnings, and errors that end a thread. Handlers that libraries have set up for
    themselves are set aside.
    """
    root, own, handler = logging.getLogger(), logging.getLogger(OWN), _Lines()
    hooks = warnings.showwarning, threading.excepthook, sys.unraisablehook
    aside, level = _set_aside(), own.level
    root.addHandler(handler)
    own.setLevel(logging.INFO)
    warnings.showwarning = _warned
    threading.excepthook = _thread_ended
    sys.unraisablehook = _unraisable
    try:
        yield
    finally:
        warnings.showwarning, threading.excepthook, sys.unraisablehook = hooks
        own.setLevel(level)
        root.removeHandler(handler)
        for logger, handlers, propagates in aside:
            logger.handlers, logger.propagate = handlers, propagates
        handler.close()
        with suppress(OSError):  # a full disk, of which it could not be told
            handler.stream.close()


def _set_aside() -> list[tuple[logging.Logger, list[logging.Handler], bool]]:
    made = [*logging.root.manager.loggerDict.values(), logging.root]
    loggers = [one for one in made if isinstance(one, logging.Logger)]
    aside = [(one, one.handlers, one.propagate) for one in loggers]
    for logger in loggers:
        logger.handlers = [one for one in logger.handlers if not _on_the_terminal(one)]
        logger.propagate = True
    return aside


def _on_the_terminal(handler: logging.Handler) -> bool:
    return getattr(handler, "stream", None) in (
        sys.stdout,
        sys.stderr,
        sys.__stdout__,
        sys.__stderr__,
    )


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    at = [f"{Path(filename).stem}:{lineno}"] if filename.endswith(".py") else []
    _log.warning("A library warns", extra={"type": category.__name__, "at": at})


def _thread_ended(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        fault(_log, args.exc_value, "A thread ended by a fault")


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    if args.exc_value is not None:
        fault(_log, args.exc_value, "A fault while something was let go of")
