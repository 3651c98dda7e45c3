#!/usr/bin/env python3
"""What going on from yesterday's model is worth: the table of docs/rolling-days.md.

    python3 Benchmarks/rolling_days.py LCFT DATA.h5 JOB.yaml FOLDER DAY DAY DAY ...

DATA.h5 has samples with times, for example of `lcft import`; days are yyyy-mm-dd, in order, and begin the periods. A first
model is trained on the samples before the first day. Then, period by period, models are made that know the samples up to its
end, and are scored on the samples of the next one: all on the same samples, with the same histories.

    not updated   the first model
    warm          goes on from the last period's warm model on this period's samples
    warm, average the same, with --warm-start-rows average
    warm, reset   the same, with --warm-start-optimizer reset
    anew          trained on all samples up to the end of the period

Needs nothing but lcft and Python. Prints user AUC (weighted by test samples) and pooled AUC over all users with test samples,
and the seconds of training.
"""

import datetime
import json
import os
import subprocess
import sys


def without_epochs(job):
    """The job with no epochs of the cloud training: the earlier model as it is."""
    lines, section = [], ""
    for line in job.splitlines():
        if line and not line[0].isspace():
            section = line.split(":")[0]
        if section == "training" and line.strip().startswith("epochs:"):
            line = "  epochs: 0"
        lines.append(line)
    return "\n".join(lines) + "\n"


class Study:
    def __init__(self, lcft, data, job, folder):
        self.lcft, self.data, self.folder = lcft, data, folder
        os.makedirs(folder, exist_ok=True)
        with open(job, encoding="utf-8") as file:
            self.text = file.read()
        self.job = self.write("job.yaml", self.text)
        self.none = self.write("none.yaml", without_epochs(self.text))

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, *arguments):
        subprocess.run([self.lcft, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def subset(self, name, *options):
        if not os.path.exists(self.path(name)):
            self.run("subset", self.data, *options, "--output", self.path(name))
        return self.path(name)

    def train(self, name, data, job, *options):
        """Scores of a run, which is made unless it is there."""
        output = self.path(name)
        if not os.path.exists(os.path.join(output, "summary.json")):
            self.run("run", "--job", job, "--data", data, "--output", output, "--methods", "cloud", *options)
        with open(os.path.join(output, "summary.json"), encoding="utf-8") as file:
            summary = json.load(file)
        scores = summary.get("cloud_of_all") or summary["methods"]["cloud"]
        training = summary["cloud_training"]
        return scores["user_auc"], scores["pooled_auc"], training.get("seconds", 0), training.get("warm_start")


def main():
    lcft, data, job, folder, *days = sys.argv[1:]
    study = Study(os.path.abspath(lcft), data, job, folder)
    days = [datetime.date.fromisoformat(day) for day in days]

    def before(day):
        return (day - datetime.timedelta(days=1)).isoformat()

    def seconds(day):
        return str(int(datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc).timestamp()) - 1)

    first = study.subset("first.h5", "--last-day", before(days[1]), "--split-time", seconds(days[0]))
    study.train("first", first, study.job)
    ways = ("not updated", "warm", "warm, average", "warm, reset", "anew")
    print("period     " + "".join(way.rjust(26) for way in ways) + "   new users and items")
    for index in range(len(days) - 2):
        start, middle, end = days[index : index + 3]
        split = ("--last-day", before(end), "--split-time", seconds(middle))
        new = study.subset(f"new-{index}.h5", *split, "--samples-from", start.isoformat())
        every = study.subset(f"all-{index}.h5", *split)

        def last(way):
            return study.path(f"{way}-{index - 1}" if index else "first")

        found = [study.train(f"stale-{index}", new, study.none, "--warm-start", study.path("first"))]
        for way, option in (("warm", []), ("average", ["--warm-start-rows", "average"]),
                            ("reset", ["--warm-start-optimizer", "reset"])):
            found.append(study.train(f"{way}-{index}", new, study.job, "--warm-start", last(way), *option))
        found.append(study.train(f"anew-{index}", every, study.job))
        rows = {row["name"]: row for row in found[1][3]["rows"]}
        print(f"{start.isoformat()} " + "".join(f"{auc:.4f} {pooled:.4f} {time:6.1f} s".rjust(26) for auc, pooled, time, _ in found)
              + f"   {rows.get('users', {}).get('new', 0)} {rows['items']['new']}", flush=True)


if __name__ == "__main__":
    main()
