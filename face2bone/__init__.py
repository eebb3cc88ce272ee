"""Face2Bone: opportunistic osteoporosis screening from a face photograph, for research.

The public surface is ``__all__`` (docs/start/python.md); everything else may move. A name is
imported when it is first asked for, so that ``import face2bone`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from face2bone.assess import Assessor
    from face2bone.assessment import Assessment
    from face2bone.bundle import Bundle, load_bundle
    from face2bone.cohort.manifest import Cohort, read_manifest
    from face2bone.errors import Face2BoneError
    from face2bone.patient import Patient, Sex
    from face2bone.studies import Study, read_picture, study_named

__version__ = "0.2.0"

__all__ = [
    "Assessment",
    "Assessor",
    "Bundle",
    "Cohort",
    "Face2BoneError",
    "Patient",
    "Sex",
    "Study",
    "__version__",
    "load_bundle",
    "read_manifest",
    "read_picture",
    "study_named",
]

_HOME: Final = {
    "Assessment": "face2bone.assessment",
    "Assessor": "face2bone.assess",
    "Bundle": "face2bone.bundle",
    "Cohort": "face2bone.cohort.manifest",
    "Face2BoneError": "face2bone.errors",
    "Patient": "face2bone.patient",
    "Sex": "face2bone.patient",
    "Study": "face2bone.studies",
    "load_bundle": "face2bone.bundle",
    "read_manifest": "face2bone.cohort.manifest",
    "read_picture": "face2bone.studies",
    "study_named": "face2bone.studies",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
