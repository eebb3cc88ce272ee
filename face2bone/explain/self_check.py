"""Whether the explanation of one photo passes its own check, or is withheld with a reason.

Two figures, both read off the two value tables an explanation is made of; no further pass:

- *agreement*: Spearman's rank correlation between the regions' values under the two baselines;
- *beaten*: the share of all orders of the regions that lower the answer more slowly
  than the explanation's own order. Regions are hidden by the baseline the order was *not* made
  with, both ways round, and the worse figure counts: judged by its own baseline, an explanation
  would be its own witness.

What is asked of them stands in ``least_agreement`` and the constant below; how often a right
explanation is withheld by it was measured on drawn patients (docs/evidence/faithfulness.md).
"""

from dataclasses import dataclass
from typing import Final

from face2bone.arrays import Floats
from face2bone.explain.agreement import least_agreement, rank_agreement
from face2bone.explain.coalitions import shapley_values
from face2bone.explain.curves import beaten_orders, descending, players
from face2bone.words import message

LEAST_BEATEN: Final = 0.95
"""An order found by chance beats this share of all orders once in twenty."""


@dataclass(frozen=True)
class SelfCheck:
    """The two figures for one explained output: ``agreement`` -1 to 1, ``beaten`` 0 to 1.

    ``least_agreement``: what is asked of the agreement of so many regions.
    """

    agreement: float
    beaten: float
    least_agreement: float

    @property
    def reason(self) -> str | None:
        """Why the explanation is withheld, as a sentence; None when it may be shown."""
        if self.agreement < self.least_agreement:
            return message(
                "Two ways of hiding a region rank the regions differently (agreement "
                "{agreement}, at least {least} is asked), so the "
                "ranking would say more about the hiding than about the picture.",
                agreement=f"{self.agreement:.2f}",
                least=f"{self.least_agreement:.2f}",
            )
        if self.beaten < LEAST_BEATEN:
            return message(
                "Hiding regions in this explanation's order lowers the answer faster than only "
                "{beaten} of all orders do (at least {least} is asked), so "
                "the ranking is hardly better than chance.",
                beaten=f"{self.beaten:.0%}",
                least=f"{LEAST_BEATEN:.0%}",
            )
        return None


def self_check(first: Floats, second: Floats) -> SelfCheck:
    """Check one output's explanation by its tables (2^n,) under two baselines.

    For a class pass ``table[:, k]`` of the two region attributions. Equal values everywhere
    have agreement 0 and are withheld.
    """
    n = players(first)
    phi, psi = (shapley_values(table[:, None], n)[:, 0] for table in (first, second))
    beaten = min(beaten_orders(second, descending(phi)), beaten_orders(first, descending(psi)))
    return SelfCheck(rank_agreement(phi, psi), beaten, least_agreement(n))
