"""Two sessions at once, briefly; fifty rounds on a network are in tests/long."""

from dataclasses import replace

import numpy as np
import pytest

from face2bone.assess import Assessor
from face2bone.bundle import Bundle
from tests.cohort_explanations.linear import Linear
from tests.cohort_explanations.sessions import Seen, both_alone, rounds_of_two, same


@pytest.fixture(scope="module")
def assessor(tiny_bundle: Bundle) -> Assessor:
    return Assessor(tiny_bundle, Linear(tiny_bundle.ood.mean.size))


@pytest.fixture(scope="module")
def alone(assessor: Assessor) -> tuple[Seen, Seen]:
    return both_alone(assessor)


@pytest.mark.slow
def test_two_sessions_at_once_see_their_own(assessor: Assessor, alone: tuple[Seen, Seen]) -> None:
    done: list[int] = []
    rounds_of_two(assessor, alone, 1, done.append)
    assert done == [1]


@pytest.mark.slow
def test_a_swap_would_be_seen(alone: tuple[Seen, Seen]) -> None:
    """The comparison itself: another's explanation beside one's own face does not pass."""
    first, second = alone
    assert same(first, first)
    assert not same(replace(first, explanation=second.explanation), first)
    assert not same(replace(first, located=second.located), first)
    concepts = replace(first.explanation.concepts, location=second.explanation.concepts.location)
    lent = replace(first.explanation, concepts=concepts)
    assert not np.array_equal(concepts.location, first.explanation.concepts.location)
    assert not same(replace(first, explanation=lent), first)
