"""An explained cohort made by hand."""

import pytest

from face2bone.explore.folder import ExplainedCohort
from tests.explore.made import cohort_of


@pytest.fixture
def explained() -> ExplainedCohort:
    return cohort_of(40)
