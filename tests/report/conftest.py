"""One assessment of a drawn sample patient, made once."""

import pytest

from face2bone.assess import Assessment, Assessor
from face2bone.bundle import Bundle
from face2bone.cohort.synthetic.samples import sample_patients


@pytest.fixture(scope="session")
def assessment(demo_bundle: Bundle) -> Assessment:
    sample = sample_patients()[0]
    return Assessor(demo_bundle).assess(sample.photo_bytes(), sample.patient)
