"""Which generator drew a picture: a version, and the hash it was frozen under.

The hashes are names. They were taken of the source when it was frozen, and since then the
reference drawings (`tests/drawn/face/reference.json`) say whether the code still draws the same
faces and patients, wherever it stands and however it is written.
"""

from typing import Final

GENERATOR_VERSION: Final = "1.0.0"
"""Raise it, with both hashes, when a face or a patient is drawn otherwise; then retrain."""
GENERATOR_HASH: Final = "442ee01be1fe9aec968097d0965eebe517dbbcd22b147928a80163e95e30acbd"
PATIENT_MODEL_HASH: Final = "19d6b734b793a245e65d8f1425efd381876a4654d4169de5fb5c4eb7e01f07ca"
