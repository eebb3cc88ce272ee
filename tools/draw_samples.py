"""Draw the sample patients' photos anew into the package: ``python -m tools.draw_samples``."""

from face2bone.cohort.synthetic.samples import FOLDER, drawn_photos
from face2bone.whole_file import write_whole


def main() -> None:
    """Write every photo over the one that is there."""
    FOLDER.mkdir(exist_ok=True)
    for name, photo in drawn_photos().items():
        print(write_whole(FOLDER / name, photo))


if __name__ == "__main__":
    main()
