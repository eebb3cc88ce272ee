"""Commands that speak with a hospital's systems: listen, fhir-send."""

import logging
import math
import signal
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from face2bone import clock
from face2bone.cli.application import EXIT_REFUSED, app, plain_errors, read_file
from face2bone.hospital.forms import AnswerForm
from face2bone.words import Language

if TYPE_CHECKING:
    from face2bone.hospital.connection import Certificates, Listening
    from face2bone.hospital.fhir.delivery import Delivery
    from face2bone.hospital.fhir.opinion import Opinion
    from face2bone.hospital.fhir.outbox import Outbox
    from face2bone.hospital.fhir.transaction import Sending, Transaction

_PUT_ASIDE = "What was refused lies in the folder refused, with the reason."
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
    stop = _stop_when_told()
    service = Service(listening, Folders(folder), load_models())
    with service.running() as port:
        typer.echo(f"Listening as {listening.title} at {listening.address}, port {port}.")
        stop.wait()


def _stop_when_told() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


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


@app.command()
def fhir_send(
    folder: Annotated[Path, typer.Argument(help="Folder of what is to be sent; made when absent.")],
    to: Annotated[str, typer.Option(help="Base address of the server, https.")],
    reports: Annotated[
        list[Path] | None, typer.Argument(help="report.fhir.json to send; several.")
    ] = None,
    patients: Annotated[
        str, typer.Option(help="URI of the system that the pseudonyms are of; needed for reports.")
    ] = "",
    known_patients: Annotated[
        bool, typer.Option("--known-patients", help="Make no patient whom the server lacks.")
    ] = False,
    token: Annotated[
        Path | None, typer.Option(help="File that holds the bearer token and nothing else.")
    ] = None,
    authority: Annotated[
        Path | None, typer.Option(help="PEM file of who signed the server's certificate.")
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask for an opinion: a Task and a Communication.")
    ] = False,
    requester: Annotated[str, typer.Option(help="Who asks, such as Practitioner/12.")] = "",
    owner: Annotated[str, typer.Option(help="Who is asked, such as Organization/3.")] = "",
    keep_trying: Annotated[
        int, typer.Option(help="Seconds until what does not go through is left for later.", min=0)
    ] = 60,
    watch: Annotated[
        bool, typer.Option("--watch", help="Send what comes into the folder, until stopped.")
    ] = False,
) -> None:
    """Send FHIR reports to a hospital's server, by way of an outbox that outlives a kill."""
    from face2bone.hospital.fhir.delivery import Delivery
    from face2bone.hospital.fhir.outbox import Outbox
    from face2bone.hospital.fhir.server import server_at
    from face2bone.hospital.fhir.transaction import Sending

    with plain_errors():
        server = server_at(to, token, authority)
        server.check()
        outbox, made = Outbox(folder), list["Transaction"]()
        if reports:
            opinion = _opinion(ask, requester, owner)
            made = _made(reports, Sending(patients, opinion, known_patients))
            outbox.put(made, server.address)
        delivery = Delivery(server, outbox)
        if _deliver(delivery, outbox, server.address, math.inf if watch else keep_trying):
            _say_what_became(delivery, outbox, watch)
        else:
            _leave_to_the_other(outbox, made, watch)


def _opinion(ask: bool, requester: str, owner: str) -> "Opinion | None":
    from face2bone.hospital.fhir.opinion import Opinion

    if not ask and (requester or owner):
        raise typer.BadParameter("Give --requester and --owner with --ask, or none of them.")
    return Opinion(requester, owner) if ask else None


def _made(reports: list[Path], sending: "Sending") -> "list[Transaction]":
    """All of them, or none where one of them may not be sent."""
    from face2bone.errors import SendError
    from face2bone.hospital.fhir.transaction import transaction_of

    made = []
    for path in reports:
        try:
            made.append(transaction_of(read_file(path), sending, clock.local(clock.now())))
        except SendError as error:
            typer.echo(f"{path.name}: {error}", err=True)
    if len(made) < len(reports):
        raise typer.Exit(EXIT_REFUSED)
    return made


def _deliver(delivery: "Delivery", outbox: "Outbox", address: str, seconds: float) -> bool:
    """Whether this process sent, and not another.

    It looks again when it has let go: what was put in after its last look was left to it.
    """
    stop, did_send = _stop_when_told(), False
    while True:
        with outbox.held(address) as ours:
            if not ours:
                return did_send
            delivery.run(stop, seconds)
            did_send, is_empty = True, not outbox.waiting()
        if stop.is_set() or not is_empty or not outbox.waiting():
            return True


def _leave_to_the_other(outbox: "Outbox", made: "list[Transaction]", watch: bool) -> None:
    """Ends with code 1 where anything waits, or where one of ours was put aside by the other."""
    from face2bone.errors import SendError

    if watch:
        raise SendError(
            "Another process of this program sends from this folder. Stop it, or name another "
            "folder."
        )
    left, refused = len(outbox.waiting()), any(outbox.has_refused(one.name) for one in made)
    if left:
        typer.echo(f"Waiting: {left}. The other process sends it if it goes on.", err=True)
    elif refused:
        typer.echo(_PUT_ASIDE, err=True)
    else:
        typer.echo("Nothing waits; another process sends from this folder.")
    if left or refused:
        raise typer.Exit(EXIT_REFUSED)


def _say_what_became(delivery: "Delivery", outbox: "Outbox", watch: bool) -> None:
    """Ends with code 1 where anything was refused, or is left by one that does not watch."""
    left = len(outbox.waiting())
    typer.echo(f"Sent: {delivery.sent}. Waiting: {left}. Refused: {delivery.refused}.")
    if delivery.known:
        which = "it" if delivery.sent == 1 else f"{delivery.known} of them"
        typer.echo(f"The server had {which} already; nothing there was changed.")
    if left and delivery.trouble:
        typer.echo(f"What waits was not taken: {delivery.trouble.rstrip('.')}.", err=True)
    if delivery.refused:
        typer.echo(_PUT_ASIDE, err=True)
    if (left and not watch) or delivery.refused:
        raise typer.Exit(EXIT_REFUSED)
