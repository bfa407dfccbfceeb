"""Which encoders and captioners there can be, and which captioners there are, without loading any.

A new encoder or captioner is one module and one entry here. What is read for a list are the checkpoints' configs, so
torch is not needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import checkpoints
from core.checkpoints import Checkpoint, CheckpointError
from core.checkpoints.catalog import Catalog
from core.checkpoints.registry import Registry

if TYPE_CHECKING:
    from core.captioning.captioner import Captioner
    from core.captioning.encoder import Encoder

ENCODERS: Registry[Encoder] = Registry(
    kind="encoder",
    entries={
        "efficientnet_b4": "core.captioning.encoders.efficientnet_b4:EfficientNetB4",
        "resnet50": "core.captioning.encoders.trunks:ResNet50",
        "efficientnet_b0": "core.captioning.encoders.trunks:EfficientNetB0",
        "convnext_tiny": "core.captioning.encoders.trunks:ConvNeXtTiny",
        "mobilenet_v3_large": "core.captioning.encoders.trunks:MobileNetV3Large",
    },
    default="efficientnet_b4",
    group="glimpse.encoders",
)
CAPTIONERS: Registry[Captioner] = Registry(
    kind="captioner",
    entries={
        "lstm": "core.captioning.captioners.lstm:LSTMCaptioner",
        "adaptive": "core.captioning.captioners.adaptive:AdaptiveCaptioner",
        "transformer": "core.captioning.captioners.transformer:TransformerCaptioner",
        "vision-encoder-decoder": "core.captioning.captioners.pretrained:VisionEncoderDecoderCaptioner",
        "blip": "core.captioning.captioners.pretrained:BlipCaptioner",
    },
    default="lstm",
    group="glimpse.captioners",
)

ENCODER = "encoder"  # the folder of the encoder that all of a folder's captioners share
FIRST = ("none", "soft-free", "soft", "hard", "transformer")  # those shipped, in the order in which they are shown
BESIDE = ("none", "soft", "hard")  # those to show beside each other where nobody has chosen yet
DEFAULT = "soft"  # the one to show where one must be chosen


def list_captioners(
    root: Path,
    kind: str = CAPTIONERS.kind,
    look: Callable[[Path], Checkpoint] = checkpoints.read,
    complain: Callable[[CheckpointError], None] = checkpoints.log.warning,
    more: Sequence[Path] = (),
) -> list[Checkpoint]:
    """The captioners in a folder of checkpoints: those of :data:`FIRST`, then any others by name.

    Args:
        kind: that of their configs; captioners of scenes have one of their own.
        look, complain: as in :func:`core.checkpoints.list_checkpoints`.
        more: further folders, as in :class:`~core.checkpoints.catalog.Catalog`.
    """
    every = Catalog(Path(root), tuple(more)).list(look, complain)
    found = [checkpoint for checkpoint in every if checkpoint.config["kind"] == kind]
    return sorted(found, key=lambda c: (FIRST.index(c.name) if c.name in FIRST else len(FIRST), c.name))


def eyes_of(config: Mapping[str, Any]) -> str:
    """What a captioner sees with: the sha256 of its encoder's weights; of its own where it has no encoder of ours."""
    eyes: str = config.get("encoder") or config.get("sha256", "")
    return eyes
