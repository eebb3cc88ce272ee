"""An assessment as pictures: the crop, the region attributions and the concepts.

Every picture that carries a result also carries the bundle's notice, so that a file
that travels alone still says what it is. Drawn with matplotlib's object interface, which
keeps no global state and can be called from several threads; it takes a second to import, so
only a picture that needs it does.
"""

import io
import textwrap
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from face2bone.assessment import Assessment
from face2bone.bundle.card import notice_of
from face2bone.errors import PhotoFormatError
from face2bone.explain.shapley import RegionAttribution
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.prepared import Prepared

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


Rgb = npt.NDArray[np.uint8]

TOWARD: Final = "#b2182b"  # diverging pair readable by colour-blind eyes; sign is also printed
AWAY: Final = "#2166ac"
TINT: Final = 0.55
CUT: Final = 0.32  # of the crop's side, about as much as a concept's exemplars show
OUTLINED_SIDE: Final = 640
OUTLINE: Final = (0, 229, 255)
DIM: Final = 0.25  # brightness of a pixel where a concept is absent


def crop_rgba(aligned: Prepared) -> Rgb:
    """The crop the network reads, (H, W, 4), transparent outside the mask; grey stays grey."""
    alpha = np.where(aligned.mask, 255, 0).astype(np.uint8)
    colour = np.broadcast_to(aligned.pixels, (*aligned.mask.shape, 3))
    return np.dstack([colour, alpha])


def crop_png(aligned: Prepared) -> bytes:
    """The crop as PNG bytes."""
    return _png(crop_rgba(aligned))


def checked_crop(png: bytes, spec: InputSpec) -> bytes:
    """A crop that was written to a file, decoded and written anew without anything else in it.

    Raises ``PhotoFormatError`` for anything but a PNG of the size that ``spec`` has.
    """
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
            if picture.size == (spec.width, spec.height):
                return _png(np.asarray(picture.convert("RGBA")))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        pass
    raise PhotoFormatError(
        "This is no crop: a PNG of {width} by {height} pixels is needed. Give the crop.png "
        "that face2bone assess wrote.",
        width=spec.width,
        height=spec.height,
    )


def region_overlay(aligned: Prepared, values: npt.NDArray[np.float64]) -> Rgb:
    """The crop tinted by region, (H, W, 4): red speaks for the class, blue against it.

    ``values`` (n,) in the order of its parts; the tint's strength is the value's share
    of the largest magnitude.
    """
    from matplotlib import colormaps

    strength = values / max(float(np.abs(values).max()), 1e-12)
    colours = colormaps["RdBu_r"](0.5 + 0.4 * strength)[:, :3] * 255.0
    weight = TINT * np.abs(strength)
    out = crop_rgba(aligned).astype(np.float64)
    inside = aligned.part_map >= 0
    region = aligned.part_map[inside]
    w = weight[region][:, None]
    out[inside, :3] = out[inside, :3] * (1.0 - w) + colours[region] * w
    return out.round().astype(np.uint8)


def outlined_jpeg(shown: Rgb, aligned: Prepared) -> bytes:
    """The picture, at most ``OUTLINED_SIDE`` px a side, with the outline of every part.

    shown: (H, W) or (H, W, 3), whose pixels ``aligned.transform`` takes to the crop's.
    """
    height, width = shown.shape[:2]
    scale = min(1.0, OUTLINED_SIDE / max(height, width))
    size = (round(width * scale), round(height * scale))
    picture = cv2.resize(shown, size, interpolation=cv2.INTER_AREA)
    if picture.ndim == 2:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)
    back = cv2.invertAffineTransform(aligned.transform) * scale
    for part in range(len(aligned.parts)):
        inside = (aligned.part_map == part).astype(np.uint8)
        outlines, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        lines = [cv2.transform(line.astype(np.float32), back).round() for line in outlines]
        drawn = [line.astype(np.int32) for line in lines]
        cv2.polylines(picture, drawn, isClosed=True, color=OUTLINE, thickness=1)
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="JPEG", quality=85)
    return buffer.getvalue()


def overlay_png(aligned: Prepared, values: npt.NDArray[np.float64]) -> bytes:
    """``region_overlay`` as PNG bytes."""
    return _png(region_overlay(aligned, values))


def concept_png(aligned: Prepared, location: npt.NDArray[np.float32]) -> bytes:
    """The crop lit where a concept sits, (H, W, 4); ``location`` (H, W) in [0, 1]."""
    out = crop_rgba(aligned).astype(np.float64)
    out[..., :3] *= (DIM + (1.0 - DIM) * location)[..., None]
    return _png(out.round().astype(np.uint8))


def concept_crop_png(aligned: Prepared, location: npt.NDArray[np.float32]) -> bytes:
    """A square cut out where a concept is strongest; ``location`` (H, W) in [0, 1]."""
    crop = crop_rgba(aligned)
    height, width = crop.shape[:2]
    side = round(CUT * min(height, width))
    sums = cv2.blur(np.ascontiguousarray(location), (side, side))
    row, column = np.unravel_index(int(sums.argmax()), sums.shape)
    top = min(max(int(row) - side // 2, 0), height - side)
    left = min(max(int(column) - side // 2, 0), width - side)
    return _png(crop[top : top + side, left : left + side])


def regions_png(assessment: Assessment, class_index: int) -> bytes:
    """Region attributions of one class on the face and as named bars, or why there are none."""
    from matplotlib.figure import Figure

    attribution = assessment.explanation.regions[0]
    values = np.asarray(attribution.values[:, class_index], dtype=np.float64)
    withheld = assessment.explanation.withheld(class_index)
    figure = Figure(figsize=(9.0, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.5))
    aligned = assessment.located.aligned
    left.imshow(crop_rgba(aligned) if withheld else region_overlay(aligned, values))
    left.axis("off")
    if withheld:
        _reason(right, withheld)
    else:
        _bars(right, attribution, values)
    figure.suptitle(
        f"What in the picture speaks for {assessment.bundle.classes[class_index]} (logits)"
    )
    return _finish(figure, assessment)


def _reason(axes: "Axes", withheld: str) -> None:
    text = f"Withheld: this explanation fails its own check. {withheld}"
    axes.text(0.0, 0.5, textwrap.fill(text, 52), va="center")
    axes.axis("off")


def _bars(axes: "Axes", attribution: RegionAttribution, values: npt.NDArray[np.float64]) -> None:
    order = np.argsort(np.abs(values))
    colours = [TOWARD if values[i] >= 0 else AWAY for i in order]
    names = [attribution.parts[i].label for i in order]
    bars = axes.barh(names, values[order], color=colours)
    axes.bar_label(bars, labels=[f"{values[i]:+.2f}" for i in order], padding=3, fontsize=8)
    axes.margins(x=0.2)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_xlabel(f"exact Shapley value, hidden regions filled by {attribution.baseline}")
    axes.spines[["top", "right"]].set_visible(False)


def concepts_png(assessment: Assessment, class_index: int, most: int = 4) -> bytes:
    """Where the concepts that matter most for one class sit in this photo."""
    from matplotlib.figure import Figure

    concepts = assessment.explanation.concepts
    order = np.argsort(concepts.importance[:, class_index])[::-1][:most]
    figure = Figure(figsize=(2.6 * len(order), 3.4), layout="constrained")
    crop = crop_rgba(assessment.located.aligned)
    extent = (0, crop.shape[1], crop.shape[0], 0)
    for axes, k in zip(np.atleast_1d(figure.subplots(1, len(order))), order, strict=True):
        axes.imshow(crop)
        axes.imshow(concepts.location[k], cmap="viridis", alpha=0.5, extent=extent)
        axes.axis("off")
        axes.set_title(
            f"{concepts.names[k]}\npresence {concepts.presence[k]:.2f}, "
            f"importance {concepts.importance_words(int(k), class_index)}",
            fontsize=8,
        )
    figure.suptitle(f"Concepts that matter most for {assessment.bundle.classes[class_index]}")
    return _finish(figure, assessment)


def _finish(figure: "Figure", assessment: Assessment) -> bytes:
    bundle = assessment.bundle
    figure.supxlabel(f"{notice_of(bundle.status)}\nbundle {bundle.name} {bundle.version}", size=7)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120, metadata={"Description": bundle.status})
    return buffer.getvalue()


def _png(pixels: Rgb) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


GAP: Final = 4  # pixels between patches, transparent


def strip_png(patches: npt.NDArray[np.uint8]) -> bytes:
    """Patches (K, h, w, 3), K > 0, as a PNG of one row with transparent gaps."""
    count, height, width, _ = patches.shape
    strip = np.zeros((height, count * (width + GAP) - GAP, 4), np.uint8)
    for i, patch in enumerate(patches):
        left = i * (width + GAP)
        strip[:, left : left + width, :3] = patch
        strip[:, left : left + width, 3] = 255
    buffer = io.BytesIO()
    Image.fromarray(strip).save(buffer, format="PNG")
    return buffer.getvalue()
