"""The side that pictures are sent to: a C-STORE and C-ECHO provider (PS3.4, annexes A and B).

A picture is acknowledged when it is on the disk and not before; what cannot be answered later,
because nobody could say to which study, is refused at once.
"""

import logging
import socket
from collections.abc import Callable
from typing import Final, cast

from pynetdicom import AE, evt
from pynetdicom.events import Event
from pynetdicom.presentation import build_context
from pynetdicom.transport import AssociationSocket, ThreadedAssociationServer

from face2bone.errors import Face2BoneError, ListenError
from face2bone.hospital.connection import PATIENCE, Listening, accepting_tls
from face2bone.hospital.dicom_photo import PHOTOGRAPH, SECONDARY_CAPTURE
from face2bone.hospital.folders import Folders
from face2bone.hospital.header import read_header
from face2bone.logs import fault
from face2bone.modalities.radiograph.decoding import COMPRESSED, PLAIN

VERIFICATION: Final = "1.2.840.10008.1.1"
RECEIVED: Final = (
    "1.2.840.10008.5.1.4.1.1.1",  # computed radiography
    "1.2.840.10008.5.1.4.1.1.1.1",  # digital radiography, for presentation
    SECONDARY_CAPTURE,
    PHOTOGRAPH,
)
"""Classes of objects that are accepted."""
SUCCESS, OUT_OF_RESOURCES, CANNOT_UNDERSTAND = 0x0000, 0xA700, 0xC000
MOST_OF_A_PDU: Final = 1 << 20  # bytes; a request for every class in every syntax has a tenth
_AROUND: Final = 1 << 20  # bytes of a message that are not the picture's own

_log = logging.getLogger(__name__)


class Receiver:
    """Listens until it is stopped; ``told`` is called for every picture that came."""

    def __init__(self, listening: Listening, folders: Folders, told: Callable[[], None]) -> None:
        self._listening, self._folders, self._told = listening, folders, told
        self._ae = _entity(listening)

    def start(self) -> int:
        """Begin to listen; the port, where the system chose it.

        Raises ``ListenError`` where address or port cannot be had.
        """
        listening = self._listening
        files = listening.certificates
        try:
            server = self._ae.start_server(
                (listening.address, listening.port),
                block=False,
                ssl_context=None if files is None else accepting_tls(files),
                evt_handlers=[
                    (evt.EVT_CONN_OPEN, self._bounded),
                    (evt.EVT_C_STORE, self._stored),
                    (evt.EVT_REJECTED, _rejected),
                ],
            )
        except OSError as error:
            raise ListenError(
                "Nothing can listen at the address {address}, port {port}. Choose an address of "
                "this machine and a port that is free and not reserved.",
                address=listening.address,
                port=listening.port,
            ) from error
        return int(cast(ThreadedAssociationServer, server).server_address[1])

    def stop(self) -> None:
        """Accept nothing more; what is being sent now is not acknowledged."""
        self._ae.shutdown()

    def _bounded(self, event: Event) -> None:
        bound = _Bound(event, self._listening.most_bytes)
        event.assoc.bind(evt.EVT_DIMSE_RECV, bound.message_ended)

    def _stored(self, event: Event) -> int:
        try:
            return self._kept(event)
        except Face2BoneError:
            _log.warning("Refused a file that is damaged or says no study")
            return CANNOT_UNDERSTAND
        except OSError as error:
            fault(_log, error, "A picture cannot be kept, so it was not acknowledged")
            return OUT_OF_RESOURCES

    def _kept(self, event: Event) -> int:
        file = event.encoded_dataset()
        read_header(file)
        picture = self._folders.receive(file, event.encoded_dataset(include_meta=False))
        syntax = str(event.context.transfer_syntax)
        _log.info("Received", extra={"picture": picture[:8], "transfer_syntax": syntax})
        self._told()
        return SUCCESS


class _Bound:
    """No PDU and no message beyond a size: the connection is closed in the middle of it."""

    def __init__(self, event: Event, most_bytes: int) -> None:
        connection = cast(AssociationSocket, event.assoc.dul.socket)
        self._opened = cast(socket.socket, connection.socket)
        self._opened.settimeout(PATIENCE)
        self._read, self._most, self._so_far = connection.recv, most_bytes + _AROUND, 0
        vars(connection)["recv"] = self._recv  # the library reads as much as a peer announces

    def _recv(self, size: int) -> bytearray:
        self._so_far += size
        try:
            self._check(size)
            read = self._read(size)
        except OSError:
            self._opened.close()
            raise
        if len(read) < size:  # the other side broke off, after which the library leaves it open
            self._opened.close()
        return read

    def _check(self, size: int) -> None:
        if size > MOST_OF_A_PDU or self._so_far > self._most:
            _log.warning("Closed a connection that sent more than is allowed")
            raise ConnectionAbortedError

    def message_ended(self, event: Event) -> None:
        """The next message is counted from its own beginning."""
        self._so_far = 0


def _entity(listening: Listening) -> AE:
    entity = AE(listening.title)
    entity.require_called_aet = True
    entity.require_calling_aet = list(listening.callers)
    entity.maximum_associations = listening.associations
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = PATIENCE
    entity.supported_contexts = [
        build_context(VERIFICATION),
        *(build_context(one, sorted(PLAIN | COMPRESSED)) for one in RECEIVED),
    ]
    return entity


def _rejected(event: Event) -> None:
    _log.warning("Refused a caller: not one of those named, another title than ours, or too many")
