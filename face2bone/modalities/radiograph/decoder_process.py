"""Decodes one compressed frame in a process of its own, started by its path with six arguments.

GDCM's JPEG decoders end the whole process on some damaged files, so they never run in the one that
serves people. Reads the codestream from standard input, writes the samples to standard output.
Imports nothing of the package, so that it starts quickly.
"""

import os
import sys

SECONDS = 20  # of the processor
MEMORY = 2**30  # bytes


def decoded(
    codestream: bytes, syntax: str, rows: int, columns: int, bits: int, signed: bool
) -> bytes:
    """Samples of one component in rows, in one byte up to 8 bits, else two, lowest first."""
    import gdcm  # type: ignore[import-untyped]

    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(codestream)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((columns, rows, 1))
    image.SetDataElement(element)
    grey = gdcm.PhotometricInterpretation(gdcm.PhotometricInterpretation.MONOCHROME2)
    image.SetPhotometricInterpretation(grey)
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
    allocated = 8 if bits <= 8 else 16
    image.SetPixelFormat(gdcm.PixelFormat(1, allocated, bits, bits - 1, int(signed)))
    # The binding returns the bytes as text.
    samples: bytes = image.GetBuffer().encode("utf-8", "surrogateescape")
    return samples


def limit() -> None:
    """Bounds this process, where the system has such bounds."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main(syntax: str, rows: str, columns: str, bits: str, signed: str) -> None:
    """From standard input to standard output; what the library prints goes elsewhere."""
    limit()
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    samples = decoded(
        sys.stdin.buffer.read(), syntax, int(rows), int(columns), int(bits), signed == "1"
    )
    with answer:
        answer.write(samples)


if __name__ == "__main__":
    main(*sys.argv[1:])
