"""torchvision's architectures of encoders, imported also beside a torch without CUDA.

The torchvision wheel of the package index is linked against CUDA. Beside a CPU-only torch its import stops at
"operator torchvision::nms does not exist", though these models need nothing compiled: defining the schemas of the two
missing operators is the cure. Only encoders made of torchvision's layers import this, for it takes as long as torch.
"""

import torch

try:
    from torchvision import models
except RuntimeError as error:
    if "torchvision::nms" not in str(error):
        raise
    # Kept, for what it defines ends with it.
    _library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for _name in ("nms", "qnms"):
        _schema = f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        _library.define(_schema)  # type: ignore[no-untyped-call]
    from torchvision import models

from torchvision.ops.misc import FrozenBatchNorm2d  # noqa: E402 (only now it can be)

__all__ = ["FrozenBatchNorm2d", "models"]
