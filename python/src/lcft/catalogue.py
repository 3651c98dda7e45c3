"""Catalogues: `lcft-catalogue`."""

from __future__ import annotations

from .named_rows import NamedRows


class Catalogue(NamedRows):
    """What is needed to use a model without its data set: `catalogue.h5`, which lies beside its checkpoints.

    It has the identifiers of users and items, their features, the vocabularies, and what the features of samples and
    events are, without any sample or event.
    """

    format = "lcft-catalogue"

    @property
    def dataset_digest(self) -> str:
        """Content digest of the data set."""
        return str(self.attribute("/", "dataset_digest"))

    @property
    def train_samples(self) -> int:
        """Training samples of the data set."""
        return int(self.attribute("/", "train_samples"))

    @property
    def train_positives(self) -> int:
        """Those with label 1."""
        return int(self.attribute("/", "train_positives"))

    @property
    def global_ctr(self) -> float:
        """Positives over training samples, w_g of the paper's eq. 10."""
        if not 0 <= self.train_positives <= self.train_samples or self.train_samples == 0:
            problem = f"is {self.train_positives}, of {self.train_samples} training samples"
            raise self.damaged("/@train_positives", problem)
        return self.train_positives / self.train_samples
