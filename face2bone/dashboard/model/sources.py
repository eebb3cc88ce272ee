"""The Sources page: what "unverified" means, and every rule it holds for."""

from itertools import groupby

import streamlit as st

from face2bone.clinical.ledger import LedgerLine, ledger
from face2bone.dashboard.common import elements

MEANING = """
Every rule, score and base rate here names the publication it comes from. It is **unverified** where
that publication was not read for it, neither in itself nor in a faithful copy: the figure or the
wording was taken from another text that repeats it, or no primary publication could be named.

An unverified rule is used like any other; nothing is left out because of it. A site that means to
rely on one should compare it with the publication first. In files (PDF, JSON, FHIR) each such
source carries the mark `[unverified]`.
"""


def sources() -> None:
    """Draw the page."""
    st.title("Where the rules come from")
    st.markdown(MEANING)
    lines = ledger()
    unread = [line for line in lines if not line.verified]
    st.header(f"Unverified: {len(unread)} of {len(lines)}")
    _listed(unread)
    with st.expander(f"Verified: {len(lines) - len(unread)}"):
        _listed([line for line in lines if line.verified])


def _listed(lines: list[LedgerLine]) -> None:
    for part, group in groupby(lines, key=lambda line: line.part):
        st.markdown(f"**{part}**")
        elements.table(("Rule", "Publication"), [(line.says, line.source) for line in group])
