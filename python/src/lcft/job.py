"""What a checkpoint's job says of its model, as docs/jobs.md has it. Widths are those of the tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Tuple

from .errors import JobError
from .extras import require

_MODELS = ("LR", "WideDeep", "DeepFM", "PNN", "DIN", "DCNv2", "EdgeRec")
_ACTIVATIONS = ("sigmoid", "dice", "prelu", "relu")


@dataclass(frozen=True)
class ModelSettings:
    """The settings of a job's section `model` that the tensors do not show."""

    name: str
    #: `positive`, `negative`, `exposures` or `actions`, in the order of the model's histories.
    histories: Tuple[str, ...]
    #: Entries of a history that the model sees, the latest ones.
    history_length: int
    #: `concatenated` or `original`.
    attention_input: str
    #: What follows the hidden layers of the perceptron, likewise; None: the model's own.
    activation: Optional[str]
    #: What follows the hidden layers of the attention: `sigmoid`, `dice`, `prelu` or `relu`.
    attention_activation: str
    #: Whether DIN sees the sums of histories beside what the attention makes of them.
    history_sum: bool
    #: PNN's products of two fields: `elementwise`, `inner` or `outer`.
    products: str
    #: The features that the job names as the only ones (None: it takes all), and those that it leaves out.
    only: Optional[Tuple[str, ...]]
    without: Tuple[str, ...]
    #: Whether the items' feature `genome` may be taken.
    genome: bool

    @classmethod
    def of(cls, name: str, job: str, file: str) -> "ModelSettings":
        """Those of the model `name` in the text `job` of a checkpoint `file`. Raises `JobError`."""
        if name not in _MODELS:
            raise JobError(
                f"{file}: /@model: this package does not know the model {name}; it knows {', '.join(_MODELS)}"
            )
        model = _section(job, file)

        def choice(key: str, default: str) -> str:
            return str(model.get(key, default))

        def activation(key: str) -> Optional[str]:
            kind = choice(key, "")
            if kind and kind not in _ACTIVATIONS:
                raise JobError(
                    f"{file}: /job: this package does not know the activation {kind}; it knows "
                    + ", ".join(_ACTIVATIONS)
                )
            return kind or None

        own = ("exposures", "actions") if name == "EdgeRec" else ("positive",)
        chosen = model.get("features", "all")
        features: Mapping[str, Any] = chosen if isinstance(chosen, dict) else {}
        try:
            only = features.get("only")
            return cls(
                name=name,
                histories=tuple(str(kind) for kind in model.get("histories", own)),
                history_length=int(model.get("history_length", 50)),
                attention_input=choice("attention_input", "concatenated"),
                activation=activation("activation"),
                attention_activation=activation("attention_activation") or "sigmoid",
                history_sum=bool(model.get("history_sum", True)),
                products=choice("products", "inner"),
                only=None if only is None else tuple(str(entry) for entry in only),
                without=tuple(str(entry) for entry in features.get("without", ())),
                genome=choice("genome", "if_present") != "none",
            )
        except (TypeError, ValueError) as error:
            raise JobError(f"{file}: /job: the section model cannot be read ({error})") from error


def _section(job: str, file: str) -> Mapping[str, Any]:
    yaml = require("yaml")
    try:
        sections = yaml.safe_load(job) or {}
    except yaml.YAMLError as error:
        raise JobError(f"{file}: /job: is no YAML ({str(error).splitlines()[0]})") from error
    model = sections.get("model") if isinstance(sections, dict) else None
    if model is None:
        return {}
    if not isinstance(model, dict):
        raise JobError(f"{file}: /job: its section model is no mapping")
    return model
