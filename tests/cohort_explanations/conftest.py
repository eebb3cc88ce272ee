"""An explained cohort made by hand."""

import pytest

from face2bone.cohort_explanations.folder import ExplainedCohort
from tests.cohort_explanations.made import cohort_of


@pytest.fixture
def explained() -> ExplainedCohort:
    return cohort_of(40)
