"""The seal of files that show data sets of others: a line after the end of the HDF5 file."""

from __future__ import annotations

import hashlib
import os

from .errors import DamagedFileError

_MARK = b"\nlcft sha256 "
_LENGTH = len(_MARK) + 64 + 1


def check_seal(path: str) -> bool:
    """Whether the file ends with a seal. Raises where it does and has changed since it was written.

    HDF5 has no checksum for what such a file shows, and with damaged bytes there the library may end the process.
    """
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        file.seek(max(0, size - _LENGTH))
        line = file.read()
        if size <= _LENGTH or not line.startswith(_MARK):
            return False
        file.seek(0)
        digest, left = hashlib.sha256(), size - _LENGTH
        while left > 0:
            piece = file.read(min(left, 1 << 20))
            if not piece:
                break
            digest.update(piece)
            left -= len(piece)
    if line[len(_MARK) : -1] != digest.hexdigest().encode():
        advice = "copy it again from where it was written, or fine-tune again with --save-models"
        raise DamagedFileError(path, "has changed since it was written (its seal is broken)", advice)
    return True
