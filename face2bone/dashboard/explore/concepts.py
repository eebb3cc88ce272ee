"""Explore, the concept bank: what each concept is, where it sits, how much it matters."""

from typing import Final

import numpy as np
import streamlit as st

from face2bone.bundle import ConceptBank, rename_concept
from face2bone.bundle.names import LONGEST
from face2bone.cohort_explanations.groups import TRUE
from face2bone.cohort_explanations.table import Explored
from face2bone.dashboard.common import elements, session
from face2bone.dashboard.common.language import say, speaker
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.common.saver import saver, saver_field
from face2bone.dashboard.common.sign_in import permitted
from face2bone.drawing.pictures import strip_png
from face2bone.errors import ConceptNameRefused, Face2BoneError
from face2bone.roles import Permission
from face2bone.words import message, template

ACROSS: Final = 2  # cards beside each other
NAMED: Final = "concepts_named"
READING: Final = template(
    "A concept is a pattern that the network reuses across faces. **Importance**: how much a "
    "class's logit depends on it, 0 to 1, without saying in which direction. **Presence**: how "
    "much of it a photo holds; 1 is as much as it commonly gets. **Location**: where it sits. "
    "A name says where, not what; researchers may find a better one."
)


SIGNED: Final = template("Kept with every name that you give a concept.")


def concepts(cohort: Explored) -> None:
    """One card a concept, the most important for the chosen class first."""
    st.header(say("Concepts"))
    st.markdown(say(READING))
    bank, labels = session.bundle().concepts, cohort.layout.labels
    k = st.segmented_control(
        say("Importance for"),
        range(len(labels)),
        default=len(labels) - 1,
        format_func=speaker(lambda i: labels[i]),
        key="concepts_class",
    )
    chosen = len(labels) - 1 if k is None else int(k)
    order = [int(i) for i in np.argsort(-bank.importance[:, chosen], kind="stable")]
    saver_field(say("Your name or initials"), help_text=say(SIGNED))
    columns = st.columns(ACROSS, gap="medium")
    for place, i in enumerate(order):
        with columns[place % ACROSS], st.container(border=True):
            _card(cohort, bank, i)


def _card(cohort: Explored, bank: ConceptBank, i: int) -> None:
    st.markdown(f"**{literal(say(bank.names[i]))}**")
    _crops(bank, i)
    shares = zip(cohort.layout.labels, bank.importance[i], strict=True)
    st.markdown(
        say(
            "Importance: {shares}.",
            shares=tuple(message("{name} {value}", name=n, value=f"{v:.2f}") for n, v in shares),
        )
    )
    st.markdown(say("Mean presence here: {presence}.", presence=_presence(cohort, i)))
    st.markdown(say("Location: {where}.", where=bank.region_tags[i]))
    st.caption(literal(" ".join((say(bank.description[i]), say(session.bundle().naming(i))))))
    with st.expander(say("Rename"), key=f"rename_{i}"):
        _name_box(bank, i)
        st.caption(
            say("Press Enter to keep it. It is kept beside the model, for everyone who uses it.")
        )


def _crops(bank: ConceptBank, i: int) -> None:
    exemplars = bank.exemplars[i]
    if not len(exemplars):
        st.caption(say("No crops: this bank was made from photos that may not be shown."))
        return
    alt = say(
        "{count} crops of drawn faces where {name} is strong",
        count=len(exemplars),
        name=bank.names[i],
    )
    elements.picture(strip_png(exemplars), alt)


def _presence(cohort: Explored, i: int) -> tuple[str, ...]:
    groups = [group for group in cohort.groups if group.dimension == TRUE]
    return tuple(
        message("{name} {value}", name=group.name, value=f"{group.presence[i].value:.2f}")
        for group in groups
    )


def _name_box(bank: ConceptBank, i: int) -> None:
    """Keep a name when it is typed; a refused one is told beside its box."""
    typed = st.text_input(say("Name"), bank.names[i], max_chars=LONGEST, key=f"name_{i}")
    signed = (typed, saver())
    seen: dict[int, tuple[tuple[str, str], Face2BoneError | None]]
    seen = st.session_state.setdefault(NAMED, {})
    before, refusal = seen.setdefault(i, (signed, None))
    if typed == bank.names[i]:
        refusal = None
    elif typed != before[0] or (refusal is not None and signed != before):
        refusal = _rename(i, *signed, bank.names[i])
        if refusal is None:
            seen[i] = (signed, None)
            st.rerun()
    seen[i] = (signed, refusal)
    if refusal is not None:
        elements.refusal(refusal)


def _rename(i: int, name: str, by: str, instead_of: str) -> Face2BoneError | None:
    """Keep the name with the bundle, or return why not."""
    refusal: Face2BoneError | None = None
    try:
        permitted(Permission.RENAME)
        rename_concept(session.bundle().root, i, name, by, instead_of)
    except Face2BoneError as error:
        refusal = error
    if refusal is None or (isinstance(refusal, ConceptNameRefused) and refusal.overtaken):
        session.read_anew()
    return refusal
