"""The one kind of field for a number on every page.

Streamlit's own marks a number out of range red and hands the former one on, and swallows a
decimal comma. Here what was typed is read on the server; what cannot be used is said under the
field and counts as nothing, never as what stood there before.
"""

from dataclasses import dataclass

import streamlit as st

from face2bone.dashboard.common import elements
from face2bone.dashboard.common.language import say
from face2bone.errors import NumberRefused
from face2bone.typed import Quantity

MOST_CHARACTERS = 20


@dataclass(frozen=True)
class Typed:
    """What a field holds: a value, nothing, or what was ``refused`` and so has no value."""

    value: float | None
    refused: bool = False


def number_field(quantity: Quantity, key: str, given: float | None = None) -> Typed:
    """Ask for a quantity; ``given`` stands in the field at first."""
    with st.container():  # what is said under the field moves nothing that stands after it
        text = st.text_input(
            say(quantity.title),
            value="" if given is None else f"{given:g}",
            max_chars=MOST_CHARACTERS,
            key=key,
            persist_state="session",
        )
        try:
            return Typed(quantity.read(text))
        except NumberRefused as refusal:
            elements.refusal(refusal)
            return Typed(None, refused=True)
