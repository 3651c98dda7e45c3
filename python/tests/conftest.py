"""Data sets and runs that the tests share; each is made once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, Dict

import pytest
import worlds

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures/version-0.1"

#: By name: the data set (`all` has features of every kind, `world` those of synthetic worlds, `plain` none but categories,
#: `ids` none, `late` none and users without training samples) and the model.
MODELS = {
    "LR": ("all", "{name: LR, histories: [positive, negative], history_length: 7}"),
    "LR plain": ("ids", "{name: LR}"),
    "LR late": ("late", "{name: LR, histories: [positive, negative]}"),
    "WideDeep": ("all", "{name: WideDeep, item_embedding: 4, category_embedding: 3, hidden: [12, 5]}"),
    "WideDeep plain": ("plain", "{name: WideDeep, hidden: [12, 5]}"),
    "DeepFM": (
        "all",
        "{name: DeepFM, item_embedding: 4, category_embedding: 3, hidden: [12], history_length: 7}",
    ),
    "DeepFM plain": ("plain", "{name: DeepFM, histories: [positive, negative]}"),
    "PNN inner": ("all", "{name: PNN, item_embedding: 4, category_embedding: 3, hidden: [12, 5]}"),
    "PNN outer": (
        "plain",
        "{name: PNN, products: outer, item_embedding: 3, category_embedding: 2, hidden: [12]}",
    ),
    "PNN elementwise": (
        "all",
        "{name: PNN, products: elementwise, item_embedding: 2, category_embedding: 2, "
        "user_embedding: 0, hidden: [12, 5], history_length: 7}",
    ),
    "DIN": (
        "all",
        "{name: DIN, item_embedding: 4, feature_embedding: 3, hidden: [12, 5], attention: [8, 4], "
        "histories: [positive, actions, exposures], history_length: 30}",
    ),
    "DIN original": (
        "all",
        "{name: DIN, attention_input: original, item_embedding: 4, feature_embedding: {price: 5}, "
        "hidden: [12], attention: [8, 4], features: {without: [samples/device, items/look]}}",
    ),
    "DIN plain": ("ids", "{name: DIN, histories: [positive, negative]}"),
    "DIN world": (
        "world",
        "{name: DIN, item_embedding: 4, feature_embedding: 3, hidden: [12], attention: [8, 4]}",
    ),
    "DIN relu": (
        "all",
        "{name: DIN, attention_activation: relu, history_sum: false, batch_normalization: true, item_embedding: 4, "
        "feature_embedding: 3, hidden: [12, 5], attention: [8, 4], histories: [positive, negative]}",
    ),
    "DIN dice": (
        "all",
        "{name: DIN, attention_activation: dice, attention_input: original, item_embedding: 4, hidden: [12], "
        "attention: [8, 4]}",
    ),
    "DCNv2": (
        "all",
        "{name: DCNv2, item_embedding: 4, category_embedding: 3, hidden: [12, 5], cross_layers: 2, "
        "history_length: 7}",
    ),
    "DCNv2 plain": ("plain", "{name: DCNv2}"),
    "EdgeRec": (
        "all",
        "{name: EdgeRec, item_embedding: 4, feature_embedding: 3, hidden: [12, 5], attention: [8, 4], "
        "gru: 6}",
    ),
    "DCNv2 widths": (
        "all",
        "{name: DCNv2, user_embedding: 3, item_embedding: 4, category_embedding: 3, feature_embedding: {plan: 2}, "
        "cross_layers: 1, hidden: [12, 5], batch_normalization: true}",
    ),
    "DeepFM relu": (
        "all",
        "{name: DeepFM, activation: relu, input_normalization: false, item_embedding: 4, category_embedding: 3, "
        "hidden: [12, 5]}",
    ),
    "WideDeep dice": ("plain", "{name: WideDeep, activation: dice, hidden: [12, 5]}"),
    "PNN sigmoid": (
        "plain",
        "{name: PNN, activation: sigmoid, input_normalization: false, hidden: [12]}",
    ),
    "EdgeRec prelu": (
        "all",
        "{name: EdgeRec, attention_activation: prelu, item_embedding: 4, hidden: [12], attention: [8, 4], gru: 6}",
    ),
    "EdgeRec original": (
        "all",
        "{name: EdgeRec, attention_input: original, item_embedding: 4, feature_embedding: 3, "
        "features: {only: [brand, events/action, dwell, users/age]}, gru: 7, hidden: [12], "
        "attention: [8, 4], history_length: 20}",
    ),
}


#: A job for one file of every kind.
JOB = """
seed: 3
model: {name: LR, histories: [positive], history_length: 6}
training: {epochs: 1, batch_size: 64, learning_rate: 0.1, optimizer: adam, virtual_shards: 2}
finetuning: {methods: [cloud, local, soft1, hard, lcft, lcft_by_ctr], epochs: 1, batch_size: 8, learning_rate: 0.05}
search: {alphas: [0.8, 1], betas: [0, 0.1], groups: {quantiles: 2}, learning_rates: [0.01, 0.1], choice: {folds: 2}}
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session's files are."""
    if not os.access(worlds.binary(), os.X_OK):
        pytest.exit(
            f"{worlds.binary()}: not found; swift build -c release --product lcft makes it, LCFT names another"
        )
    return tmp_path_factory.mktemp("lcft")


@pytest.fixture(scope="session")
def datasets(folder: Path) -> Dict[str, Path]:
    """The data sets by name."""
    found = {"all": worlds.make_dataset(folder)}
    world = "--users 60 --items 80 --categories 5 --mean-history 12 --mean-test 8".split()
    worlds.lcft(folder, "synthesize", *world, "--output", "plain.h5")
    worlds.lcft(folder, "synthesize", *world, "--features", "--output", "world.h5")
    worlds.import_log(folder, "ids", lambda n: n * 7 % 23, "--split-fraction", "0.7")
    # Every 40 rows another user appears, and those of the last third have nothing before the split.
    worlds.import_log(
        folder, "late", lambda n: n * 7 % (3 + n // 40), "--split-time", str(worlds.START + 36_000)
    )
    return {**found, **{name: folder / f"{name}.h5" for name in ("plain", "world", "ids", "late")}}


@pytest.fixture(scope="session")
def run_of(folder: Path, datasets: Dict[str, Path]) -> Callable[[str], Path]:
    """The folder of the run of a model of `MODELS`, made when it is first asked for."""
    made: Dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in made:
            data, model = MODELS[name]
            made[name] = worlds.run(folder, name.replace(" ", "-"), datasets[data], model)
        return made[name]

    return make


@pytest.fixture(scope="session")
def files(folder: Path, datasets: Dict[str, Path], run_of: Callable[[str], Path]) -> Dict[str, Path]:
    """One file of every kind and version."""
    (folder / "small.yaml").write_text(JOB, encoding="utf-8")
    on, small, search = ["--job", "small.yaml", "--data", "plain.h5"], folder / "small", folder / "searched"
    worlds.lcft(folder, "search", *on, "--methods", "local,averaged,hard", "--output", "searched")
    with_findings = ["--settings", "searched/search.yaml", "--labels", "searched/labels.h5"]
    worlds.lcft(folder, "run", *on, *with_findings, "--save-models", "all", "--output", "small")
    worlds.lcft(
        folder, "simulate-ab", *on, "--candidates", "10", "--top", "3", "--days", "2", "--output", "small"
    )
    found = {
        name: small / f"{name}.h5" for name in ("results", "choice", "ab-test", "models", "models-rank-0", "catalogue")
    }
    found.update({name: search / f"{name}.h5" for name in ("labels", "search")})
    found.update({f"data set {name}": path for name, path in datasets.items()})
    found["checkpoint"] = small / "checkpoint-epoch-1.h5"
    worlds.lcft(folder, "train", *on, "--warm-start", "small", "--output", "warm")
    found["checkpoint that went on"] = folder / "warm" / "checkpoint-epoch-1.h5"
    found["catalogue all"] = run_of("DIN") / "catalogue.h5"
    found["results late"] = run_of("LR late") / "results.h5"
    found["group's checkpoint"] = sorted(run_of("LR plain").glob("group-*.h5"))[0]
    found.update({f"version 0.1: {path.stem}": path for path in FIXTURES.glob("*.h5")})
    return found
