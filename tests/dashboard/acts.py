"""What a test does on a page that computes in the background."""

import html
import re
from collections.abc import Sequence
from typing import Any

from streamlit.testing.v1 import AppTest

from face2bone.dashboard.common.job import Job
from face2bone.dashboard.review.layout import FULL

SECONDS = 120


def in_full(app: AppTest) -> AppTest:
    """A page that has not run yet, as researchers have it."""
    app.session_state[FULL] = True
    return app


def done(app: AppTest) -> AppTest:
    """The page once every job of its session is over, as its own look at them would show it."""
    for found in app.session_state["review_case"].results.values():
        if isinstance(found, Job):
            assert found.wait(SECONDS)
    return app.run()


def at_records(app: AppTest) -> bool:
    """Whether the report and saving are offered."""
    assert not app.exception
    return bool(app.get("download_button"))


def text(app: AppTest) -> str:
    """What the page says in sentences."""
    assert not app.exception
    return "\n".join(str(e.value) for e in (*app.markdown, *app.caption))


def opened(app: AppTest, tab: str) -> AppTest:
    """The page with this tab of Review open."""
    app.session_state[app.session_state["review_case"].patient_key("more")] = tab
    return app.run()


def explained(app: AppTest) -> AppTest:
    """The page with *Why* open and everything there computed."""
    return done(opened(app, "Why"))


def named(elements: Sequence[Any], name: str) -> Any:
    """The one widget of this name, whichever patient it is about."""
    (found,) = [e for e in elements if e.key == name or (e.key or "").startswith(f"{name}_")]
    return found


def place_of(app: AppTest, key: str) -> tuple[int, ...]:
    """Where a widget stands on the page: one that stands elsewhere in the next drawing is made
    anew by the browser, and focus and what is half typed in it are lost."""

    def within(block: Any, path: tuple[int, ...]) -> list[tuple[int, ...]]:
        found = [path] if getattr(block, "key", None) == key else []
        for i, child in getattr(block, "children", {}).items():
            found += within(child, (*path, i))
        return found

    (place,) = within(app.main, ())
    return place


def tables(app: AppTest) -> list[str]:
    """The text of every table of ``show.table``: a line a row, cells parted by a bar."""
    written = [str(m.value) for m in app.markdown if "<table" in str(m.value)]
    return [_text(table) for table in written]


def _text(table: str) -> str:
    rows = re.findall("<tr>(.*?)</tr>", table)
    cells = [re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]
    return "\n".join(" | ".join(map(html.unescape, row)) for row in cells)
