"""Every syntax gives the same film; what is shown agrees with pydicom; what is kept is little."""

import io
import warnings
from dataclasses import fields
from typing import Any, Final

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    DigitalXRayImageStorageForProcessing,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    SecondaryCaptureImageStorage,
)

from face2bone.errors import RadiographFormatError, RadiographUnreadable, RadiographUnsuited
from face2bone.modalities.radiograph import (
    BodyPart,
    Laterality,
    Polarity,
    Radiograph,
    Spacing,
    View,
    read_radiograph,
)
from face2bone.modalities.radiograph.decoder_process import decoded
from face2bone.modalities.radiograph.decoding import JPEG_BASELINE
from face2bone.modalities.radiograph.dicom import read_dicom
from face2bone.modalities.radiograph.elements import PIXEL_DATA, frame, read_elements
from tests.modalities.radiograph.films import LOSSLESS, NAME, UNCOMPRESSED, dataset, drawn, saved
from tests.modalities.radiograph.films import dicom as film_in

LOSSY: Final = {"JPEGBaselineProcess1": 8, "JPEG2000": 12, "JPEGLSNearLossless": 12}


def shown(**tags: Any) -> NDArray[np.float32]:
    """The drawn film of 12 bits as it is shown with these tags; lettering is not looked for."""
    return read_dicom(saved(dataset(drawn(), 12, **tags))).pixels


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("syntax", [*UNCOMPRESSED, *LOSSLESS])
def test_every_lossless_syntax_gives_the_same_pixels(syntax: str, bits: int) -> None:
    found = read_dicom(film_in(syntax, bits))
    expected = read_dicom(film_in("explicit", bits)).pixels
    assert np.array_equal(found.pixels, expected)
    assert found.bits == bits


@pytest.mark.parametrize("syntax", LOSSY)
def test_a_syntax_with_loss_agrees_with_another_decoder(syntax: str) -> None:
    """Pillow's, where it has one; and it is said that fine structure may be missing."""
    bits = LOSSY[syntax]
    data = film_in(syntax, bits)
    found = read_dicom(data)
    expected = read_dicom(film_in("explicit", bits)).pixels
    assert np.abs(found.pixels - expected).max() < 0.02
    if syntax != "JPEG2000":  # which says nothing of whether it lost anything
        assert any("compressed with loss" in remark for remark in found.tagged.remarks)
    if syntax == "JPEGBaselineProcess1":
        made = pydicom.dcmread(io.BytesIO(data))
        made.pixel_array_options(decoding_plugin="pillow")
        levels = made.pixel_array.astype(float)
        low, high = levels.min(), levels.max()
        assert np.abs(found.pixels - (levels - low) / (high - low)).max() <= 1.5 / 255


def test_the_process_decodes_what_is_asked() -> None:
    """As it would in a process of its own."""
    elements = read_elements(film_in("JPEGBaselineProcess1", 8), {PIXEL_DATA})
    codestream = frame(elements.values[PIXEL_DATA])
    samples = decoded(codestream, JPEG_BASELINE, 320, 260, 8, False)
    assert len(samples) == 320 * 260
    assert (
        np.abs(np.frombuffer(samples, np.uint8).reshape(320, 260) - drawn(8).astype(int)).max() < 9
    )


def test_jpeg_of_twelve_bits_with_loss_is_refused_in_words() -> None:
    data = film_in("JPEGExtendedProcess2_4", 12)
    with pytest.raises(RadiographFormatError, match="compressed in a way"):
        read_radiograph(data)


def lut(entries: NDArray[np.uint16], first: int, bits: int) -> Sequence:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries), first, bits])
    item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return Sequence([item])


CURVE: Final = np.round(4_095 * np.linspace(0, 1, 3_000) ** 0.6).astype(np.uint16)
WINDOWS: Final = (
    {"WindowCenter": "1500", "WindowWidth": "2200"},
    {"WindowCenter": ["1500", "300"], "WindowWidth": ["2200", "50"]},
    {"WindowCenter": "1500.5", "WindowWidth": "1"},
    {"WindowCenter": "1500", "WindowWidth": "2200", "VOILUTFunction": "LINEAR_EXACT"},
    {"WindowCenter": "1500", "WindowWidth": "900", "VOILUTFunction": "SIGMOID"},
    {
        "WindowCenter": "400",
        "WindowWidth": "3000",
        "RescaleSlope": "0.5",
        "RescaleIntercept": "-300",
        "RescaleType": "US",
    },
    {"VOILUTSequence": lut(CURVE, 500, 12)},
    {"VOILUTSequence": lut(CURVE, 500, 12), "WindowCenter": "3000", "WindowWidth": "100"},
    {
        "ModalityLUTSequence": lut(CURVE * np.uint16(16), 300, 16),
        "WindowCenter": "32000",
        "WindowWidth": "40000",
    },
)


@pytest.mark.parametrize("tags", WINDOWS)
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_what_is_shown_is_what_pydicom_shows(tags: dict[str, Any], photometric: str) -> None:
    """On its own scale of output, and inverted at the end where the file asks for it."""
    for name in ("ModalityLUTSequence", "VOILUTSequence"):
        if name in tags:
            tags[name][0].ModalityLUTType = "US"
    data = saved(dataset(drawn(), 12, PhotometricInterpretation=photometric, **tags))
    made = pydicom.dcmread(io.BytesIO(data))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = apply_modality_lut(drawn(), made)
        if "VOILUTSequence" in tags:
            expected = apply_voi_lut(values, made) / 4_095
        else:
            out = np.asarray(apply_voi_lut(values, made), dtype=float)
            low, high = output_range(made)
            expected = (out - low) / (high - low)
    if photometric == "MONOCHROME1":
        expected = 1 - expected
    found = read_dicom(data).pixels
    assert np.abs(found - expected).max() < 2e-4


def output_range(made: Dataset) -> tuple[float, float]:
    """Between what pydicom stretches a window: the values that there can be."""
    if "ModalityLUTSequence" in made:
        return 0.0, 65_535.0
    slope = float(made.get("RescaleSlope", 1))
    intercept = float(made.get("RescaleIntercept", 0))
    return intercept, 4_095 * slope + intercept


def test_a_linear_window_by_hand() -> None:
    """PS3.3, C.11.2.1.2.1: width 5 around 12 runs from 9.5 to 13.5."""
    film = np.tile(np.arange(256, dtype=np.uint8), (256, 1))
    made = dataset(film, 8, WindowCenter="12", WindowWidth="5")
    row = read_dicom(saved(made)).pixels[0]
    assert row[8:16].tolist() == pytest.approx([0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1])


def test_inverted_once_whatever_says_so() -> None:
    plain = shown(WindowCenter="2000", WindowWidth="4000")
    window = {"WindowCenter": "2000", "WindowWidth": "4000"}
    cases = {
        ("MONOCHROME2", None): False,
        ("MONOCHROME1", None): True,
        ("MONOCHROME2", "IDENTITY"): False,
        ("MONOCHROME1", "INVERSE"): True,
        ("MONOCHROME2", "INVERSE"): True,
        ("MONOCHROME1", "IDENTITY"): False,
    }
    for (photometric, shape), inverted in cases.items():
        tags = {"PresentationLUTShape": shape} if shape else {}
        found = shown(PhotometricInterpretation=photometric, **tags, **window)
        assert np.allclose(found, 1 - plain if inverted else plain, atol=1e-6), (photometric, shape)


def test_signed_values_and_bits_that_hold_an_overlay() -> None:
    film = drawn()
    signed = dataset((film.astype(np.int16) - 2_048), 12)
    overlaid = dataset(film | np.uint16(0x8000), 12)
    shifted = dataset(film << np.uint16(4), 12, HighBit=15)
    for made in (signed, overlaid, shifted):
        assert np.allclose(read_dicom(saved(made)).pixels, shown(), atol=1e-6)


def test_padding_is_dark_in_either_polarity_and_not_counted_in_the_range() -> None:
    film = drawn()
    film[:40] = 4_095
    for photometric in ("MONOCHROME1", "MONOCHROME2"):
        made = dataset(film, 12, PhotometricInterpretation=photometric, PixelPaddingValue=4_095)
        pixels = read_dicom(saved(made)).pixels
        assert pixels[:40].max() == 0
        assert {float(pixels[40:].min()), float(pixels[40:].max())} == {0.0, 1.0}


@pytest.mark.parametrize(
    ("tags", "error", "words"),
    [
        ({"SOPClassUID": DigitalXRayImageStorageForProcessing}, RadiographUnsuited, "raw values"),
        ({"PresentationIntentType": "FOR PROCESSING"}, RadiographUnsuited, "raw values"),
        ({"SOPClassUID": CTImageStorage}, RadiographUnsuited, "not a radiograph"),
        ({"BodyPartExamined": "CHEST"}, RadiographUnsuited, r"another body part \(chest\)"),
        (
            {"BodyPartExamined": "L SPINE"},
            RadiographUnsuited,
            r"\(lumbar spine\)",
        ),
        ({"NumberOfFrames": "7"}, RadiographFormatError, "several pictures"),
        (
            {"SOPClassUID": MultiFrameGrayscaleWordSecondaryCaptureImageStorage},
            RadiographFormatError,
            "several pictures",
        ),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, RadiographFormatError, "colour"),
        ({"SamplesPerPixel": 3}, RadiographFormatError, "colour"),
        ({"BitsAllocated": 32}, RadiographFormatError, "32 bits"),
        ({"Rows": None}, RadiographUnreadable, "damaged"),
        ({"PixelData": b"\0\0"}, RadiographUnreadable, "damaged"),
    ],
)
def test_what_is_no_film_of_a_joint_is_refused_in_words(
    tags: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        read_radiograph(saved(dataset(drawn(), 12, **tags)))


def read(**tags: Any) -> Radiograph:
    return read_radiograph(saved(dataset(drawn(), 12, **tags)))


def test_what_measuring_needs_is_kept() -> None:
    found = read(
        SOPClassUID=DigitalXRayImageStorageForPresentation,
        ImageLaterality="L",
        ViewPosition="AP",
        BodyPartExamined="Hand",
        ImagerPixelSpacing=["0.15", "0.14"],
    )
    assert found.laterality is Laterality.LEFT
    assert found.view is View.AP
    assert found.body_part is BodyPart.HAND
    assert found.spacing == Spacing(0.15, 0.14, at_detector=True)
    assert found.bits == 12
    assert found.polarity is Polarity.FILE
    assert any("on the detector" in remark for remark in found.remarks)


def test_what_the_file_does_not_say_or_contradicts_is_not_made_up() -> None:
    found = read(BodyPartExamined=None)
    assert (found.laterality, found.view, found.body_part, found.spacing) == (None,) * 4
    contrary = read(ImageLaterality="L", Laterality="R")
    assert contrary.laterality is None
    assert any("contradicts itself about the side" in remark for remark in contrary.remarks)
    absurd = read(PixelSpacing=["14", "14"], BodyPartExamined="GENOU", ViewPosition="MRS DOE")
    assert (absurd.spacing, absurd.body_part, absurd.view) == (None, None, None)
    assert {
        "cannot be right" in " ".join(absurd.remarks),
        "not know" in " ".join(absurd.remarks),
    } == {True}


def test_spacing_counts_as_the_patients_only_when_calibrated() -> None:
    plain = {"PixelSpacing": ["0.2", "0.2"], "ImagerPixelSpacing": ["0.22", "0.22"]}
    assert read(**plain).spacing == Spacing(0.2, 0.2, at_detector=True)
    calibrated = read(**plain, PixelSpacingCalibrationType="FIDUCIAL")
    assert calibrated.spacing == Spacing(0.2, 0.2, at_detector=False)
    captured = read(
        SOPClassUID=SecondaryCaptureImageStorage, NominalScannedPixelSpacing=["0.1", "0.1"]
    )
    assert captured.spacing == Spacing(0.1, 0.1, at_detector=True)


def test_nothing_of_the_patient_is_kept() -> None:
    """No field can hold a name, and no remark repeats what a file wrote freely."""
    found = read(ViewPosition=NAME, ImageLaterality="DOE", BodyPartExamined=NAME)
    said = (found.laterality, found.view, found.body_part, found.spacing, *found.remarks)
    kept = " ".join(map(str, said)).upper()
    assert not [word for word in ("DOE^", "JANE", "4711", "1950") if word in kept]
    assert {field.name for field in fields(found)} == {
        *("pixels", "blanked", "bits", "polarity", "spacing", "laterality", "view"),
        *("body_part", "sha256", "remarks"),
    }


def test_a_picture_that_contradicts_its_tags_is_left_and_said() -> None:
    found = read_radiograph(saved(dataset(4_095 - drawn(), 12)))
    assert found.polarity is Polarity.CONTRADICTED
    assert not any("bright" in remark for remark in found.remarks)  # a check of quality says it
    assert np.median(found.pixels[:, :20]) > 0.5


def test_text_burned_in_is_said() -> None:
    assert any("burned into" in remark for remark in read(BurnedInAnnotation="YES").remarks)


def test_pydicom_reads_the_same_values() -> None:
    """The files these tests are made of are what they are said to be."""
    made = pydicom.dcmread(io.BytesIO(film_in("explicit")))
    assert str(made.PatientName) == NAME
    assert np.array_equal(made.pixel_array, drawn())
