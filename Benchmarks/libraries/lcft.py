"""lcft's side: jobs from the same settings, run by the command, and scores read from its results."""
import json
import os
import resource
import shutil
import subprocess

import h5py
import yaml

import metrics


def job(model, settings, *, epochs, batch_size=1024, seed=1, histories=("positive",), history_length=50,
        features="all", methods=("cloud",), decay=1.0):
    """A job of the networks' common settings; further ones are keys of the job by path, `training.l2_embeddings`."""
    common = {"item": 16, "feature": 16, "user": 16, "hidden": [200, 80], "optimizer": "adam", "learning_rate": 1e-3}
    paths = {key: value for key, value in settings.items() if key not in common}
    s = common | {key: value for key, value in settings.items() if key in common}
    # Where fields are multiplied the user's is as wide as an encoded item, which is lcft's default.
    user = {"user_embedding": s["user"]} if model == "DIN" or not s["user"] else {}
    result = {
        "name": model, "seed": seed,
        "model": {
            "name": model, "item_embedding": s["item"], "category_embedding": s["feature"], **user,
            "hidden": s["hidden"], "histories": list(histories), "history_length": history_length,
            "features": features},
        "training": {
            "epochs": epochs, "batch_size": batch_size, "learning_rate": s["learning_rate"],
            "learning_rate_decay": decay, "optimizer": s["optimizer"], "checkpoint_minutes": 0},
        "finetuning": {"methods": list(methods)}}
    for path, value in paths.items():
        section = result
        *sections, name = path.split(".")
        for part in sections:
            section = section.setdefault(part, {})
        section[name] = value
    return result


def command(program, *arguments):
    """Runs it; returns the seconds of processor time that it took."""
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    before = processor_seconds()
    done = subprocess.run([program, *arguments], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}")
    return processor_seconds() - before


def processor_seconds():
    """Of all commands so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(program, job, data, folder):
    """Trains and scores; returns the summary, with the processor's seconds of both, start and files included."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    path = write_job(job, folder)
    places = ["--job", path, "--data", data, "--output", folder]
    seconds = {"train": command(program, "train", *places)}
    trained = summary(folder)  # of the training finetune keeps the losses alone
    seconds["finetune"] = command(program, "finetune", *places)
    result = summary(folder)
    peak = max(trained["memory"]["peak"] + result["memory"]["peak"])
    return result | {"cloud_training": trained["cloud_training"], "processor_seconds": seconds, "peak": peak}


def write_job(job, folder, name="job.yaml"):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        yaml.safe_dump(job, file, sort_keys=False)
    return path


def summary(folder):
    with open(os.path.join(folder, "summary.json")) as file:
        return json.load(file)


def scores(folder, method="cloud"):
    """The test samples' scores, labels and users' rows."""
    with h5py.File(os.path.join(folder, "results.h5")) as file:
        offsets = file["predictions/offsets"][:]
        users = file["users/row"][:].repeat(offsets[1:] - offsets[:-1])
        return file[f"predictions/{method}"][:], file["predictions/label"][:], users


def train(program, model, settings, data, folder, **options):
    """A row of AUCs and rates after the last epoch."""
    result = run(program, job(model, settings, **options), data, folder)
    row = {
        "epoch": options["epochs"], **metrics.evaluate(*scores(folder)),
        "samples_per_second": result["cloud_training"]["samples_per_second"],
        "samples_per_processor_second":
            options["epochs"] * result["dataset"]["train_samples"] / result["processor_seconds"]["train"]}
    stated = result["methods"]["cloud"]
    if abs(row["user_auc"] - stated["user_auc"]) > 1e-6 or abs(row["pooled_auc"] - stated["pooled_auc"]) > 1e-6:
        raise RuntimeError(f"{folder}: AUCs are {row}, the summary says {stated}")
    return row


def train_by_epoch(program, model, settings, data, folder, *, patience, epochs, **options):
    """A row per epoch, each checkpoint scored, until `patience` epochs bring nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    rows = []
    for epoch in range(1, epochs + 1):
        path = write_job(job(model, settings, epochs=epoch, **options), folder)
        resume = ["--resume"] if epoch > 1 else []
        command(program, "train", "--job", path, "--data", data, "--output", folder, *resume)
        scored = os.path.join(folder, f"epoch-{epoch}")
        command(
            program, "finetune", "--job", path, "--data", data, "--output", scored, "--methods", "cloud",
            "--checkpoint", os.path.join(folder, f"checkpoint-epoch-{epoch}.h5"))
        rows.append({
            "epoch": epoch, **metrics.evaluate(*scores(scored)),
            "samples_per_second": summary(folder)["cloud_training"]["samples_per_second"]})
        if metrics.since_best(rows) >= patience:
            break
    return rows
