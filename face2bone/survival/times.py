"""Times and events of a cohort, and who was at risk when.

Right-censored data: of each patient a time, and whether the event came then or the patient was
last seen without it. Where an event and a last visit share a time the event came first, so that
whoever was last seen then was still at risk.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Flags, Floats, Integers
from face2bone.errors import NoEvents, SurvivalError


@dataclass(frozen=True)
class SurvivalTimes:
    """Time in years, above 0, and whether the event came then; (N,) each.

    Raises ``SurvivalError`` for no patients, other lengths, or a time that is none.
    """

    years: Floats
    events: Flags

    def __post_init__(self) -> None:
        if self.years.ndim != 1 or self.years.shape != self.events.shape or not len(self.years):
            raise SurvivalError("Times and events do not match. Pass one of each for each patient.")
        if not (np.isfinite(self.years).all() and (self.years > 0).all()):
            raise SurvivalError(
                "A time is missing or not above 0. Give the years to the event or the last visit."
            )

    @classmethod
    def of(cls, years: npt.ArrayLike, events: npt.ArrayLike) -> Self:
        """From anything like an array; events are 0 or 1, or booleans."""
        happened = np.asarray(events, np.float64)
        if not np.isin(happened, (0.0, 1.0)).all():
            raise SurvivalError("An event is neither 0 nor 1. Write 1 for an event, 0 for none.")
        return cls(np.asarray(years, np.float64), happened > 0)

    def __len__(self) -> int:
        return len(self.years)

    def rows(self, chosen: Flags | Integers) -> "SurvivalTimes":
        """The patients chosen, by flags (N,) or places; there must be one."""
        return SurvivalTimes(self.years[chosen], self.events[chosen])

    def require_events(self) -> None:
        """Raise ``NoEvents`` where nobody had the event."""
        if not self.events.any():
            raise NoEvents(
                "None of {count} patients had the event. Follow them for longer, or check "
                "the column that says who had it.",
                count=len(self),
            )

    @cached_property
    def risk_sets(self) -> "RiskSets":
        """Who was at risk at each time."""
        return RiskSets.of(self)


@dataclass(frozen=True)
class RiskSets:
    """The patients in order of time, as sums over those at risk need them.

    Of N patients with G different times and E events: order (N,) places by time; group (N,) the
    number of each one's time, in that order; first (G,) where each time begins; years (G,);
    rows (E,) places of the events in that order; share (E,) the part l / d of Efron's rule for
    the l-th (from 0) of d events that share a time.
    """

    order: Integers
    group: Integers
    first: Integers
    years: Floats
    rows: Integers
    share: Floats

    @classmethod
    def of(cls, times: SurvivalTimes) -> Self:
        """Sort the patients by time."""
        order = np.argsort(times.years, kind="stable")
        years, first, group = np.unique(times.years[order], return_index=True, return_inverse=True)
        rows = np.flatnonzero(times.events[order])
        of_event = group[rows]
        start = np.searchsorted(of_event, of_event)
        tied = np.bincount(of_event, minlength=len(years))[of_event]
        share = (np.arange(len(rows)) - start) / np.maximum(tied, 1)
        return cls(order, group, first, years, rows, share)

    def at_risk(self, values: Floats) -> Floats:
        """Sum over those at risk at each time; sorted values (N, ...) to (G, ...)."""
        total: Floats = np.cumsum(values[::-1], axis=0)[::-1][self.first]
        return total

    def with_event(self, values: Floats) -> Floats:
        """Sum over those who have the event at each time; (N, ...) to (G, ...)."""
        total = np.zeros((len(self.years), *values.shape[1:]))
        np.add.at(total, self.group[self.rows], values[self.rows])
        return total

    def efron(self, values: Floats) -> Floats:
        """Sum over those at risk at each event, less Efron's share of those tied; to (E, ...)."""
        groups = self.group[self.rows]
        share = self.share.reshape(-1, *[1] * (values.ndim - 1))
        left: Floats = self.at_risk(values)[groups] - share * self.with_event(values)[groups]
        return left
