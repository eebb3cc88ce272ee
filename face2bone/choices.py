"""The closed lists that settings, options and pages choose from; in a module that imports nothing.

With them what was meant before there was anything to choose.

The command line needs them for ``--help``, where reading the settings would take half the time.
"""

from typing import Final, Literal

EngineKind = Literal["auto", "torch", "openvino"]
GuidelineId = Literal["iscd", "nogg", "nice", "european", "us", "uspstf", "china"]

FIRST_STUDY: Final = "face2bone"
"""Of a manifest, card or record that names no study, as all once did."""
