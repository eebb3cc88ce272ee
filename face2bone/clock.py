"""What time it is: the only module that asks the computer's clock.

What is stored, and compared with what is stored, is a moment in UTC. What a person reads is the
day and the hour where they are: the time zone of the computer that runs the program, which the
environment variable ``TZ`` sets where it has none of its own, as in a container.
"""

import time
from datetime import UTC, date, datetime


def now() -> datetime:
    """The moment it is, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment as the clock on the wall shows it, with its offset from UTC.

    ``moment`` carries an offset too. Raises ``ValueError`` for one that does not, because nobody
    knows which moment that is.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset from UTC is none")
    return moment.astimezone()


def running() -> float:
    """Seconds that pass whatever the clock is set to: only their difference means something.

    They may stand still while the computer sleeps.
    """
    return time.monotonic()


def of_seconds(seconds: float) -> datetime:
    """The moment so many seconds after 1970 began, in UTC; ``ValueError`` for one out of range."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("a moment out of range is none") from error


def today() -> date:
    """The day it is here."""
    return local(now()).date()


def in_words(moment: datetime) -> str:
    """Day and hour here as a person reads them, such as "2026-11-28 14:05"."""
    return local(moment).strftime("%Y-%m-%d %H:%M")
