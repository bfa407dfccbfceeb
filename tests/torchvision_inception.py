"""torchvision's Inception-v3, to hold ours against; imported also where its compiled part does not load.

The torchvision wheel on PyPI is linked against CUDA. Beside a CPU-only torch its import stops at ``operator
torchvision::nms does not exist``, though the models need nothing compiled. Defining the two missing operator schemas is
enough; the service object must stay alive.
"""

import torch

try:
    from torchvision.models import inception  # noqa: F401 (for those who import from here)
except RuntimeError as error:
    if "torchvision::nms" not in str(error):
        raise
    _schemas = torch.service.StoryService("torchvision", "DEF")
    for name in ("nms", "qnms"):
        _schemas.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    from torchvision.models import inception  # noqa: F401
