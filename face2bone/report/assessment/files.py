"""An assessment written to a folder: JSON and three pictures, all or nothing."""

from pathlib import Path

from face2bone.apparent_age import ApparentAge
from face2bone.assessment import Assessment
from face2bone.atomic_files import write_whole
from face2bone.drawing.pictures import concepts_png, crop_png, regions_png
from face2bone.report.assessment.assessment_json import to_json


def write_assessment(
    assessment: Assessment, out: Path, age: ApparentAge | None = None
) -> tuple[Path, ...]:
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
    contents["assessment.json"] = to_json(assessment, age).encode()
    out.mkdir(parents=True, exist_ok=True)
    for stale in drawn.keys() - contents.keys():
        (out / stale).unlink(missing_ok=True)
    return tuple(write_whole(out / name, data) for name, data in contents.items())
