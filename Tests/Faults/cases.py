"""The commands that write, on a small world: their inputs, their arguments, and what they find in their folder."""

import gzip
import json
import os
import random
from dataclasses import dataclass, field

JOB = """name: faults
model: {name: WideDeep, user_embedding: 10, item_embedding: 6, category_embedding: 4, hidden: [6], history_length: 5}
training: {epochs: 2, batch_size: 192, learning_rate: 0.01, optimizer: adam, checkpoint_steps: 2}
finetuning: {methods: [cloud, local, soft1, grouped, hard], learning_rate: 0.005, epochs: 2, optimizer: adam}
grouping: {quantiles: 2, epochs: 1, learning_rate: 0.05, batch_size: 192, optimizer: adam}
search: {alphas: [0.8, 1], betas: [0, 0.1], groups: {quantiles: 2}, learning_rates: [0.005, 0.02]}
"""
JUDGED = JOB + "validation: {last: 0.2, every_steps: 2, metric: log_loss, patience: 4}\n"
CLOUD = JOB.split("search:")[0] + """validation: {last: 0.2, metric: log_loss}
search: {cloud: {method: halving, candidates: 3, factor: 2, settings: {
  training.learning_rate: {from: 0.001, to: 0.1, log: true}, training.optimizer: [adam, adagrad]}}}
"""
# With enough outcomes for temporary files.
MANY = """name: faults
model: {name: LR}
training: {epochs: 1, batch_size: 8192, learning_rate: 0.1}
finetuning: {methods: [cloud, local, soft1, soft2, balanced1, balanced2, proximal, averaged], losses: false}
"""
SWEEP = """output: out
jobs: ../in/short.yaml
data: {world: ../in/world.h5}
seeds: [1, 2]
set: {finetuning.methods: [[cloud, local]]}
"""
SHORT = JOB.replace("epochs: 2, batch_size", "epochs: 1, batch_size")
SCHEMA = """log:
  files: [views.tsv.gz]
  delimiter: tab
  user: member
  item: sku
  time: {column: shown_at, unit: s}
label: {column: clicked, positive: ["yes"], negative: ["no"]}
sample_features:
  hour: {from: time, as: hour}
  price: {column: price, kind: numeric, transform: log}
event_features:
  dwell: {column: dwell, kind: numeric, transform: quantiles(4)}
users:
  file: members.csv
  key: id
  features: {age: {}, tags: {list: "|"}}
items:
  file: skus.jsonl
  key: sku
  features: {brand: {hash: 100}}
split: {fraction: 0.8}
"""
SHARED = """log: {files: [shared.jsonl, shared.jsonl.gz], user: u, item: i, time: {column: t, unit: s}}
label: {column: on}
split: {fraction: 0.8}
"""


@dataclass
class Case:
    name: str
    arguments: list
    # Whether it runs on ranks, and is resumed by --resume.
    on_ranks: bool = False
    # A command that fills the folder before: what is replaced.
    earlier: list = field(default_factory=list)
    # Files and folders that it writes, other than the folder `out`.
    outputs: list = field(default_factory=list)
    # How it goes on, where that is not by --resume on ranks and by --overwrite otherwise.
    again: list = None
    # The status with which its answer, on standard output, says in one line that something cannot be read.
    unreadable: int = None
    # Whether its answer has times, which differ from run to run.
    tells_times: bool = False

    def resumed(self, folder):
        """The command that goes on from what lies in `folder`."""
        if self.again is not None:
            return self.arguments + self.again
        extra = "--resume" if self.on_ranks else "--overwrite"
        # As long as nothing new is made the earlier files are whole, and a run would go on from them.
        out = os.path.join(folder, "out")
        if "--overwrite" in self.arguments and self.on_ranks and not any(
                name.startswith("replacement-") for name in os.listdir(out)):
            extra = "--overwrite"
        kept = [word for word in self.arguments if word != "--overwrite"]
        # A timeline that is there is not replaced, and the refusal says so.
        if "--profile" in kept:
            place = kept.index("--profile")
            if os.path.exists(os.path.join(folder, kept[place + 1])):
                del kept[place:place + 2]
        return kept + [extra]


def on_job(command, *extra, job="job", data="world"):
    return [command, "--job", f"../in/{job}.yaml", "--data", f"../in/{data}.h5", "--output", "out", *extra]


def cases():
    csv = ["import", "csv", "--interactions", "../in/log.csv", "--split-fraction", "0.8", "--items", "../in/items.csv"]
    # Rows enough for columns in files.
    large = ["import", "csv", "--interactions", "../in/large.csv", "--split-fraction", "0.8"]
    file = ["--output", "out.h5"]
    cloud = ["--checkpoint", "../in/run/checkpoint-epoch-2.h5"]
    few = ["--methods", "cloud,local"]
    return [
        Case("synthesize", ["synthesize", "--users", "40", "--items", "40", "--features", *file]),
        Case("synthesize, over", ["synthesize", "--users", "40", "--items", "40", *file, "--overwrite"],
             earlier=["synthesize", "--users", "30", "--items", "30", *file]),
        Case("import csv", csv + file),
        Case("import csv, bounded", large + ["--memory", "200M", *file, "--overwrite"], earlier=csv[:6] + file),
        Case("import table", ["import", "table", "--schema", "../in/schema.yaml", *file]),
        Case("import table, bounded", ["import", "table", "--schema", "../in/schema.yaml", "--memory", "200M", *file]),
        Case("import movielens", ["import", "movielens", "--directory", "../in/ml", "--split-fraction", "0.8", *file]),
        Case("import recbole", ["import", "recbole", "../in/atomic", "--split-fraction", "0.8", *file]),
        Case("import amazon", ["import", "amazon", "--reviews", "../in/reviews.json.gz", "--split-fraction", "0.8", *file]),
        Case("import taobao", ["import", "table", "--schema", "taobao-userbehavior", "--folder", "../in", *file]),
        # Files that are large enough for the other rank to read them.
        Case("import, shared", ["import", "table", "--schema", "../in/shared.yaml", *file], True, again=["--overwrite"]),
        Case("subset", ["subset", "../in/log.h5", "--split-fraction", "0.5", "--sample-users", "0.5", *file]),
        Case("subset, bounded", ["subset", "../in/log.h5", "--sample-users", "0.5", "--memory", "200M", *file]),
        Case("merge", ["merge", "../in/log.h5", "../in/log2.h5", *file]),
        Case("merge, bounded", ["merge", "../in/large.h5", "../in/log2.h5", "--memory", "200M", *file]),
        Case("train", on_job("train"), True),
        Case("train, judged", on_job("train", job="judged"), True),
        Case("train, warm", on_job("train", "--warm-start", "../in/parent"), True),
        Case("train, over", on_job("train", "--overwrite"), True, earlier=on_job("train", job="short")),
        Case("finetune", on_job("finetune", *cloud, "--labels", "../in/run/labels.h5"), True),
        Case("run", on_job("run"), True),
        Case("run, models", on_job("run", *few, "--save-models", "sample:20"), True),
        Case("run, over", on_job("run", *few, "--overwrite"), True, earlier=on_job("run", *few, job="short")),
        Case("run, spilled", on_job("run", "--memory", "180M", job="many", data="many"), True),
        Case("run, profile", on_job("run", *few, "--profile", "timeline.json"), True),
        Case("search", on_job("search", *cloud, "--methods", "local,hard"), True),
        Case("search --cloud", on_job("search", "--cloud", job="cloud"), True),
        Case("search-labels", on_job("search-labels", *cloud), True),
        Case("apply", ["apply", "--models", "../in/run/models.h5", *cloud, "--data", "../in/world.h5", "--output", "out",
                       *few], True),
        Case("predict", ["predict", *cloud, "--data", "../in/world.h5", "--pairs", "../in/pairs.csv", *few, *file], True,
             again=["--overwrite"]),
        Case("predict, csv", ["predict", *cloud, "--pairs", "../in/pairs.csv", "--top", "3", "--output", "out.csv"], True,
             again=["--overwrite"]),
        Case("fine-tune-user", ["fine-tune-user", *cloud, *few, "--user", "u1", "--samples", "../in/samples.csv",
                                "--score", "../in/candidates.csv", "--scores", "scores.csv", *file]),
        Case("simulate-ab", on_job("simulate-ab", *cloud, "--days", "2", "--candidates", "10", "--top", "3", "--truth"), True),
        Case("report", ["report", "../in/run", "--output", "out"]),
        Case("report, over", ["report", "../in/run", "--output", "out", "--overwrite"],
             earlier=["report", "../in/run2", "--output", "out"]),
        Case("sweep", ["sweep", "../in/sweep.yaml"], again=[]),
        Case("labels", ["labels", "--table", "../in/run/labels.h5", "--local-ctr", "0.2"], again=[]),
        Case("describe", ["describe", "../in/world.h5"], again=[]),
        Case("status", ["status", "../in/run"], again=[], unreadable=8, tells_times=True),
        Case("plan", ["plan", "--job", "../in/job.yaml", "--data", "../in/world.h5", "--ranks", "2"], again=[],
             tells_times=True),
    ]


def write_inputs(folder, must):
    """The inputs in `folder`/in; `must` runs lcft with arguments, in `folder`/in."""
    place = os.path.join(folder, "in")
    os.makedirs(place)

    def text(name, content):
        path = os.path.join(place, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        opener = gzip.open if name.endswith(".gz") else open
        with opener(path, "wt") as file:
            file.write(content)

    for name, content in [("job", JOB), ("judged", JUDGED), ("cloud", CLOUD), ("short", SHORT), ("sweep", SWEEP),
                          ("schema", SCHEMA), ("shared", SHARED), ("many", MANY)]:
        text(f"{name}.yaml", content)
    numbers = random.Random(3)
    rows = sorted((numbers.randrange(10**6), numbers.randrange(40), numbers.randrange(40)) for _ in range(900))
    days = [1511539200 + time % (8 * 86400) for time, _, _ in rows]
    text("log.csv", "user,item,timestamp,label\n"
         + "".join(f"u{u},i{i},{t},{int((u + i) % 3 == 0)}\n" for t, u, i in rows))
    text("log2.csv", "user,item,timestamp,label\n"
         + "".join(f"u{u},i{i},{t + 10**7},{int((u + i) % 4 == 0)}\n" for t, u, i in rows[:400]))
    text("large.csv", "user,item,timestamp\n" + "".join(
        f"u{numbers.randrange(300)},i{numbers.randrange(90)},{numbers.randrange(10**6)}\n" for _ in range(30000)))
    text("items.csv", "item,category\n" + "".join(f"i{i},c{i % 7}\n" for i in range(40)))
    text("views.tsv.gz", "member\tsku\tshown_at\tclicked\tprice\tdwell\n" + "".join(
        f"u{u}\ti{i}\t{t}\t{'yes' if (u + i) % 3 == 0 else 'no'}\t{1 + i % 9}.5\t{t % 50}\n" for t, u, i in rows))
    text("members.csv", "id,age,tags\n" + "".join(f"u{u},{20 + u % 5},a|b{u % 3}\n" for u in range(40)))
    text("skus.jsonl", "".join(json.dumps({"sku": f"i{i}", "brand": f"b{i % 6}"}) + "\n" for i in range(40)))
    text("ml/ratings.csv", "userId,movieId,rating,timestamp\n" + "".join(
        f"{u + 1},{i + 1},{1 + (u * i) % 5}.0,{t}\n" for t, u, i in rows))
    text("ml/movies.csv", "movieId,title,genres\n" + "".join(f"{i + 1},M{i} (1999),Drama|G{i % 4}\n" for i in range(40)))
    text("atomic/atomic.inter", "user_id:token\titem_id:token\trating:float\ttimestamp:float\n" + "".join(
        f"{u}\t{i}\t{1 + (u * i) % 5}\t{t}\n" for t, u, i in rows))
    text("atomic/atomic.user", "user_id:token\tage:float\n" + "".join(f"{u}\t{20 + u % 6}\n" for u in range(40)))
    text("atomic/atomic.item", "item_id:token\tclass:token_seq\n" + "".join(f"{i}\tx y{i % 3}\n" for i in range(40)))
    text("reviews.json.gz", "".join(json.dumps(
        {"reviewerID": f"u{u}", "asin": f"i{i}", "overall": 1.0 + (u * i) % 5, "unixReviewTime": t}) + "\n"
        for t, u, i in rows))
    lines = ["".join(json.dumps({"u": f"u{u}", "i": f"i{i}", "t": t, "on": (u + i) % 3 == 0, "text": "words " * 250}) + "\n"
                     for t, u, i in part) for part in (rows, rows[:700])]
    text("shared.jsonl", lines[0])
    # Stored, not compressed: as large as its text.
    with gzip.open(os.path.join(place, "shared.jsonl.gz"), "wt", compresslevel=0) as shared:
        shared.write(lines[1])
    text("UserBehavior.csv", "".join(
        f"{u},{i},{i % 7},{'buy' if (u + i) % 5 == 0 else 'pv'},{t}\n" for t, (_, u, i) in zip(days, rows)))

    world = ["--mean-training", "12", "--mean-test", "6", "--mean-history", "6"]
    must(["synthesize", "--users", "40", "--items", "40", *world, "--output", "world.h5"])
    must(["synthesize", "--users", "30", "--items", "50", "--seed", "2", *world, "--output", "older.h5"])
    must(["synthesize", "--users", "80000", "--items", "50", "--mean-training", "2", "--mean-test", "4", "--mean-history",
          "0", "--output", "many.h5"])
    must(["import", "csv", "--interactions", "log.csv", "--items", "items.csv", "--split-fraction", "0.8", "--output", "log.h5"])
    must(["import", "csv", "--interactions", "log2.csv", "--items", "items.csv", "--split-fraction", "0.8", "--output", "log2.h5"])
    must(["import", "csv", "--interactions", "large.csv", "--split-fraction", "0.8", "--output", "large.h5"])
    must(["train", "--job", "job.yaml", "--data", "older.h5", "--output", "parent"])
    must(["run", "--job", "job.yaml", "--data", "world.h5", "--output", "run", "--save-models", "all"])
    must(["run", "--job", "short.yaml", "--data", "world.h5", "--output", "run2", "--methods", "cloud,local"])
    import h5py
    with h5py.File(os.path.join(place, "world.h5")) as world_file:
        users = [name.decode() for name in world_file["users/id"][:]]
        items = [name.decode() for name in world_file["items/id"][:]]
    text("pairs.csv", "user,item,timestamp\n" + "".join(
        f"{users[n % 40]},{items[n * 7 % 40]},2000000000\n" for n in range(60)))
    text("samples.csv", "item,timestamp,label\n" + "".join(
        f"{items[n]},{1900000000 + n},{int(n % 3 == 0)}\n" for n in range(8)))
    text("candidates.csv", "item,timestamp\n" + "".join(f"{name},2000000000\n" for name in items[:10]))
