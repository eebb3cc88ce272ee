"""A picture of the patient at hand as its file, because its pixels take tens of megabytes.

A telephone's photo is 36 MB of pixels and a film half as much again, while all that a page shows of
it again and again, the crop, is a thousandth. So a case keeps the file, which the server holds
anyway, and nobody who only reads a result keeps pixels.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.modality import Picture


class KeptPicture:
    """The bytes of a picture, and its pixels while a page is being drawn from them.

    The same bytes are read in the same way every time, so what is seen in the pixels at one time
    holds for those of another. Raises ``PictureError`` when ``read`` refuses them.
    """

    def __init__(self, data: bytes, read: Callable[[bytes], Picture]) -> None:
        self._data, self._read = data, read
        self._opened: Picture | None = read(data)
        self.sha256 = self._opened.sha256

    @property
    def shown(self) -> NDArray[np.uint8]:
        """(H, W) or (H, W, 3), for a person to look at."""
        return self.opened().shown

    def opened(self) -> Picture:
        """With its pixels, which stay until it is closed: read once, however often it is asked."""
        found = self._opened  # another run of the page may close it meanwhile
        if found is None:
            found = self._opened = self._read(self._data)
        return found

    def read(self) -> Picture:
        """With pixels that go when the caller lets go of them, for what no page waits for."""
        return self._opened or self._read(self._data)

    def close(self) -> None:
        """Let go of the pixels; the file stays."""
        self._opened = None
