"""One whole study, quick: one way of dealing the folds, two ridges, few resamples."""

import pytest

from face2bone.evaluation.added_value import crossfit, measures
from face2bone.evaluation.added_value.study import AddedValue, study
from tests.evaluation.added_value.people import people


@pytest.fixture(scope="session")
def found() -> AddedValue:
    about, features = people()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crossfit, "REPEATS", 1)
        patch.setattr(crossfit, "PENALTIES", (10.0, 1.0))
        patch.setattr(measures, "RESAMPLES", 100)
        return study(about, features, about["bone"].to_numpy())
