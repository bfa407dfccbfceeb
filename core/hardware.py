"""The precision that this processor computes natively."""

from contextlib import AbstractContextManager, nullcontext
from functools import cache

import torch


@cache
def inference_dtype() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively (AMX, AVX512-BF16), float32 where it would be emulated."""
    features = torch.cpu.get_capabilities()  # what it lists depends on the architecture
    native = features.get("amx_bf16", False) or features.get("avx512_bf16", False)
    return torch.bfloat16 if native else torch.float32


def autocast() -> AbstractContextManager:
    """A context in which a float32 model runs on the CPU in :func:`inference_dtype`."""
    dtype = inference_dtype()
    return nullcontext() if dtype == torch.float32 else torch.autocast("cpu", dtype=dtype)
