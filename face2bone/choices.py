"""The closed lists that settings, options and pages choose from; in a module that imports nothing.

The command line needs them for ``--help``, where reading the settings would take half the time.
"""

from typing import Literal

EngineKind = Literal["auto", "torch", "openvino"]
GuidelineId = Literal["iscd", "nogg", "nice", "european", "us", "uspstf", "china"]
