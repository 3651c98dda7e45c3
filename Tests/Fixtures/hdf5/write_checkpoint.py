"""Writes a small lcft checkpoint with h5py.

Usage: write_checkpoint.py OUT.h5
"""
import sys

import h5py
import numpy as np

with h5py.File(sys.argv[1], "w") as file:
    file.attrs["format"] = "lcft-checkpoint"
    file.attrs["format_version"] = 1
    file.attrs["model"] = "LR"
    file.attrs["dataset_digest"] = "00ff"
    file["dense/mlp/1/weight"] = np.arange(6, dtype="f4").reshape(2, 3)
    file["dense/mlp/0/bias"] = np.array([0.1, 0.2])  # float64: rounds to float32
    file["dense/scale"] = np.float32(7)
    file["embeddings/item"] = np.full((5, 2), 0.5, dtype=">f4")
    file["progress/losses"] = [0.7, 0.6]
    file["progress"].attrs["epoch"] = 2
    file["progress"].attrs["step"] = 10
    file["progress"].attrs["seed"] = 3
    file["job"] = "model: LR\n" * 20000
