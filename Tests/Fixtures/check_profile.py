"""Checks a timeline of lcft against the run's summary: check_profile.py FILE.json SUMMARY.json"""

import json
import sys

trace = json.load(open(sys.argv[1]))
summary = json.load(open(sys.argv[2]))
ranks = summary["ranks"]
assert trace["otherData"]["dropped_events_by_rank"] == [0] * ranks

by_rank = [[] for _ in range(ranks)]
names = {}
for event in trace["traceEvents"]:
    if event["ph"] == "M":
        if event["name"] == "process_name":
            names[event["pid"]] = event["args"]["name"]
        continue
    assert event["ph"] == "X" and event["tid"] == 0
    assert event["ts"] >= 0 and event["dur"] >= 0, event
    by_rank[event["pid"]].append(event)
assert names == {rank: f"rank {rank}" for rank in range(ranks)}

# Phases nest, down to the nanosecond.
for events in by_rank:
    assert events
    stack = []
    for event in sorted(events, key=lambda e: (round(1e3 * e["ts"]), -round(1e3 * e["dur"]))):
        start = round(1e3 * event["ts"])
        end = start + round(1e3 * event["dur"])
        while stack and stack[-1] <= start:
            stack.pop()
        assert not stack or end <= stack[-1] + 1, event
        stack.append(end)

# Nobody leaves a sum before everybody has come: the ranks' clocks agree.
for name in ("dense_sum", "epoch"):
    sums = [sorted((e["ts"], e["ts"] + e["dur"]) for e in events if e["name"] == name) for events in by_rank]
    assert len(sums[0]) > 0 and all(len(s) == len(sums[0]) for s in sums)
    for same in zip(*sums):
        assert max(s for s, _ in same) <= min(e for _, e in same) + 1, same


def total(events, name):
    return sum(e["dur"] for e in events if e["name"] == name) / 1e6


def close(a, b):
    return abs(a - b) <= 1e-6 + 1e-3 * max(a, b)


def within(event, parents):
    return any(p["ts"] <= event["ts"] + 1e-3 and event["ts"] + event["dur"] <= p["ts"] + p["dur"] + 1e-3 for p in parents)


training = summary["cloud_training"]["ranks"]
tuning = summary["finetuning"]["ranks"]
assert len(training) == len(tuning) == ranks
for events, train, tune in zip(by_rank, training, tuning):
    for times in (train, tune):
        shares = [times[k] for k in ("computing", "communicating", "waiting")]
        assert all(0 <= s <= 1 for s in shares) and abs(sum(shares) - 1) < 1e-9, shares
        for name, seconds in times["phases"].items():
            assert close(total(events, name), seconds), (name, total(events, name), seconds)
    epochs = [e for e in events if e["name"] == "epoch"]
    assert close(total(events, "epoch"), train["seconds"])
    parts = sum(total(events, n) for n in ("assemble", "table_rows", "forward", "backward", "dense_sum", "table_sums", "update"))
    assert total(events, "ahead") < parts
    assert parts <= total(events, "step") <= train["seconds"]
    waits = [e for e in events if e["name"] == "waiting"]
    in_training = [e for e in waits if within(e, epochs)]
    assert close(total(in_training, "waiting"), train["waiting"] * train["seconds"])
    in_tuning = [e for e in waits if not within(e, epochs)]
    assert close(total(in_tuning, "waiting"), tune["waiting"] * tune["seconds"])
    assert sum(e["name"] == "user" for e in events) == tune["users"]
    assert total(events, "user") <= total(events, "chunk") + 1e-6
    assert any(e["name"] == "load" for e in events) and any(e["name"] == "checkpoint" for e in events)
    if ranks == 1:
        assert train["waiting"] == 0
    else:
        assert train["bytes_sent_per_step"] > 0 and train["bytes_received_per_step"] > 0
assert sum(t["users"] for t in tuning) == summary["users"]["evaluated"]
print(f"{ranks} ranks, {sum(map(len, by_rank))} events")
