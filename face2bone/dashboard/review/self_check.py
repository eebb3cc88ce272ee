"""The check an explanation has to pass on Review before its regions are shown, in words."""

from typing import Final

import streamlit as st

from face2bone.explain.self_check import LEAST_BEATEN, SelfCheck

PASSED_YET_WRONG: Final = "three in ten (a class) or two in ten (severity)"
"""Measured on drawn patients with the demo bundle: docs/evidence/faithfulness.md."""


def passed(check: SelfCheck | None) -> bool:
    """Say how the explanation fared; False where its regions are not to be shown."""
    if check is None:
        st.caption("This explanation was made with one way of hiding a region: it is unchecked.")
        return True
    if check.reason is not None:
        st.warning(
            f"**The regions are withheld: this explanation fails its own check.** {check.reason} "
            "The result above does not depend on it. What is explained can be changed above: "
            "each class, and severity as a whole, is checked by itself."
        )
        return False
    st.caption(
        "This explanation passed its check. That is no proof: of the explanations of drawn "
        f"patients that passed under the demo model, {PASSED_YET_WRONG} still ranked the regions "
        "wrongly.",
        help=f"Rank agreement between two ways of hiding a region: {check.agreement:.2f} "
        f"(1 is perfect, at least {check.least_agreement:.2f} is required). "
        "Hiding the highest-ranked regions first lowers the answer faster than "
        f"{share(check.beaten)} of all 3,628,800 sequences of regions, judged by the way of hiding "
        f"it was not made with (at least {LEAST_BEATEN:.0%} is required).",
    )
    return True


def share(beaten: float) -> str:
    """A share of sequences as a person says it: never rounded up to all of them.

    >>> share(0.9531), share(0.99999)
    ('95.3%', 'more than 99.9%')
    """
    return "more than 99.9%" if beaten > 0.999 else f"{beaten:.1%}"
