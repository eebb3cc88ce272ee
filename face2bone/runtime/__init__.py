"""The same network on torch or OpenVINO, behind one call.

`make_engine` chooses and caches an engine, `predict` turns a prepared picture into a
calibrated prediction, `logits_of_crops` is what explanations ask their questions of, and
`parity` says how far two engines lie apart. Arrays in and out are numpy; nothing of a
patient is kept between calls.
"""

from face2bone.runtime.choice import ParityReport, make_engine, parity, probe_crops
from face2bone.runtime.engine import (
    CropNetwork,
    Engine,
    Precision,
    StagedEngine,
    StagedNetwork,
    beside_patients,
    logits_of_crops,
    network_input,
)
from face2bone.runtime.openvino_engine import OpenVinoEngine
from face2bone.runtime.prediction import (
    OodVerdict,
    Prediction,
    Predictions,
    predict,
    predict_crops,
)
from face2bone.runtime.torch_engine import TorchEngine

__all__ = [
    "CropNetwork",
    "Engine",
    "OodVerdict",
    "OpenVinoEngine",
    "ParityReport",
    "Precision",
    "Prediction",
    "Predictions",
    "StagedEngine",
    "StagedNetwork",
    "TorchEngine",
    "beside_patients",
    "logits_of_crops",
    "make_engine",
    "network_input",
    "parity",
    "predict",
    "predict_crops",
    "probe_crops",
]
