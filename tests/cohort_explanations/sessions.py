"""Two sessions at once on one assessor, and what each must see."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from face2bone.assess import Assessor
from face2bone.assessment import Explanation, LocatedSubject
from face2bone.dashboard.common.job import Job
from face2bone.dashboard.common.session import EXPLAINING
from face2bone.drawn.face.samples import sample_patients
from face2bone.modalities.photo import Photo, read_photo
from face2bone.runtime import Prediction

SECONDS = 1800


@dataclass(frozen=True)
class Seen:
    """All that one session shows of one photo."""

    located: LocatedSubject
    prediction: Prediction
    explanation: Explanation


def two_photos() -> tuple[Photo, Photo]:
    """Two drawn people, a woman and a man."""
    first, second, *_ = (read_photo(sample.photo_bytes()) for sample in sample_patients())
    return first, second


def look(assessor: Assessor, photo: Photo) -> Seen:
    """What Review does with a photo: the explanation in a background job."""
    located = assessor.locate(photo)
    prediction = assessor.predict(located)
    job = Job(lambda progress: assessor.explain(located, progress), EXPLAINING)
    assert job.wait(SECONDS)
    explanation = job.result()
    assert explanation is not None
    return Seen(located, prediction, explanation)


def same(one: Seen, other: Seen) -> bool:
    """Whether crop, regions, prediction, region values, concepts and their maps are the same."""
    return (
        np.array_equal(one.located.aligned.pixels, other.located.aligned.pixels)
        and np.array_equal(one.located.aligned.part_map, other.located.aligned.part_map)
        and all(np.allclose(a, b, atol=1e-4) for a, b in _figures(one, other))
    )


def both_alone(assessor: Assessor) -> tuple[Seen, Seen]:
    """What each photo shows when nobody else is there."""
    first, second = two_photos()
    return look(assessor, first), look(assessor, second)


def rounds_of_two(
    assessor: Assessor, alone: tuple[Seen, Seen], rounds: int, told: Callable[[int], None]
) -> None:
    """Both sessions look at their own photo at once; asserts that each sees what it sees alone.

    The second session takes the first one's photo every other round, so that nothing is
    right by always coming from the same thread.
    """
    photos = two_photos()
    assert not same(*alone)
    start = threading.Barrier(2)

    def session(own: int) -> Seen:
        start.wait(SECONDS)
        return look(assessor, photos[own])

    with ThreadPoolExecutor(2) as pool:
        for turn in range(rounds):
            order = (0, 1) if turn % 2 else (1, 0)
            for own, seen in zip(order, pool.map(session, order), strict=True):
                assert same(seen, alone[own]), f"round {turn}: swapped"
            told(turn + 1)


def _figures(one: Seen, other: Seen):  # type: ignore[no-untyped-def]
    a, b = one.explanation, other.explanation
    yield one.prediction.probabilities, other.prediction.probabilities
    yield from ((x.table, y.table) for x, y in zip(a.regions, b.regions, strict=True))
    for name in ("presence", "importance", "location"):
        yield getattr(a.concepts, name), getattr(b.concepts, name)
