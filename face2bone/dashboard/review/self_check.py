"""The check an explanation has to pass on Review before its regions are shown, in words."""

from typing import Final

import streamlit as st

from face2bone.dashboard.common import session
from face2bone.dashboard.common.language import say
from face2bone.dashboard.review.layout import is_full
from face2bone.explain.self_check import LEAST_BEATEN, SelfCheck
from face2bone.report.model.known_figures import PASSED_YET_WRONG
from face2bone.words import message, template

ELSE_FULL: Final = template(
    "What is explained can be changed above: each class, and severity as a whole, is checked by "
    "itself."
)
ELSE_SIMPLE: Final = template("*Full view* explains the other classes, each checked by itself.")


def passed(check: SelfCheck | None) -> bool:
    """Say how the explanation fared; False where its regions are not to be shown."""
    if check is None:
        st.caption(
            say("This explanation was made with one way of hiding a region: it is unchecked.")
        )
        return True
    if check.reason is not None:
        st.warning(
            say(
                "**The regions are withheld: this explanation fails its own check.** "
                "{reason} The result does not depend on it. {more}",
                reason=check.reason,
                more=ELSE_FULL if is_full() else ELSE_SIMPLE,
            )
        )
        return False
    st.caption(
        say("This explanation passed its check. That is no proof{measured}.", measured=_measured()),
        help=say(
            "Rank agreement between two ways of hiding a region: {agreement} (1 is "
            "perfect, at least {least_agreement} is required). Hiding the highest-ranked "
            "regions first lowers the answer faster than {share} of all 3,628,800 "
            "sequences of regions, judged by the way of hiding it was not made with (at "
            "least {least_beaten} is required).",
            agreement=f"{check.agreement:.2f}",
            least_agreement=f"{check.least_agreement:.2f}",
            share=share(check.beaten),
            least_beaten=f"{LEAST_BEATEN:.0%}",
        ),
    )
    return True


def _measured() -> str:
    """How often one that passed was wrong, where that was measured."""
    share = PASSED_YET_WRONG.get(session.loaded_bundle(str(session.at_hand().root)).sha256)
    if share is None:
        return template(", and how often it misleads was not measured with this model")
    return message(
        ": of the explanations of drawn patients that passed under the demo model, {share} still "
        "ranked the regions wrongly",
        share=share,
    )


def share(beaten: float) -> str:
    """A share of sequences as a person says it: never rounded up to all of them.

    >>> share(0.9531), share(0.99999)
    ('95.3%', 'more than 99.9%')
    """
    return template("more than 99.9%") if beaten > 0.999 else f"{beaten:.1%}"
