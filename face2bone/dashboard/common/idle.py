"""How long ago each sign-in was used, for all its tabs, by the clock of the server.

A browser keeps its sign-in for a month, and a page that is reloaded is a new session to Streamlit:
neither may begin the time anew. So it is kept here by sign-in, and one that this server has not
seen yet was last used when it was made.

Which sign-ins were ended is known to this process alone. So one that is older than the process is
over: else a restart would bring back the copied cookie of somebody who had signed out.

A clock that is set back must give nobody more time, nor bring back what was over. So the seconds
that the computer has been running count too, which no clock turns, but which stand still while it
sleeps: a sign-in is over when either says so. What was over once stays over for as long as a
browser keeps it.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from face2bone import clock
from face2bone.roles import User

_Key = tuple[str, datetime]
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
WHOLE_SECOND: Final = timedelta(seconds=1)
BROWSER_KEEPS: Final = timedelta(days=31)
"""Longer than Streamlit's cookie, which ends after 30 days."""


@dataclass(frozen=True)
class _Moment:
    """By the clock, and in seconds that no clock turns."""

    at: datetime
    running: float

    def within(self, limit: timedelta, since: "_Moment") -> bool:
        """Whether no more than the limit has passed since then, whichever of both one asks."""
        ran = timedelta(seconds=self.running - since.running)
        return abs(self.at - since.at) <= limit and ran <= limit


def _now() -> _Moment:
    return _Moment(clock.now(), clock.running())


class LastUse:
    """When every sign-in was last used, and which are over."""

    def __init__(self) -> None:
        self._began = clock.running()
        self._used: dict[_Key, _Moment] = {}
        self._over: dict[_Key, float] = {}
        self._lock = threading.Lock()

    def use(self, user: User, limit: timedelta) -> bool:
        """Whether the sign-in still holds; if it does, it is used now."""
        with self._lock:
            self._end_what_is_over(limit)
            holds = self._holds(user, limit)
            if holds:
                self._used[_key(user)] = _now()
        return holds

    def holds(self, user: User, limit: timedelta) -> bool:
        """The same without using it, for what happens by itself."""
        with self._lock:
            return self._holds(user, limit)

    def end(self, user: User) -> None:
        """It is over, in every tab and for whoever has copied it."""
        with self._lock:
            self._end(_key(user))

    def _holds(self, user: User, limit: timedelta) -> bool:
        if user.is_local:
            return True
        key, now = _key(user), _now()
        if key in self._over or (key not in self._used and self._is_older(key[1], now)):
            return False
        # The clock of who issued it may be ahead of this one, but not by more than the limit.
        last = self._used.get(key, _Moment(key[1], now.running))
        holds = now.within(limit, last)
        if not holds and now.at > last.at:
            self._end(key)
        return holds

    def _is_older(self, issued: datetime, now: _Moment) -> bool:
        """Whether it was issued before this process began; it is said in whole seconds."""
        ran = timedelta(seconds=now.running - self._began)
        return now.at - issued > ran + WHOLE_SECOND

    def _end_what_is_over(self, limit: timedelta) -> None:
        """So that it stays over; and of what no browser has any more nothing is remembered."""
        now = _now()
        for key in [key for key, last in self._used.items() if not now.within(limit, last)]:
            self._end(key)
        kept = BROWSER_KEEPS.total_seconds()
        self._over = {k: since for k, since in self._over.items() if now.running - since <= kept}

    def _end(self, key: _Key) -> None:
        self._used.pop(key, None)
        self._over[key] = clock.running()


def _key(user: User) -> _Key:
    return user.id, user.signed_in_at or _NEVER


LAST_USE: Final = LastUse()
