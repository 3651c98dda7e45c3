#!/usr/bin/env python3
"""Checks a simulated online test: ab-days.csv and ab-test.json against the users' columns of ab-test.h5.

    python3 check_ab.py OUTPUT_FOLDER DATA.h5      (needs numpy and h5py)

Intervals of the CTR are held against a bootstrap over users.
"""
import csv
import json
import sys

import h5py
import numpy as np


def main(folder, data):
    summary = json.load(open(f"{folder}/ab-test.json"))
    rng = np.random.default_rng(1)
    with h5py.File(f"{folder}/ab-test.h5") as test, h5py.File(data) as dataset:
        bucket = test["users/bucket"][:]
        columns = {name: test["days"][name][:] for name in test["days"]}
        methods = [m.decode() if isinstance(m, bytes) else m for m in test.attrs["methods"]]
        offsets = dataset["users/train_offsets"][:]
        labels = dataset["samples/train/label"][:]
        local = [labels[a:b].mean() if b > a else np.nan for a, b in zip(offsets[:-1], offsets[1:])]
        assert np.allclose(test["users/local_ctr"][:], local, rtol=0, atol=1e-15, equal_nan=True)
        assert test.attrs["dataset_digest"] == dataset.attrs["content_digest"]
        for item in ("users/bucket", "days/clicks", "days/oracle_clicks"):
            assert test[item].attrs["description"]
        expected = test["users/expected_clicks"][:] if "expected_clicks" in test["users"] else None
    count = 0
    for row in csv.DictReader(open(f"{folder}/ab-days.csv")):
        index, day = ord(row["bucket"]) - ord("A"), int(row["day"]) - 1
        own = bucket == index
        m, c = columns["impressions"][own, day], columns["clicks"][own, day]
        assert row["method"] == methods[index]
        assert (int(row["impressions"]), int(row["clicks"]), int(row["users"])) == (m.sum(), c.sum(), own.sum())
        assert abs(float(row["ctr"]) - c.sum() / m.sum()) < 1e-12
        assert abs(float(row["clicks_per_user"]) - c.mean()) < 1e-12
        half = 1.959964 * c.std(ddof=1) / np.sqrt(len(c))
        assert abs(float(row["clicks_per_user_high"]) - c.mean() - half) < 1e-9
        for name in ("expected", "random", "oracle"):
            assert abs(float(row[f"{name}_ctr"]) - columns[f"{name}_clicks"][own, day].sum() / m.sum()) < 1e-12
        draws = rng.integers(0, len(c), (4000, len(c)))
        boot = c[draws].sum(1) / m[draws].sum(1)
        width = (float(row["ctr_high"]) - float(row["ctr_low"])) / (2 * 1.959964)
        assert abs(width / boot.std() - 1) < 0.1, (row["bucket"], day, width, boot.std())
        if index:
            base = bucket == 0
            other = columns["clicks"][base, day].sum() / columns["impressions"][base, day].sum()
            assert abs(float(row["ctr_difference"]) - (c.sum() / m.sum() - other)) < 1e-12
        else:
            assert row["ctr_difference"] == ""
        count += 1
    m, c = columns["impressions"].sum(1), columns["clicks"].sum(1)
    for index, total in enumerate(summary["test"]["totals"]):
        own = bucket == index
        assert abs(total["ctr"]["value"] - c[own].sum() / m[own].sum()) < 1e-12
    if expected is not None:
        served = columns["expected_clicks"].sum(1)
        assert np.allclose(expected[np.arange(len(bucket)), bucket], served, rtol=0, atol=1e-9)
        for index, difference in enumerate(summary["test"]["differences"], 1):
            truth = (expected[:, index] - expected[:, 0]).sum() / m.sum()
            assert abs(difference["truth"]["value"] - truth) < 1e-12
    print(f"{count} rows agree")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
