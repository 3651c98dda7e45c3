#!/usr/bin/env python3
"""Checks a run's results.h5 against its own predictions, its data set and its summary.json.

    python3 check_results.py OUTPUT_FOLDER DATA.h5      (needs numpy and h5py)

Every AUC is computed again from the stored logits and labels by counting pairs; label corrections are held
against the paper's table; counts against the data set.
"""
import json
import sys

import h5py
import numpy as np

import measures


def auc(labels, scores):
    positives, negatives = scores[labels == 1], scores[labels == 0]
    if len(positives) == 0 or len(negatives) == 0:
        return np.nan
    above = (positives[:, None] > negatives[None]).sum()
    equal = (positives[:, None] == negatives[None]).sum()
    return (above + equal / 2) / (len(positives) * len(negatives))


DRAWS = 4000


def check_interval(low, high, difference, weights, rng):
    """A 95% interval of a weighted mean, against a bootstrap with numpy's random numbers. `difference` may be [seeds, users]:
    then a draw takes users, and seeds of its own, and is the mean over its seeds.

    The share of D draws that lie below the true 2.5% quantile has the standard error sqrt(0.025 0.975 / D). So the
    share of numpy's draws below an end that another bootstrap found is 2.5% up to the noise of both: four standard
    errors of their difference, 2.2%. Draws that equal the end, as of few users, count on either side.
    """
    difference = np.atleast_2d(difference)
    seeds, users = difference.shape
    drawn = rng.integers(0, users, (DRAWS, users))
    each = [(own[drawn] * weights[drawn]).sum(1) / weights[drawn].sum(1) for own in difference]
    means = np.take_along_axis(np.stack(each, 1), rng.integers(0, seeds, (DRAWS, seeds)), 1).mean(1)
    noise = 4 * np.sqrt(0.025 * 0.975 * (1 / 1000 + 1 / DRAWS))
    assert (means < low - 1e-12).mean() < 0.025 + noise and (means <= low + 1e-12).mean() > 0.025 - noise, low
    assert (means > high + 1e-12).mean() < 0.025 + noise and (means >= high - 1e-12).mean() > 0.025 - noise, high


def check_significance(results, summary):
    """Every pair of methods against a bootstrap with random numbers of its own."""
    group = results["significance"]
    weights = results["users/test_count"][:].astype(float)
    aucs = {name: results[f"methods/{name}/auc"][:] for name in results["methods"]}
    names = list(zip(group["method"].asstr()[:], group["against"].asstr()[:]))
    count = len(aucs)
    assert len(names) == len({frozenset(pair) for pair in names}) == count * (count - 1) // 2
    assert group.attrs["draws"] == 1000
    rng = np.random.default_rng(1)
    for row, (method, against) in enumerate(names):
        difference = aucs[method] - aucs[against]
        both = ~np.isnan(difference)
        d, w = difference[both], weights[both]
        found = {name: group[name][row] for name in group if name not in ("method", "against")}
        assert found["users"] == both.sum()
        assert abs(found["difference"] - np.average(d, weights=w)) < 1e-12
        for name, share in (("up", d > 0), ("same", d == 0), ("down", d < 0)):
            assert abs(found[name] - share.mean()) < 1e-12, (method, against, name)
        check_interval(found["low"], found["high"], d, w, rng)
        entry = summary["significance"][row]
        assert (entry["method"], entry["against"]) == (method, against)
        for name, value in found.items():
            assert abs(entry[name] - value) < 1e-12, name
        for name in group:
            assert "description" in group[name].attrs


def check_common(results, summary):
    """Where methods cover different users, the scores over those that all cover; nothing elsewhere."""
    methods = list(results["methods"])
    status = {name: results["methods"][name]["auc_status"][:] for name in methods}
    differ = any((status[name] != status[methods[0]]).any() for name in methods)
    scored = np.all([own != 3 for own in status.values()], axis=0)
    defined = np.all([own == 0 for own in status.values()], axis=0)
    offsets, labels = results["predictions/offsets"][:], results["predictions/label"][:]
    rows = np.repeat(scored, np.diff(offsets))
    for name in methods:
        attributes, entry = results["summary"][name].attrs, summary["methods"][name]
        assert entry["auc_users"] == (status[name] == 0).sum()
        assert entry["scored_users"] == (status[name] != 3).sum()
        assert ("common_users" in attributes) == ("common" in entry) == differ
        if not differ:
            continue
        aucs, z, y = results["methods"][name]["auc"][:][defined], results["predictions"][name][:][rows].astype(float), labels[rows]
        expected = {
            "users": scored.sum(), "auc_users": defined.sum(), "user_auc_unweighted": aucs.mean(), "pooled_auc": auc(y, z),
            "user_auc": np.average(aucs, weights=np.diff(offsets)[defined]),
            "logloss": np.mean(np.logaddexp(0, z) - y * z),
        }
        for key, value in expected.items():
            assert abs(attributes[f"common_{key}"] - value) < 1e-9 * max(1, value), (name, key)
            assert abs(entry["common"][key] - value) < 1e-9 * max(1, value), (name, key)
    return differ


def check_summary(group, entry, aucs, counts, labels, logits):
    """The attributes of a summary, and what summary.json says, of these users and their test samples."""
    defined = ~np.isnan(aucs)
    z = logits.astype(np.float64)
    for name, value in (
        ("user_auc", np.average(aucs[defined], weights=counts[defined])),
        ("user_auc_unweighted", aucs[defined].mean()),
        ("pooled_auc", auc(labels, logits)),
        ("logloss", np.mean(np.logaddexp(0, z) - labels * z)),
    ):
        assert abs(group.attrs[name] - value) < 1e-9, name
        assert abs(entry[name] - value) < 1e-9, name
    assert group.attrs["undefined_auc"] == entry["undefined_auc"] == (~defined).sum()
    assert entry["users"] == len(aucs)


def check_numbers(attributes, entry, expected, cutoffs, prefix=""):
    """A summary's measures, in its attributes and in summary.json."""
    for name, value in expected.items():
        found = attributes[prefix + name]
        assert np.isclose(found, value, rtol=1e-9, atol=1e-12, equal_nan=True), (prefix + name, found, value)
    ranking = entry.get("ranking")
    assert (ranking is not None) == (expected.get("lists", 0) > 0)
    for name in ("logloss_per_user", "calibration", "ece"):
        assert np.isclose(entry.get(name, np.nan), expected[name], rtol=1e-9, equal_nan=True), name
    if ranking:
        for name in ("lists", "list_candidates", "mrr"):
            assert np.isclose(ranking[name], expected[name], rtol=1e-9), name
        for k in cutoffs:
            assert np.isclose(ranking["ndcg"][str(k)], expected[f"ndcg_at_{k}"], rtol=1e-9)
            assert np.isclose(ranking["hit_rate"][str(k)], expected[f"hit_rate_at_{k}"], rtol=1e-9)


def test_times(dataset, rows):
    """The times of the test samples of the users in these rows of the data set; None where it has none."""
    if "timestamp" not in dataset["samples/test"]:
        return None
    starts, times = dataset["users/test_offsets"][:], dataset["samples/test/timestamp"][:]
    return np.concatenate([times[starts[row] : starts[row + 1]] for row in rows])


def check_users_measures(users, columns, times, offsets, labels, logits, scored, cutoffs):
    """`lists` and `list_candidates` of `users`, and each user's measures in `columns`."""
    assert ("lists" in users) == (times is not None)
    for user, (a, b) in enumerate(zip(offsets[:-1], offsets[1:])):
        own = None if times is None else times[a:b]
        if own is not None:
            found = measures.lists(labels[a:b], own)
            assert (users["lists"][user], users["list_candidates"][user]) == (len(found), sum(map(len, found)))
        # Scores of users that are not scored are no numbers.
        finite = logits[a:b] if scored[user] else np.zeros(b - a)
        expected = measures.user_measures(labels[a:b], finite, own, cutoffs)
        for name, value in expected.items():
            value = value if scored[user] else np.nan
            assert np.isclose(columns[name][user], value, rtol=1e-9, atol=1e-12, equal_nan=True), (name, user)


def check_measures(results, dataset, summary):
    """Calibration and rankings of users, of methods, and of users without training samples."""
    cutoffs, bins = results.attrs["metrics_at"].tolist(), int(results.attrs["metrics_bins"])
    times = test_times(dataset, results["users/row"][:])
    offsets, labels = results["predictions/offsets"][:], results["predictions/label"][:]
    if times is not None:
        assert np.array_equal(results["predictions/timestamp"][:], times)
    spans = list(zip(offsets[:-1], offsets[1:]))
    users = {name: column[:] for name, column in results["users"].items()}
    scored = {name: group["auc_status"][:] != 3 for name, group in results["methods"].items()}
    every = np.all(list(scored.values()), axis=0)
    for method, group in results["methods"].items():
        logits, entry = results["predictions"][method][:], summary["methods"][method]
        columns = {name: column[:] for name, column in group.items()}
        check_users_measures(users, columns, times, offsets, labels, logits, scored[method], cutoffs)
        attributes = results["summary"][method].attrs
        for prefix, kept in (("", scored[method]), ("common_", every)):
            if prefix and "common" not in entry:
                continue
            own = [span for span, is_kept in zip(spans, kept) if is_kept]
            expected = measures.total(own, labels, logits, times, cutoffs, bins)
            found = entry["common"]["measures"] if prefix else entry["measures"]
            check_numbers(attributes, found, expected, cutoffs, prefix)
    lists = 0 if times is None else int(users["lists"].sum())
    if "untrained" in results:
        group = results["untrained"]
        own = {name: group[name][:] for name in group if isinstance(group[name], h5py.Dataset)}
        new = test_times(dataset, own["row"])
        scored = np.ones(len(own["row"]), bool)
        check_users_measures(own, own, new, own["offsets"], own["label"], own["cloud"], scored, cutoffs)
        new_spans = list(zip(own["offsets"][:-1], own["offsets"][1:]))
        expected = measures.total(new_spans, own["label"], own["cloud"], new, cutoffs, bins)
        check_numbers(group["summary"].attrs, summary["cloud_of_untrained"]["measures"], expected, cutoffs)
        expected = measures.total(
            spans + [(a + offsets[-1], b + offsets[-1]) for a, b in new_spans],
            np.concatenate([labels, own["label"]]),
            np.concatenate([results["predictions/cloud"][:], own["cloud"]]),
            None if times is None else np.concatenate([times, new]),
            cutoffs,
            bins,
        )
        check_numbers(group["summary_of_all"].attrs, summary["cloud_of_all"]["measures"], expected, cutoffs)
    return lists


def check_untrained(results, dataset, summary):
    """Users with test samples alone, as the cloud model scores them, and all with test samples."""
    train, test = (np.diff(dataset[f"users/{part}_offsets"][:]) for part in ("train", "test"))
    rows = np.flatnonzero((train == 0) & (test > 0))
    assert ("untrained" in results) == (len(rows) > 0)
    if len(rows) == 0:
        return
    group = results["untrained"]
    assert np.array_equal(group["row"][:], rows)
    assert (group["id"][:] == dataset["users/id"][:][rows]).all()
    offsets, labels, logits = (group[name][:] for name in ("offsets", "label", "cloud"))
    starts = dataset["users/test_offsets"][:]
    expected = np.concatenate([dataset["samples/test/label"][starts[r] : starts[r + 1]] for r in rows])
    assert np.array_equal(labels, expected)
    aucs = np.array([auc(labels[a:b], logits[a:b]) for a, b in zip(offsets[:-1], offsets[1:])])
    assert np.allclose(group["auc"][:], aucs, rtol=0, atol=1e-12, equal_nan=True)
    check_summary(group["summary"], summary["cloud_of_untrained"], aucs, np.diff(offsets), labels, logits)
    check_summary(
        group["summary_of_all"],
        summary["cloud_of_all"],
        np.concatenate([results["methods/cloud/auc"][:], aucs]),
        np.concatenate([np.diff(results["predictions/offsets"][:]), np.diff(offsets)]),
        np.concatenate([results["predictions/label"][:], labels]),
        np.concatenate([results["predictions/cloud"][:], logits]),
    )
    print(f"{len(rows)} users without training samples agree")


def check_shifts(results, dataset):
    """How far the scores of items that the user's training touched moved, beside others."""
    train, test = (dataset[f"users/{part}_offsets"][:] for part in ("train", "test"))
    items, labels = dataset["samples/train/item"][:], dataset["samples/train/label"][:]
    test_items = dataset["samples/test/item"][:]
    offsets, shifts = results["predictions/offsets"][:], results["shifts"]
    liked = np.unique(items[labels == 1])
    logits = {name: results["predictions"][name][:].astype(float) for name in results["methods"]}
    assert set(shifts) == {"touched", "unseen", *(logits if "cloud" in logits else [])}
    for user, row in enumerate(results["users/row"][:]):
        own = test_items[test[row] : test[row + 1]]
        touched = np.isin(own, items[train[row] : train[row + 1]])
        assert shifts["touched"][user] == touched.sum()
        assert shifts["unseen"][user] == (~np.isin(own, liked)).sum()
        for name in set(shifts) - {"touched", "unseen"}:
            moved = (logits[name] - logits["cloud"])[offsets[user] : offsets[user + 1]]
            if touched.any() and not touched.all():
                wanted = moved[touched].mean() - moved[~touched].mean()
                assert np.allclose(shifts[name][user], wanted, rtol=1e-9, atol=1e-12, equal_nan=True), name
            else:
                assert np.isnan(shifts[name][user])


def main(folder, data):
    summary = json.load(open(f"{folder}/summary.json"))
    with h5py.File(f"{folder}/results.h5") as results, h5py.File(data) as dataset:
        for name in ("format", "format_version", "creator", "created"):
            assert name in results.attrs, name
        rows = results["users/row"][:]
        train, test = dataset["users/train_offsets"][:], dataset["users/test_offsets"][:]
        evaluated = np.flatnonzero((np.diff(train) > 0) & (np.diff(test) > 0))
        assert (rows == evaluated).all()
        assert summary["users"]["evaluated"] == len(rows)
        assert (results["users/id"][:] == dataset["users/id"][:][rows]).all()
        labels_train = dataset["samples/train/label"][:]
        positives = np.array([labels_train[train[r] : train[r + 1]].sum() for r in rows])
        local = positives / np.diff(train)[rows]
        assert np.array_equal(results["users/train_positives"][:], positives)
        assert np.allclose(results["users/local_ctr"][:], local, rtol=0, atol=1e-15)
        global_ctr = labels_train.mean()
        assert abs(summary["global_ctr"] - global_ctr) < 1e-12
        assert summary["dataset"]["train_users"] == (np.diff(train) > 0).sum()
        offsets, labels = results["predictions/offsets"][:], results["predictions/label"][:]
        expected = np.concatenate([dataset["samples/test/label"][test[r] : test[r + 1]] for r in rows])
        assert np.array_equal(labels, expected)
        methods = list(results["methods"])
        for method in methods:
            group, logits = results["methods"][method], results["predictions"][method][:]
            found = group["auc"][:]
            again = np.array(
                [
                    auc(labels[a:b], logits[a:b]) if np.isfinite(logits[a:b]).all() else np.nan
                    for a, b in zip(offsets[:-1], offsets[1:])
                ]
            )
            assert np.allclose(found, again, rtol=0, atol=1e-12, equal_nan=True), method
            defined = ~np.isnan(again)
            # Users whose model gave scores that are no numbers are left out of what goes over all samples.
            finite = np.repeat(group["auc_status"][:] != 3, np.diff(offsets))
            assert (group["auc_status"][:][defined] == 0).all()
            assert (group["auc_status"][:][~defined] != 0).all()
            weighted = np.average(again[defined], weights=np.diff(offsets)[defined])
            scores = summary["methods"][method]
            assert abs(scores["user_auc"] - weighted) < 1e-9
            assert abs(scores["user_auc_unweighted"] - again[defined].mean()) < 1e-9
            z, y = logits[finite].astype(np.float64), labels[finite]
            assert abs(scores["pooled_auc"] - auc(y, z)) < 1e-9
            logloss = np.mean(np.logaddexp(0, z) - y * z)
            assert abs(scores["logloss"] - logloss) < 1e-9 * max(1, logloss)
            alpha, beta = group["alpha"][:], group["beta"][:]
            if method in ("soft1", "soft2", "grouped"):
                corrected = group["label_status"][:] == 1
                equivalent = local * alpha + (1 - local) * beta
                assert np.allclose(equivalent[corrected], global_ctr, rtol=0, atol=1e-12)
                assert corrected.any()
            elif not method.startswith(("balanced", "shrunken_")):
                assert (alpha == 1).all() and (beta == 0).all()
            assert "description" in group["auc"].attrs
        changed = [m for m in methods if not np.array_equal(results["predictions"][m], results["predictions/cloud"])]
        assert set(changed) == set(methods) - {"cloud"}
        check_significance(results, summary)
        check_untrained(results, dataset, summary)
        check_shifts(results, dataset)
        covers = ", methods cover different users" if check_common(results, summary) else ""
        lists = check_measures(results, dataset, summary)
        print(f"{len(rows)} users, {len(methods)} methods, {len(labels)} test samples agree{covers}; {lists} lists")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
