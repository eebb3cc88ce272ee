"""The Sources page: what "unverified" means, and every rule it holds for."""

from itertools import groupby

import streamlit as st

from face2bone.clinical.ledger import LedgerLine, ledger
from face2bone.dashboard.common import elements
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.sign_in import page_for
from face2bone.roles import Permission
from face2bone.words import template

MEANING = template("""
Every rule, score and base rate here names the publication it comes from. It is **unverified** where
that publication was not read for it, neither in itself nor in a faithful copy: the figure or the
wording was taken from another text that repeats it, or no primary publication could be named.

An unverified rule is used like any other; nothing is left out because of it. A site that means to
rely on one should compare it with the publication first. In files (PDF, JSON, FHIR) each such
source carries the mark `[unverified]`.
""")


@page_for(Permission.READ)
def sources() -> None:
    """Draw the page."""
    st.title(say("Where the rules come from"))
    st.markdown(say(MEANING))
    lines = ledger()
    unread = [line for line in lines if not line.verified]
    st.header(say("Unverified: {unread} of {lines}", unread=len(unread), lines=len(lines)))
    _listed(unread)
    with st.expander(say("Verified: {read}", read=len(lines) - len(unread))):
        _listed([line for line in lines if line.verified])


def _listed(lines: list[LedgerLine]) -> None:
    for part, group in groupby(lines, key=lambda line: line.part):
        st.markdown(f"**{say(part)}**")
        elements.table(
            (template("Rule"), template("Publication")),
            [(line.says, line.source) for line in group],
        )
