"""What every page looks like beyond Streamlit's own theme: the mark, contrast, room at the top.

Streamlit draws captions at 60% of the text's opacity and what is chosen in the primary colour,
which in the dark theme is too dark for words because white must be readable on it. Both are set
here, for light and dark, to what keeps 4.5:1 on every ground (WCAG 2.2, 1.4.3).

Popovers and dialogs stand outside the element to which Streamlit gives a ``color-scheme``, so
``light-dark()`` means nothing there: captions and labels rest on the text's own colour.

"(required)" beside a label is Streamlit's, in English whatever the page's language, and is hidden:
the page says in its own words what is required, and a screen reader is told by the field.
"""

from string import Template
from typing import Final

import streamlit as st

CHOSEN_LIGHT: Final = "#0b5c6b"
CHOSEN_DARK: Final = "#7fd3e2"
CAPTION_OPACITY: Final = 0.8

LOGO: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 32" width="150" height="32" '
    'role="img" aria-label="Face2Bone"><path d="M16 2C8.3 2 4 7.5 4 14.5 4 22.8 9.4 30 16 30s12'
    '-7.2 12-15.5C28 7.5 23.7 2 16 2Z" fill="none" stroke="#1a7d90" stroke-width="2.4"/>'
    '<path d="M12 11.5 20 19.5" stroke="#1a7d90" stroke-width="3.6"/>'
    '<g fill="#1a7d90"><circle cx="10.6" cy="12" r="2.5"/><circle cx="12.6" cy="10" r="2.5"/>'
    '<circle cx="19.4" cy="21" r="2.5"/><circle cx="21.4" cy="19" r="2.5"/></g>'
    '<text x="37" y="22" font-family="Source Sans, Helvetica, Arial, sans-serif" font-size="18" '
    'font-weight="600" fill="#1a7d90">Face2Bone</text></svg>'
)
"""Drawn for this project: a face's outline, and in it a bone. Readable on both grounds."""

_STYLE: Final = Template("""
<style>
[data-testid="stMainBlockContainer"] { padding-top: 4.75rem; padding-bottom: 5rem; }
[data-testid="stCaptionContainer"] { opacity: $opacity; }
[data-testid="stApp"] :is([role="radio"][aria-checked="true"], [role="tab"][aria-selected="true"],
  [data-testid="stSliderThumbValue"]) [data-testid="stMarkdownContainer"] {
  color: light-dark($light, $dark); }
[data-testid="stWidgetLabelRequired"] { display: none; }
[data-testid="stWidgetLabel"] [data-testid="stMarkdownContainer"] { color: inherit; }
.st-key-language_switch { position: fixed; top: 0.7rem; right: 0.5rem; z-index: 1000000;
  width: auto; gap: 0; }
@media (min-width: 641px) { [data-testid="stHeader"] { padding-right: 9.5rem; } }
@media print { .st-key-language_switch { display: none; } }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding-left: 1rem; padding-right: 1rem; }
  [data-testid="stMain"] h1 { font-size: 1.8rem; }
  [data-testid="stMain"] h2 { font-size: 1.4rem; }
}
</style>
""")


def look() -> None:
    """Dress the page; called once, before it is drawn."""
    st.logo(LOGO, size="large")
    st.html(_STYLE.substitute(opacity=CAPTION_OPACITY, light=CHOSEN_LIGHT, dark=CHOSEN_DARK))
