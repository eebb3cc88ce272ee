"""Long tables: Streamlit's grid to scroll and sort, or the same rows as a plain table.

The Tab key goes through a grid cell by cell, and a screen reader hears of it only what it has been
scrolled to. So a switch stands before each, and who turns it finds a table that is one stop of the
Tab key and is read row by row.
"""

from collections.abc import Collection
from typing import Any, Final

import pandas as pd
import streamlit as st

from face2bone.dashboard.common import elements
from face2bone.dashboard.common.language import say

MOST_ROWS: Final = 200  # of a plain table, which a browser draws whole


def grid(said: pd.DataFrame, key: str, pictures: Collection[str] = (), **options: Any) -> None:
    """Show a table that is in the visitor's language, as ``elements.said`` makes it.

    A plain table leaves the columns ``pictures`` out; ``options`` are ``st.dataframe``'s.
    """
    plain = st.toggle(
        say("Plain table, for keyboard and screen reader"),
        key=f"{key}_plain",
        persist_state="session",
    )
    if not plain:
        st.dataframe(said, hide_index=True, key=key, **options)
        return
    titles = {name: _title(name, options.get("column_config", {})) for name in said.columns}
    _plain(said.drop(columns=list(pictures)).rename(columns=titles))


def _title(name: str, config: dict[str, Any]) -> str:
    """What a column is called on the page."""
    return str(config.get(name, {}).get("label") or name)


def _plain(said: pd.DataFrame) -> None:
    shown = said.head(MOST_ROWS)
    body = [[_text(value) for value in row] for row in shown.itertuples(index=False)]
    elements.table(list(shown.columns), body, words=str)
    if len(said) > MOST_ROWS:
        st.caption(
            say("The first {shown} of {all} rows.", shown=str(MOST_ROWS), all=str(len(said)))
        )


def _text(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
