"""Which generator drew a hand film: a version, frozen by its reference drawings.

`tests/drawn/hand/reference.json` holds what this version draws. Raise the version, with a new
reference, when a hand or a patient is drawn otherwise; then retrain what was trained on it.
"""

from typing import Final

GENERATOR_VERSION: Final = "1.0.0"
