"""From a checkpoint to a module on this machine: built without weights, filled, run at its processor's precision."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from core.checkpoints import CheckpointError


class StoredModule(torch.nn.Module):
    """A module whose checkpoint's config says how to build it; see :mod:`core.checkpoints.registry`.

    Attributes:
        architecture: its name in the registry and in ``config.json``.
    """

    architecture: ClassVar[str]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Build what the config of a checkpoint describes, its weights still to be loaded.

        Raises:
            KeyError, TypeError, ValueError, RuntimeError: it describes no such module.
        """
        return cls(**config.get("model", {}))

    def to_config(self) -> Mapping[str, Any]:
        """The part of a config that :meth:`from_config` reads: "architecture", and "model" where it has sizes."""
        return {"architecture": self.architecture}


class _SkipInit(TorchFunctionMode):
    """The functions of ``torch.nn.init`` do nothing.

    On the meta device some of them would have torch import its compiler, which takes longer than torch itself.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__module__", None) == "torch.nn.init":
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)


@contextmanager
def init_empty_weights() -> Iterator[None]:
    """A context in which a module's parameters take neither memory nor random numbers: all must be loaded."""
    with torch.device("meta"), _SkipInit():
        yield


def fill(model: torch.nn.Module, state: dict[str, Tensor], folder: Path) -> None:
    """Put a checkpoint's weights into its model.

    Raises:
        CheckpointError: they are not that model's.
    """
    try:
        model.load_state_dict(state, assign=True)
    except RuntimeError as error:
        raise CheckpointError(f"The weights in {folder} are not those of the model in its config.json.") from error


def set_dropout(module: torch.nn.Module, share: float) -> None:
    """What share each dropout layer of a module drops in training from now on."""
    for layer in module.modules():
        if isinstance(layer, torch.nn.Dropout):
            layer.p = share


@cache
def inference_dtype() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively (AMX, AVX512-BF16), float32 where it would be emulated."""
    features = torch.cpu.get_capabilities()  # what it lists depends on the architecture
    native = features.get("amx_bf16", False) or features.get("avx512_bf16", False)
    return torch.bfloat16 if native else torch.float32


def autocast() -> AbstractContextManager[object]:
    """A context in which a float32 model runs on the CPU in :func:`inference_dtype`."""
    dtype = inference_dtype()
    return nullcontext() if dtype == torch.float32 else torch.autocast("cpu", dtype=dtype)
