"""Every benchmark, one after the other, each in a process of its own: ``make bench``."""

import subprocess
import sys
from typing import Final

BENCHMARKS: Final = (
    "inference",
    "attribution",
    "early_stop",
    "concepts",
    "end_to_end",
    "first_visit",
    "two_minutes",
    "eight_browsers",
    "memory",
    "heaps",
    "drawn_films",
    "film_explanations",
    "film_kinds",
)


def main() -> None:
    """Run them; stops at the first that fails."""
    for name in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
