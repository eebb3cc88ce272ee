"""The cohorts that are being scored: one a visitor, beside the pages, found again after a reload.

A reload is a new session to Streamlit, so a cohort belongs to the browser: to the secret that the
server gave it as a cookie. The pictures stay in memory and go with the last of them, or once
nobody has looked at a paused job for a while. Only rows of numbers and hashes are on the disk, so
that work goes on after the server was started again: the same files given again are the same job.
"""

import contextlib
import hashlib
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st
from platformdirs import user_data_path
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from face2bone import clock
from face2bone.dashboard.common.job import Job
from face2bone.dashboard.common.sign_in import permitted
from face2bone.dashboard.common.waiting_line import Line
from face2bone.errors import ScoringError
from face2bone.roles import Permission
from face2bone.settings import get_settings
from face2bone.words import template

if TYPE_CHECKING:  # seconds to import
    from face2bone.assess import Assessor
    from face2bone.cohort_explanations.table import Explored
    from face2bone.progress import Progress
    from face2bone.scoring import job as scoring
    from face2bone.scoring.journal import ScoredRow
    from face2bone.scoring.pictures import Pictures
    from face2bone.scoring.score_list import ScoreList

AT_ONCE: Final = 2
"""Cohorts that are scored at once, over all visitors; others wait."""
PAUSED_SECONDS: Final = 30 * 60.0
"""After so long without anybody looking, the pictures of a job that does not run are let go of."""
LEFT_SECONDS: Final = 24 * 3600.0
"""After so long without anybody looking, a job that does not run is forgotten."""
FOLDER_SECONDS: Final = 7 * 24 * 3600.0
"""After so long without a new row, a job's folder is deleted."""
STEPS: Final = {"reading": template("Reading the pictures"), "scoring": template("Scoring")}
EXPLAINING: Final = {"explaining": template("Explaining")}
_VISITOR: Final = "cohort_visitor"


class Work:
    """One visitor's cohort, and the thread that scores it.

    ``kept``: whether the pictures stay in memory once all are scored, to be explained.
    """

    def __init__(
        self,
        listed: "ScoreList",
        pictures: "Pictures",
        assessor: "Assessor",
        root: Path,
        kept: bool = False,
    ) -> None:
        self.listed, self.facts, self._kept = listed, assessor.facts, kept
        self.explaining: Job[Explored] | None = None
        self.pictures: Pictures | None = pictures
        self.seen = time.monotonic()
        self.at: scoring.Standing | None = None
        self._assessor, self._root = assessor, root
        self._job: scoring.Job | None = None
        self._folder: Path | None = None
        self._run = Job(self._work, STEPS, shared_line())

    @property
    def running(self) -> bool:
        """Whether it is being worked on, or waits for its turn."""
        return not self._run.over and not self._run.stopped

    @property
    def busy(self) -> bool:
        """Whether it is being scored or explained."""
        return self.running or not (self.explaining is None or self.explaining.over)

    @property
    def explained(self) -> "Explored | None":
        """The cohort as Explore shows it, once that was asked for and is done."""
        return None if self.explaining is None else self.explaining.result()

    def explain(self) -> None:
        """Explain every picture that was scored, beside the page; its rows stay in memory."""
        if self.pictures is not None and self.done:
            self.explaining = Job(self._explain, EXPLAINING, shared_line())

    def _explain(self, progress: "Progress") -> "Explored":
        from face2bone.cohort_explanations.scored import explain_scored
        from face2bone.cohort_explanations.table import explored

        pictures = self.pictures
        if pictures is None:
            raise ScoringError("The pictures are not in memory any more. Give the files again.")
        return explored(
            explain_scored(self.listed, pictures, self.rows(), self._assessor, progress)
        )

    @property
    def waiting(self) -> bool:
        """Whether other visitors' cohorts go first."""
        return self.running and self._run.before is not None

    @property
    def done(self) -> bool:
        """Whether every picture has its row."""
        return self.at is not None and self.at.step == "scoring" and self.at.done == self.at.total

    @property
    def count_done(self) -> int:
        """How many pictures have their row."""
        return 0 if self.at is None or self.at.step == "reading" else self.at.done

    @property
    def can_go_on(self) -> bool:
        """Whether the pictures are still there."""
        return self.pictures is not None

    def raise_error(self) -> None:
        """Raise what ended the work, if anything did."""
        self._run.result()

    def rows(self) -> "tuple[ScoredRow, ...]":
        """The rows that are done, in the order of the list; raises ``ScoringError``."""
        from face2bone.scoring.journal import read_rows

        if self._folder is None:
            return ()
        found = read_rows(self._folder, len(self.listed))
        return tuple(found[position] for position in sorted(found))

    def pause(self) -> None:
        """End the work after the picture at hand; what is done stays."""
        self._run.stop()

    def resume(self) -> None:
        """Go on where it was stopped."""
        if not self.running and self.can_go_on:
            before = self._run

            def work(progress: "Progress") -> None:
                before.wait()  # it may still be at its last picture
                self._work(progress)

            self._run = Job(work, STEPS, shared_line())

    def let_go_of_pictures(self) -> None:
        """Forget the pictures; the rows that are done stay."""
        self.pictures = self._job = None

    def close(self) -> None:
        """Stop, and forget everything, the folder too."""
        self.pause()
        if self.explaining is not None:
            self.explaining.stop()
        self.let_go_of_pictures()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _work(self, progress: "Progress") -> None:
        from face2bone.scoring import job as scoring

        def told(at: "scoring.Standing") -> None:
            self.at = at
            progress(at.step, at.fraction)

        pictures, job = self.pictures, self._job
        if pictures is None:
            return
        if job is None:
            job = self._job = scoring.prepared(self.listed, pictures, self._assessor, told)
            self._folder = self._root / job.identity
        scoring.run(job, self._root / job.identity, told)
        if not self._kept:
            self.let_go_of_pictures()


_works: dict[str, Work] = {}
_changing: Final = threading.Lock()


@lru_cache(maxsize=1)
def shared_line() -> Line:
    """Where cohorts wait for their turn, so that none stands before an explanation."""
    return Line(AT_ONCE)


def visitor() -> str:
    """Whose page this is: a hash of the browser's own secret, the same after a reload.

    And of the user where there is a sign-in: of two who share a browser each has a cohort of their
    own. Raises ``AccessError`` for who may not score.
    """
    user = permitted(Permission.SCORE)
    token, _ = decode_xsrf_token_string(st.context.cookies.get(XSRF_COOKIE_NAME, ""))
    if token is None:  # a browser that takes no cookies: the job ends with its session
        own: str = st.session_state.setdefault(_VISITOR, secrets.token_hex(16))
        token = own.encode()
    return hashlib.sha256(b"cohort" + token + user.id.encode()).hexdigest()


def jobs_folder(whose: str) -> Path:
    """Where a visitor's rows are kept; raises ``SettingsError``."""
    root = get_settings().jobs or user_data_path("face2bone") / "cohort-jobs"
    return root / whose[:32]


def work_of(whose: str) -> Work | None:
    """A visitor's cohort, if there is one; it has been looked at."""
    with _changing:
        found = _works.get(whose)
    if found is not None:
        found.seen = time.monotonic()
    return found


def begin(whose: str, make: Callable[[], Work]) -> Work:
    """The visitor's cohort; made now where there is none, as another tab may have begun one."""
    with _changing:
        if whose not in _works:
            _works[whose] = make()
        return _works[whose]


def leave(whose: str) -> None:
    """Forget a visitor's cohort, but not the rows that are done: the same files go on from them."""
    with _changing:
        _works.pop(whose, None)


def end(whose: str) -> None:
    """Forget a visitor's cohort and all that is kept of it."""
    with _changing:
        found = _works.pop(whose, None)
    if found is not None:
        found.close()


def sweep() -> None:
    """Let go of what nobody has looked at for long; a job that runs is left alone."""
    now = time.monotonic()
    with _changing:
        idle = {w: work for w, work in _works.items() if not work.busy}
        for whose, work in idle.items():
            if now - work.seen > LEFT_SECONDS:
                del _works[whose]
            elif now - work.seen > PAUSED_SECONDS:
                work.let_go_of_pictures()


def delete_old(root: Path) -> None:
    """Delete the folders of jobs that nobody has gone on with.

    Where the clock was set back, what was written before seems to be of a day to come: its time
    begins today.
    """
    now = clock.now().timestamp()
    for folder in root.glob("*/*"):
        with contextlib.suppress(OSError):
            paths = (folder, *folder.iterdir())
            for path in paths:
                if path.stat().st_mtime > now:
                    os.utime(path, (now, now))
            if max(path.stat().st_mtime for path in paths) < now - FOLDER_SECONDS:
                shutil.rmtree(folder)
