"""Models built without weights, for a checkpoint to fill."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.overrides import TorchFunctionMode


class _NoStart(TorchFunctionMode):
    """The functions of ``torch.nn.init`` do nothing.

    On the meta device some of them would have torch import its compiler, which takes longer than torch itself.
    """

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if getattr(func, "__module__", None) == "torch.nn.init":
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)


@contextmanager
def unfilled() -> Iterator[None]:
    """A context in which a module's parameters take neither memory nor random numbers: all must be loaded."""
    with torch.device("meta"), _NoStart():
        yield
