"""Run the study on one or more bundles and write the table.

    python -m research.faithfulness BUNDLE... --out FOLDER [--patients 200] [--extra 20]
    python -m research.faithfulness BUNDLE... --out FOLDER --table

One thread on a shared machine: OMP_NUM_THREADS=1. Stopped, it goes on where it was.
"""

import argparse
import sys
from pathlib import Path

from face2bone.bundle import load_bundle
from research.faithfulness.study import Faces, Study, network_name, run
from research.faithfulness.table import write_table


def main() -> None:
    """Measure every bundle on the same drawn patients, then write what was found."""
    parser = argparse.ArgumentParser(
        prog="python -m research.faithfulness",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("bundles", type=Path, nargs="+", metavar="BUNDLE")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--patients", type=int, default=200)
    parser.add_argument("--extra", type=int, default=20, help="patients with the costly checks")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--table", action="store_true", help="only write what is measured so far")
    chosen = parser.parse_args()
    counts = {
        "games": chosen.patients,
        "rivals": chosen.patients,
        "inpaint": chosen.patients,
        "extra": min(chosen.extra, chosen.patients),
    }
    faces = Faces(chosen.out / "faces", chosen.patients)
    for bundle in () if chosen.table else chosen.bundles:
        study = Study(bundle, chosen.out, faces, chosen.threads)
        for part, index in run(study, counts):
            print(f"{study.folder.name} {part} {index}", file=sys.stderr)
    networks = {network_name(b): load_bundle(b).calibration for b in chosen.bundles}
    print(write_table(chosen.out, networks, faces))


if __name__ == "__main__":
    main()
