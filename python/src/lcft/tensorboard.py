"""TensorBoard's files of events, written without TensorBoard.

A file is a row of records (TensorFlow's TFRecord): the length as uint64, its masked CRC-32C, the payload, its masked
CRC-32C. A payload is a message `Event` of protocol buffers: wall_time = 1 (double), step = 2 (int64), file_version = 3
(string), summary = 5 (message: value = 1 (message: tag = 1 (string), simple_value = 2 (float))).
"""

from __future__ import annotations

import os
import struct
from types import TracebackType
from typing import List, Optional, Type

from .header import PathLike


def _table() -> List[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _table()


def _masked_crc(data: bytes) -> bytes:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while True:
        out.append((value & 0x7F) | (0x80 if value > 0x7F else 0))
        value >>= 7
        if value == 0:
            return bytes(out)


def _field(number: int, payload: bytes) -> bytes:
    """A field that has a length: text or a message."""
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


class EventWriter:
    """One file of events in `folder`, which is made if it is missing."""

    def __init__(self, folder: PathLike, start: float):
        os.makedirs(folder, exist_ok=True)
        self.path = os.path.join(os.fspath(folder), f"events.out.tfevents.{int(start)}.lcft")
        self._file = open(self.path, "wb")
        self._write(start, 0, _field(3, b"brain.Event:2"))

    def scalar(self, time: float, step: int, name: str, value: float) -> None:
        """Adds a value at `time`, in seconds since 1970."""
        value_message = _field(1, name.encode()) + b"\x15" + struct.pack("<f", value)
        self._write(time, step, _field(5, _field(1, value_message)))

    def _write(self, time: float, step: int, what: bytes) -> None:
        payload = b"\x09" + struct.pack("<d", time) + b"\x10" + _varint(step) + what
        length = struct.pack("<Q", len(payload))
        self._file.write(length + _masked_crc(length) + payload + _masked_crc(payload))

    def __enter__(self) -> EventWriter:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._file.close()
