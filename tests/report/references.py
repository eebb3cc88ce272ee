"""Documents of models whose reference was not DXA."""

from face2bone.reference import ReferenceMethod
from face2bone.report.assessment.document import AssessmentDocument


def by_ultrasound(document: AssessmentDocument) -> AssessmentDocument:
    """The same of a model that was trained on ultrasound of the heel."""
    changed = {"reference_method": ReferenceMethod.QUS}
    return document.model_copy(update={"bundle": document.bundle.model_copy(update=changed)})
