"""Several photos of one patient: which one gives the answer, and how far they agree.

The best by quality answers: of those that can be used (not rejected, and like the photos the model
was trained on) the one with the fewest warnings, of equals the first. Mean and range of the
calibrated probabilities over all that can be used stand beside it and change nothing: a mean of
photos was never measured against DXA, the answer of one photo was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from face2bone.runtime import Prediction
from face2bone.words import Message, message, together


@dataclass(frozen=True)
class PhotoSeen:
    """What came of one photo.

    chosen: which of several faces in it, from 1 at the left; 0 where there is one.
    prediction: None where the photo gave none; why_not: why it does not count, "" where it does.
    warnings: how many quality checks warn.
    """

    photo_sha256: str
    chosen: int
    prediction: Prediction | None
    why_not: str
    warnings: int

    @property
    def counts(self) -> bool:
        """Whether its probabilities are in mean and range, and it may give the answer."""
        return not self.why_not


def best_photo(seen: Sequence[PhotoSeen]) -> int:
    """Index of the photo that gives the answer; where none counts, of the last one taken.

    Of those without an answer a person looks at the newest, which they can take again.
    """
    usable = [i for i, one in enumerate(seen) if one.counts]
    return min(usable, key=lambda i: (seen[i].warnings, i)) if usable else len(seen) - 1


def photos_words(seen: Sequence[PhotoSeen], answers: int, worst: str) -> str:
    """Which photos counted and how far they agree, for a person; "" for one photo of one face.

    answers: index of the photo whose result stands; worst: the most severe class's name, whose
    probabilities are told. Photos are numbered from 1.
    """
    said = [_spread(seen, answers, worst)] if len(seen) > 1 else []
    if seen and seen[answers].chosen:
        said.append(
            message(
                "The photo shows several faces. Face {face}, counted from the left, is the "
                "patient's, as was said on the page.",
                face=f"{seen[answers].chosen}",
            )
        )
    return together(said)


def _spread(seen: Sequence[PhotoSeen], answers: int, worst: str) -> Message:
    shares = [
        float(one.prediction.probabilities[-1])
        for one in seen
        if one.counts and one.prediction is not None
    ]
    if not shares:
        return message("None of {count} photos could be used.", count=f"{len(seen)}")
    best = f"{answers + 1}"
    if len(shares) == 1:
        return message(
            "Of {count} photos only photo {best} could be used.", count=f"{len(seen)}", best=best
        )
    return message(
        "{counted} of {count} photos could be used. The result is that of photo {best}, the best "
        "by quality. Probability of {worst} over these photos: {mean} on average, from {low} to "
        "{high}.",
        counted=f"{len(shares)}",
        count=f"{len(seen)}",
        best=best,
        worst=worst,
        mean=f"{np.mean(shares):.0%}",
        low=f"{min(shares):.0%}",
        high=f"{max(shares):.0%}",
    )
