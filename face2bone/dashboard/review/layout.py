"""Where things stand on Review: what is typed on one side, the answer on the other.

On a wide screen both stay in view while what lies behind the tabs is scrolled. On a narrow one
the answer follows what is typed, and everything scrolls. Printed, only the answer is left.

Simple for clinicians, full for researchers: the simple view leaves out how an explanation is set up
and checked, and the figures of concepts and of the photo's checks. It hides no result, no
suggestion, no reason and no warning. The address says which view it is, so that a bookmark opens
the same one again.
"""

from dataclasses import dataclass
from string import Template
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face2bone.dashboard.common.language import say

FULL: Final = "full"


def mode_switch() -> None:
    """The switch; drawn before anything that asks ``is_full``."""
    st.toggle(say("Full view, for research"), key=FULL, bind="query-params")


def is_full() -> bool:
    """Whether everything is shown."""
    return bool(st.session_state.get(FULL))


HEADER: Final = "3.75rem"  # Streamlit's own, which covers what scrolls under it
WIDE: Final = "(min-width: 1100px)"
TALL: Final = "(min-height: 700px)"  # on a lower screen a card that stays leaves no room for a tab

_STYLE: Final = Template("""
<style>
[data-testid="stMainBlockContainer"]:has(.st-key-entry) { padding: 4.25rem 2rem 4rem; }
.st-key-entry h1 { font-size: 1.25rem; padding: 0.3rem 0; }
.st-key-answer h2 { font-size: 1rem; padding: 0; margin: 0; }
.st-key-answer h3 { font-size: 1.35rem; padding: 0; margin: 0; }
.st-key-answer [data-testid="stHeading"] [data-testid="stMarkdownContainer"],
.st-key-answer [data-testid="stAlert"] [data-testid="stMarkdownContainer"],
.st-key-answer [data-testid="stMarkdownContainer"]:has(.drawing) { margin-bottom: 0; }
.st-key-answer [data-testid="stHeaderActionElements"] a { display: none; }
.st-key-heard { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }
.st-key-answer label p { white-space: normal; overflow: visible; }
.st-key-answer .stMarkdownBadge { white-space: normal !important; }
.st-key-samples button { padding: 0.2rem 0.15rem; min-height: 2.2rem; }
.st-key-samples button p { font-size: 0.8125rem; text-overflow: clip; }
.st-key-entry [data-testid="stColumn"] { min-width: 0 !important; flex: 1 1 0 !important; }
.st-key-entry [data-testid="stHorizontalBlock"] { flex-wrap: nowrap; gap: 0.75rem; }
.st-key-entry [data-testid="stVerticalBlock"], .st-key-entry { gap: 0.6rem; }
.st-key-answer [data-testid="stVerticalBlock"], .st-key-answer { gap: 0.5rem; }
.st-key-answer [data-testid="stAlertContainer"] { padding: 0.5rem 0.75rem; }
@media not all and $wide {
  [data-testid="stMainBlockContainer"]:has(.st-key-entry) { padding: 4.25rem 1rem 4rem; }
  [data-testid="stColumn"]:has(.st-key-entry), [data-testid="stColumn"]:has(.st-key-answer) {
    min-width: 100%; }
}
@media $wide and $tall {
  [data-testid="stColumn"]:has(> div .st-key-entry) {
    position: sticky; top: $header; align-self: flex-start;
    max-height: calc(100vh - $header - 2.2rem); overflow-y: auto; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-answer) {
    position: sticky; top: $header; z-index: 90; padding: 0.5rem 0 0.25rem;
    background: light-dark($light, $dark);
    border-bottom: 1px solid light-dark($light_line, $dark_line); }
}
@media print {
  [data-testid="stColumn"]:has(.st-key-entry), .st-key-actions, .st-key-more,
  [data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stTooltipIcon"] {
    display: none !important; }
  [data-testid="stApp"], [data-testid="stMain"], [data-testid="stAppViewContainer"] {
    position: static !important; height: auto !important; overflow: visible !important; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-answer) { position: static; border: none; }
  [role="note"] { position: static !important; print-color-adjust: exact; }
}
</style>
""")


@dataclass(frozen=True)
class Card:
    """The places of the answer, which never move: one that stays empty takes no room."""

    photo: DeltaGenerator
    result: DeltaGenerator
    measures: DeltaGenerator
    age: DeltaGenerator
    suggestion: DeltaGenerator
    flags: DeltaGenerator
    actions: DeltaGenerator


def sides() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Where is typed, and where the answer stands."""
    st.html(_styled())
    left, right = st.columns([4, 13], gap="large")
    return left.container(key="entry"), right


def card() -> Card:
    """The places of the answer for the patient at hand."""
    with st.container(key="answer"):
        left, middle, right = st.columns([10, 11, 9], gap="medium")
        actions = st.container(key="actions")
    photo, result, measures, age = (left.container() for _ in range(4))
    return Card(photo, result, measures, age, middle, right, actions)


def _styled() -> str:
    colours = {
        f"{theme}{name}": st.get_option(f"theme.{theme}.{option}")
        for theme in ("light", "dark")
        for name, option in (("", "backgroundColor"), ("_line", "borderColor"))
    }
    return _STYLE.substitute(colours, header=HEADER, wide=WIDE, tall=TALL)
