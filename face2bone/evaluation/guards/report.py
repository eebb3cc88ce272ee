"""All guards of one cohort that need no model, in one call, and in words."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from face2bone.cohort.manifest import Cohort
from face2bone.errors import EvaluationError
from face2bone.evaluation.added_value.study import one_photo_each
from face2bone.evaluation.guards.leaks import Leak, find_leaks
from face2bone.evaluation.guards.photo_facts import photo_facts
from face2bone.evaluation.guards.shortcuts import Shortcuts, probe_shortcuts
from face2bone.progress import UnitsDone

SHOWN: Final = 20  # leaks listed in words; the JSON has all


@dataclass(frozen=True)
class Guarded:
    """What the guards found in a cohort.

    shortcuts is None, with the reason in ``not_probed``, where patients are too few to probe.
    """

    photos: int
    unreadable: int
    leaks: tuple[Leak, ...]
    shortcuts: Shortcuts | None
    not_probed: str

    @property
    def quiet(self) -> bool:
        """Whether nothing was found."""
        return not self.leaks and (self.shortcuts is None or not self.shortcuts.loud)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences that belong beside any result on this cohort."""
        said = [
            str(self.shortcuts)
            if self.shortcuts
            else f"Not probed for shortcuts. {self.not_probed}"
        ]
        if self.leaks:
            said.append(
                f"LEAKS: {len(self.leaks)} pairs of photos, patients or labels meet that must not; "
                "face2bone guard lists them."
            )
        return tuple(said)


def guard_cohort(
    cohort: Cohort, split: pd.Series | None = None, progress: UnitsDone | None = None
) -> Guarded:
    """Look for leaks and shortcuts; ``split`` names each row's side, indexed as the table."""
    facts = photo_facts(cohort, progress)
    table = cohort.table.loc[facts.table.index]
    first = one_photo_each(table)
    labels = np.asarray(pd.Series(cohort.labels, index=cohort.table.index).loc[table.index])
    shortcuts, reason = None, ""
    try:
        shortcuts = probe_shortcuts(table.iloc[first], facts.rows(first), labels[first])
    except EvaluationError as error:
        reason = str(error)
    sides = None if split is None else split.loc[table.index]
    leaks = find_leaks(table, facts.hashes, sides)
    return Guarded(len(table), facts.unreadable, leaks, shortcuts, reason)


def in_words(found: Guarded) -> str:
    """A few lines for a terminal or a report."""
    lines = [f"{found.photos} photos looked at, {found.unreadable} unreadable."]
    if found.leaks:
        lines.append(f"LEAKS: {len(found.leaks)} found.")
        lines += [f"- {leak.says}" for leak in found.leaks[:SHOWN]]
        if len(found.leaks) > SHOWN:
            lines.append(f"- and {len(found.leaks) - SHOWN} more")
    else:
        lines.append("No leak found.")
    lines.append(str(found.shortcuts) if found.shortcuts else f"Not probed. {found.not_probed}")
    return "\n".join(lines) + "\n"
