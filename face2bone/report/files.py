"""An assessment written to a folder: JSON and three pictures, all or nothing."""

from pathlib import Path
from typing import Final

import numpy as np

from face2bone.assess import Assessment, Explanation
from face2bone.explain.craft import ConceptAttribution
from face2bone.report.assessment_json import to_json
from face2bone.report.pictures import concepts_png, crop_png, regions_png
from face2bone.whole_file import write_whole

NOT_EXPLAINED: Final = Explanation(
    regions=(),
    concepts=ConceptAttribution(
        names=(),
        presence=np.zeros(0),
        importance=np.zeros((0, 3)),
        location=np.zeros((0, 160, 160), np.float32),
        coefficients=np.zeros((0, 8, 8)),
        reconstruction_error=float("nan"),
    ),
)
"""The explanation of an assessment for which none was asked."""


def write_assessment(assessment: Assessment, out: Path) -> tuple[Path, ...]:
    """Write assessment.json, crop.png, regions.png and concepts.png; return their paths.

    Each is there whole or not at all, and the JSON comes last, so that a folder with an
    ``assessment.json`` is complete. Without an explanation there are no pictures of one: those
    of an earlier assessment in this folder, perhaps another patient's, are removed.
    """
    k = int(assessment.prediction.probabilities.argmax())
    drawn = {"regions.png": regions_png, "concepts.png": concepts_png}
    explained = bool(assessment.explanation.regions)
    contents = {"crop.png": crop_png(assessment.located.aligned)}
    contents |= {name: draw(assessment, k) for name, draw in drawn.items() if explained}
    contents["assessment.json"] = to_json(assessment).encode()
    out.mkdir(parents=True, exist_ok=True)
    for stale in drawn.keys() - contents.keys():
        (out / stale).unlink(missing_ok=True)
    return tuple(write_whole(out / name, data) for name, data in contents.items())
