"""What a run keeps of its progress: `progress.jsonl`."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .errors import DamagedFileError, MissingFileError
from .extras import require
from .header import PathLike
from .tensorboard import EventWriter

Record = Dict[str, Any]


class Progress:
    """The lines of a `progress.jsonl`, those of all runs in its folder."""

    def __init__(self, path: PathLike):
        self.path = os.fspath(path)
        if os.path.isdir(self.path):
            self.path = os.path.join(self.path, "progress.jsonl")
        self.records: List[Record] = list(_records(self.path))

    def runs(self) -> List[List[Record]]:
        """The lines of each run, which begins with a line `start`."""
        found: List[List[Record]] = []
        for record in self.records:
            if record["event"] == "start" or not found:
                found.append([])
            found[-1].append(record)
        return found

    def __call__(self) -> Any:
        """A pandas frame with a row per line of progress: run, time, phase, done, total, rate, and a column per value.

        `run` counts the starts of runs from 0: a run that was killed and resumed has two.
        """
        pandas = require("pandas")
        rows = [
            {"run": number, **_row(record)}
            for number, run in enumerate(self.runs())
            for record in run
            if record["event"] == "progress"
        ]
        frame = pandas.DataFrame(rows)
        if rows:
            frame["time"] = pandas.to_datetime(frame["time"], utc=True)
        return frame

    def ranks(self) -> Any:
        """A pandas frame with the shares of each rank's time, a row per rank and line `ranks`.

        Of many ranks there are three rows: the least, the mean and the most.
        """
        pandas = require("pandas")
        rows = [
            {
                "time": record["time"],
                "phase": record["phase"],
                "rank": ("least", "mean", "most")[rank] if record["shares"]["are_extremes"] else rank,
                "computing": computing,
                "communicating": record["shares"]["communicating"][rank],
                "waiting": record["shares"]["waiting"][rank],
            }
            for record in self.records
            if record["event"] == "ranks"
            for rank, computing in enumerate(record["shares"]["computing"])
        ]
        frame = pandas.DataFrame(rows)
        if rows:
            frame["time"] = pandas.to_datetime(frame["time"], utc=True)
        return frame

    def to_tensorboard(self, folder: PathLike) -> str:
        """Writes TensorBoard's events to a file in `folder` and returns its name; needs no other package.

        The values of each phase become scalars such as `epoch/loss` or `validation/user_auc`, over steps of the whole
        training where the phase tells them, else over what was done. `tensorboard --logdir FOLDER` shows them.
        """
        first = self.records[0]["time"] if self.records else None
        with EventWriter(folder, _seconds(first) if first else 0.0) as writer:
            for time, step, name, value in self._scalars():
                writer.scalar(time, step, name, value)
            return writer.path

    def _scalars(self) -> Iterator[Tuple[float, int, str, float]]:
        steps_per_epoch = 0
        for record in self.records:
            if record["event"] != "progress":
                continue
            name, number = _phase(record["phase"])
            step = int(record["done"])
            if number is not None and name.endswith("epoch"):
                if record.get("total"):
                    steps_per_epoch = max(steps_per_epoch, int(record["total"]))
                step += (number - 1) * steps_per_epoch
            elif number is not None:
                step = number
            time = _seconds(record["time"])
            for key, value in sorted({**record.get("values", {}), "rate": record["rate"]}.items()):
                yield time, step, f"{name}/{key}", float(value)


def _phase(text: str) -> Tuple[str, Optional[int]]:
    """`epoch 2/4` as (epoch, 2), `validation after step 30` as (validation, 30), anything else as (itself, None)."""
    words = text.split()
    last = words[-1].split("/")[0] if words else ""
    if not last.isdigit():
        return _tag(text), None
    kept = words[:-3] if words[-3:-1] == ["after", "step"] else words[:-1]
    return _tag(" ".join(kept)), int(last)


def _tag(text: str) -> str:
    return text.replace(": ", "/").replace(", ", "/").replace(" ", "_")


def _row(record: Record) -> Record:
    row = {key: value for key, value in record.items() if key not in ("event", "values")}
    return {**row, **record.get("values", {})}


def _seconds(time: str) -> float:
    form = "%Y-%m-%dT%H:%M:%S.%fZ"
    return datetime.strptime(time, form).replace(tzinfo=timezone.utc).timestamp()


def _records(path: str) -> Iterator[Record]:
    """The whole lines. What a kill has cut short, at the end of the file or where a run went on, is left out."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().split("\n")[:-1]
    except OSError as error:
        raise MissingFileError(path, f"cannot be read ({error.strerror})", "give a run's folder") from error
    bad = 0
    for line in lines:
        try:
            record = json.loads(line)
            _seconds(record["time"])
            if record["event"] == "progress":
                float(record["done"]), float(record["rate"]), str(record["phase"])
            yield record
        except (ValueError, KeyError, TypeError):
            bad += 1
    if lines and bad == len(lines):
        raise DamagedFileError(path, "no line is one of a run's progress", "give a run's progress.jsonl")
