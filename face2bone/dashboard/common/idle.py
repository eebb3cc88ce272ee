"""How long ago each sign-in was used, for all its tabs, by the clock of the server.

A browser keeps its sign-in for a month, and a page that is reloaded is a new session to Streamlit:
neither may begin the time anew. So it is kept here by sign-in, and one that this server has not
seen yet, as after a restart, was last used when it was made.
"""

import threading
from datetime import UTC, datetime, timedelta
from typing import Final

from face2bone import clock
from face2bone.roles import User

_Key = tuple[str, datetime]
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class LastUse:
    """When every sign-in was last used, and which are over."""

    def __init__(self) -> None:
        self._used: dict[_Key, datetime] = {}
        self._ended: set[_Key] = set()
        self._lock = threading.Lock()

    def use(self, user: User, limit: timedelta) -> bool:
        """Whether the sign-in still holds; if it does, it is used now."""
        with self._lock:
            holds = self._holds(user, limit)
            if holds:
                self._used[_key(user)] = clock.now()
            self._forget(limit)
        return holds

    def holds(self, user: User, limit: timedelta) -> bool:
        """The same without using it, for what happens by itself."""
        with self._lock:
            return self._holds(user, limit)

    def end(self, user: User) -> None:
        """It is over, in every tab and for whoever has copied it."""
        with self._lock:
            self._used.pop(_key(user), None)
            self._ended.add(_key(user))

    def _holds(self, user: User, limit: timedelta) -> bool:
        if user.is_local:
            return True
        key, now = _key(user), clock.now()
        # The clock of who issued it may be ahead of this one, but not by more than the limit.
        last = self._used.get(key, key[1])
        return key not in self._ended and abs(now - last) <= limit

    def _forget(self, limit: timedelta) -> None:
        """Of what is too old to hold by itself nothing need be remembered."""
        now = clock.now()
        self._used = {key: at for key, at in self._used.items() if now - at <= limit}
        self._ended = {key for key in self._ended if now - key[1] <= limit}


def _key(user: User) -> _Key:
    return user.id, user.signed_in_at or _NEVER


LAST_USE: Final = LastUse()
