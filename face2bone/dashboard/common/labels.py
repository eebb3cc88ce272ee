"""Labels by which somebody chooses one of several records.

Streamlit finds what was chosen by its label: of two that read alike it takes the last one,
whichever the person meant. So no two options of a list may read alike.
"""

from collections.abc import Mapping
from typing import TypeVar

from face2bone.dashboard.common.language import say

T = TypeVar("T")


def distinct(labels: Mapping[T, str]) -> dict[T, str]:
    """The same labels by the same options, each later one of those that read alike numbered.

    >>> distinct({"a": "P-1, 14:05", "b": "P-1, 14:05", "c": "P-2, 14:05"})
    {'a': 'P-1, 14:05', 'b': 'P-1, 14:05, no. 2', 'c': 'P-2, 14:05'}
    """
    found: dict[T, str] = {}
    taken = set(labels.values())
    seen: set[str] = set()
    for option, label in labels.items():
        number, own = 1, label
        while own in seen or (number > 1 and own in taken):
            number += 1
            own = say("{label}, no. {number}", label=label, number=number)
        seen.add(own)
        found[option] = own
    return found
