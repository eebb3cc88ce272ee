"""Command that serves a hospital's archive: listen."""

import logging
import signal
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from face2bone.cli.application import app, plain_errors
from face2bone.hospital.forms import AnswerForm
from face2bone.words import Language

if TYPE_CHECKING:
    from face2bone.hospital.connection import Certificates, Listening

Pem = Annotated[Path | None, typer.Option(help="PEM file; all three together, or none.")]


@app.command()
def listen(
    folder: Annotated[
        Path, typer.Argument(help="Folder of what came and what is to be sent; made when absent.")
    ],
    caller: Annotated[list[str], typer.Option(help="AE title that may send pictures; repeatable.")],
    send_to: Annotated[str, typer.Option(help="Where answers go: TITLE@host:port.")],
    title: Annotated[str, typer.Option(help="Our own AE title.")] = "FACE2BONE",
    address: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 for a free one.", min=0, max=65_535)] = 11112,
    associations: Annotated[int, typer.Option(help="Callers at once.", min=1, max=256)] = 8,
    most_mb: Annotated[int, typer.Option(help="Largest picture, in MB.", min=1, max=64)] = 64,
    form: Annotated[
        list[AnswerForm] | None,
        typer.Option(help="pdf or capture; repeatable; both by default."),
    ] = None,
    language: Annotated[Language, typer.Option(help="en or zh, of answers.")] = Language.ENGLISH,
    certificate: Pem = None,
    key: Pem = None,
    authority: Pem = None,
) -> None:
    """Receive films and photos from an archive by DICOM and answer into it, until stopped."""
    from face2bone.hospital.connection import Listening, destination_of

    with plain_errors():
        listening = Listening(
            title=title,
            callers=tuple(caller),
            destination=destination_of(send_to),
            address=address,
            port=port,
            associations=associations,
            most_bytes=most_mb << 20,
            forms=tuple(form or AnswerForm),
            language=language,
            certificates=_certificates(certificate, key, authority),
        )
        _serve(listening, folder)


def _serve(listening: "Listening", folder: Path) -> None:
    from face2bone.hospital.folders import Folders
    from face2bone.hospital.models import load_models
    from face2bone.hospital.service import Service

    _silence_libraries()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    service = Service(listening, Folders(folder), load_models())
    with service.running() as port:
        typer.echo(f"Listening as {listening.title} at {listening.address}, port {port}.")
        stop.wait()


def _silence_libraries() -> None:
    """They log of every odd header that a caller sends, and in words that ``logs`` leaves out."""
    for library in ("pynetdicom", "pydicom"):
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", module="pydicom")


def _certificates(
    certificate: Path | None, key: Path | None, authority: Path | None
) -> "Certificates | None":
    from face2bone.hospital.connection import Certificates

    if certificate is None and key is None and authority is None:
        return None
    if certificate is None or key is None or authority is None:
        raise typer.BadParameter("Give --certificate, --key and --authority together, or none.")
    return Certificates(certificate, key, authority)
