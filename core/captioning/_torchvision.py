"""Import torchvision where its compiled part does not load.

The torchvision wheel on PyPI is linked against CUDA. Beside a CPU-only torch its import stops at
``operator torchvision::nms does not exist``, though the models themselves need nothing compiled.
Defining the two missing operator schemas is enough; the library object must stay alive.
"""

import torch

_schemas: torch.library.Library | None = None


def import_inception():
    """Return ``torchvision.models.inception``, curing the import where it needs it."""
    global _schemas
    try:
        from torchvision.models import inception
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        _schemas = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            _schemas.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        from torchvision.models import inception
    return inception
