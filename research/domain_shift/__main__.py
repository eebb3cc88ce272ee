"""Measure the out-of-domain check on drawn faces under shifts, and on one real photo.

    python research/domain_shift/__main__.py [--faces 200] [--seed 940000] [--pictures FOLDER]

Prints a Markdown table; ``--pictures`` writes one face under every shift, to look at.
Run it with one thread on a shared machine: OMP_NUM_THREADS=1.
"""

import argparse
import sys
from pathlib import Path

import cv2
from skimage.data import astronaut

from face2bone.arrays import Pixels
from face2bone.bundle import load_bundle
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort
from face2bone.drawn.worlds import World
from face2bone.modalities.face import shared_locator
from face2bone.modalities.face.locator import Locator
from face2bone.runtime import make_engine
from face2bone.settings import get_settings
from research.domain_shift.shifts import ShiftResult, altered, look, measure

HEADER = (
    "| shift | faces | no face | rejected | flagged | any warning | AUROC | accuracy | "
    "osteoporosis named | osteoporosis in the set |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    """Draw, alter, measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--faces", type=int, default=200)
    parser.add_argument("--seed", type=int, default=940_000, help="in the evaluation range")
    parser.add_argument("--pictures", type=Path)
    chosen = parser.parse_args()
    settings = get_settings()
    bundle, locator = load_bundle(settings.bundle), shared_locator()
    engine = make_engine(bundle, settings.engine, threads=settings.threads)
    patients = draw_cohort(chosen.faces, World.PLANTED, chosen.seed)
    if chosen.pictures:
        write_pictures(patients[0], locator, chosen.pictures)
    print(f"Bundle {bundle.card.name} {bundle.sha256[:12]}, engine {engine.name}\n\n{HEADER}")
    for result in measure(bundle, engine, patients, locator, tell):
        print(row(result))
    photo: Pixels = astronaut()  # type: ignore[no-untyped-call]
    real = look(photo, bundle, engine, locator).prediction
    if real is not None:
        domain = real.out_of_domain
        print(f"\nAstronaut photo: {domain.distance:.1f}, limit {domain.threshold:.1f}")


def tell(done: int, total: int) -> None:
    """Progress on stderr, every tenth face."""
    if done % 10 == 0:
        print(f"{done} of {total}", file=sys.stderr)


def row(result: ShiftResult) -> str:
    """One line of the table."""
    shares = (result.lost, result.rejected, result.flagged, result.warned)
    auroc = "" if result.auroc != result.auroc else f"{result.auroc:.3f}"
    cells = [result.name, str(result.faces), *(f"{s:.1%}" for s in shares)]
    found = [f"{x:.1%}" for x in (result.accuracy, result.sensitivity, result.coverage)]
    return "| " + " | ".join([*cells, auroc, *found]) + " |"


def write_pictures(patient: DrawnPatient, locator: Locator, folder: Path) -> None:
    """One PNG a shift."""
    folder.mkdir(parents=True, exist_ok=True)
    for index, (_, pixels) in enumerate(altered(patient, locator)):
        cv2.imwrite(str(folder / f"{index:02d}.png"), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
