"""Putting things on the page safely: pictures as data URIs, errors as sentences, the banner.

Streamlit serves ``st.image`` from a store that any client can read by its address, so a
picture a person can be recognised by is written into the page itself instead.
"""

import base64
import html
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face2bone.dashboard.common.language import language, say, speaker_of
from face2bone.dashboard.common.literal import sentence
from face2bone.errors import Face2BoneError
from face2bone.words import Made, catalogue, template

if TYPE_CHECKING:  # Review needs none
    import pandas as pd

NO_MESSAGES: Final[Mapping[str, Made]] = {}
COLUMN_REM: Final = 9  # the least that a table's column takes
STATUS_WORDS: Final = {
    "demo": template("DEMO MODEL"),
    "research": template("RESEARCH MODEL"),
    "locally-validated": template("LOCALLY VALIDATED MODEL"),
}


def picture(png: bytes, alt: str, width: int | None = None, kind: str = "png") -> None:
    """Show a picture inline; ``alt`` says what it shows to someone who cannot see it."""
    data = base64.b64encode(png).decode()
    size = f"width:{width}px;" if width else "width:100%;"
    st.html(
        f'<img src="data:image/{kind};base64,{data}" alt="{html.escape(alt)}" '
        f'style="{size}max-width:100%;height:auto;border-radius:8px">',
        width="content" if width else "stretch",
    )


def site_folder(
    root: Path, folders_of: Callable[[Path], Mapping[str, Path]], label: str, key: str
) -> Path | None:
    """One of the folders that the site offers in ``root``, by its name: no path is asked for.

    Where ``folders_of`` refuses, that is said, and what else the page has is there all the same.
    """
    try:
        folders = folders_of(root)
    except Face2BoneError as error:
        refusal(error)
        return None
    name = st.selectbox(label, list(folders), index=None, placeholder=say("Choose"), key=key)
    return folders.get(name) if name else None


def drawing(svg: str) -> None:
    """Show an SVG as part of the page, in the page's own colours.

    ``st.html`` lets no SVG through. The drawing is on one line, so that none of it is Markdown.
    """
    st.markdown(f'<div class="drawing">{svg}</div>', unsafe_allow_html=True)


def refusal(error: Face2BoneError) -> None:
    """Show a typed error as its sentence; nothing technical reaches the page."""
    st.error(sentence(str(error), catalogue(language())), icon=":material/error:")


def banner(status: str) -> None:
    """The bundle's status, which stays on the screen while the page scrolls."""
    from face2bone.bundle.card import notice_of

    name, notice = say(STATUS_WORDS[status]), html.escape(say(notice_of(status)))
    # Not st.html: the page's drawings need what a browser loads for Markdown with HTML in it, and
    # so has it before the first result.
    st.markdown(
        '<div role="note" style="position:fixed;bottom:0;left:0;right:0;z-index:1000000;'
        'padding:6px 16px;text-align:center;font-size:0.9rem;background:#5c2d00;color:#fff">'
        f"<strong>{name}</strong> · {notice}</div>",
        unsafe_allow_html=True,
    )


def status(of_a_study: str) -> None:
    """The status of the bundle that a finished study is of, before any figure of it."""
    from face2bone.bundle.card import notice_of

    st.markdown(f"**{say(STATUS_WORDS[of_a_study])}** · {say(notice_of(of_a_study))}")


def places(count: int) -> list[DeltaGenerator]:
    """So many places, one below the other: what one comes to hold moves none of the others."""
    return [st.container() for _ in range(count)]


def one_of_two(side: int) -> DeltaGenerator:
    """Of two places the one on this side, 0 or 1; what was drawn in the other goes at once."""
    pair = [st.container() if i == side else st.empty() for i in range(2)]
    return pair[side]


def step(number: int, title: str, meaning: str) -> None:
    """A step's heading and one sentence on what it is for."""
    st.header(f"{number}. {title}")
    st.caption(meaning)


def table(
    head: Sequence[str], body: Sequence[Sequence[str]], words: Callable[[str], str] = say
) -> None:
    """A plain table that a screen reader reads; the first column names the row.

    Head and cells are said in the visitor's language, or as ``words`` says them.

    Written into the page: Streamlit's own tables make a browser load half a megabyte first.
    """
    first = "".join(f'<th scope="col">{_cell(words(name))}</th>' for name in head)
    rows = "".join(f"<tr>{_row(list(map(words, row)))}</tr>" for row in body)
    # A wide one is moved sideways on a narrow screen, not cut off or squeezed to a letter a line.
    width = f"min-width:{COLUMN_REM * len(head)}rem"
    st.markdown(
        f'<div style="overflow-x:auto" tabindex="0"><table style="{width}">'
        f"<thead><tr>{first}</tr></thead><tbody>{rows}</tbody></table></div>",
        unsafe_allow_html=True,
    )


def _row(cells: Sequence[str]) -> str:
    named = f'<th scope="row">{_cell(cells[0])}</th>'
    return named + "".join(f"<td>{_cell(cell)}</td>" for cell in cells[1:])


def _cell(text: str) -> str:
    """The text as HTML on one line, so that none of it is Markdown."""
    return html.escape(" ".join(text.split()))


def said(
    frame: "pd.DataFrame",
    as_given: Collection[str] = (),
    messages: Mapping[str, Made] = NO_MESSAGES,
) -> "pd.DataFrame":
    """A data frame with head, row names and cells in the visitor's language.

    What somebody else wrote, in the columns ``as_given``, stays as it is. ``messages``: how cells
    that a table holds as plain text were made.
    """
    known = speaker_of(messages)

    def spoken(value: Any) -> Any:
        return known(value) if isinstance(value, str) else value

    cells = {
        name: column if name in as_given else column.map(spoken) for name, column in frame.items()
    }
    return type(frame)(cells).rename(columns=spoken, index=spoken)


def folded(label: str, key: str, draw: Callable[[], None]) -> None:
    """What is drawn, and computed, only for who opens it."""
    fold = st.expander(label, key=key, on_change="rerun")
    if fold.open:
        with fold:
            draw()
