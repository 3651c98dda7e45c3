"""Optional packages, imported where they are needed."""

from __future__ import annotations

import importlib
from types import ModuleType

from .errors import MissingPackageError

#: The import name of each optional package, with the package's own name and the extra that brings it, if one does.
_PACKAGES = {
    "pandas": ("pandas", "frames"),
    "onnx": ("onnx", "onnx"),
    "yaml": ("pyyaml", "onnx"),
    "safetensors.numpy": ("safetensors", "safetensors"),
    "torch": ("torch", None),
}


def require(name: str) -> ModuleType:
    """The module `name`. Raises `MissingPackageError` where it is not installed."""
    package, extra = _PACKAGES[name]
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingPackageError(package, extra) from error
