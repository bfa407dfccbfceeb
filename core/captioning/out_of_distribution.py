"""How familiar a photo is: how far its features lie from those of the photos that the captioners learnt from.

x is the mean of a photo's grid over its cells. The photos of training are described by probabilistic PCA (Tipping and
Bishop 1999): their mean mu, the K directions v_k along which they vary most, the variances l_k along these, and the
variance s that is left over, shared by the other C - K directions. A photo's squared distance is

    d^2 = sum_k (v_k . (x - mu))^2 / l_k  +  |rest of (x - mu)|^2 / s

and is given as a share of the bound that a few in a hundred photos of the same kind exceed: beyond 1 the captioners are
out of their depth. They write a fluent sentence all the same, which is why it has to be said.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from core.captioning.photo import PhotoError, open_photo
from core.checkpoints.bundle import FAMILIARITY
from core.data.captions import CaptionedPhoto
from core.data.errors import DataError
from core.data.photo_files import PhotoFiles
from core.files import write_whole

DIRECTIONS = 64
FALSE_ALARMS = 0.05  # the share of familiar photos that lies beyond the bound
MAX_BYTES = 20_000_000
BATCH = 16  # photos

Load = Callable[[], Image.Image]


@dataclass(frozen=True)
class OODScore:
    """What training's photos have in common.

    Attributes:
        mean: (C,) mu.
        directions: (K, C) v_k, of length 1.
        variances: (K,) l_k.
        rest: s, the variance left over in each of the other directions.
        bound: the distance d that counts as 1.
        about: how it was fitted, as JSON can hold it; "encoder" is the sha256 of the encoder that the features are of.
    """

    mean: Tensor
    directions: Tensor
    variances: Tensor
    rest: float
    bound: float
    about: dict[str, Any]

    def distance(self, grids: Tensor) -> Tensor:
        """How far photos are, (B,), given their grids (B, S, C): 1 is the bound, 0 the middle of what was seen."""
        return self._distance(grids.float().mean(dim=1)) / self.bound

    def _distance(self, features: Tensor) -> Tensor:
        x = features - self.mean  # (B, C)
        along = x @ self.directions.T  # (B, K)
        left = x - along @ self.directions  # (B, C)
        return ((along.square() / self.variances).sum(dim=1) + left.square().sum(dim=1) / self.rest).sqrt()

    def save(self, folder: Path) -> Path:
        """Write it beside the weights of its encoder."""
        path = Path(folder) / FAMILIARITY
        tensors = {"mean": self.mean, "directions": self.directions, "variances": self.variances}
        metadata = {"rest": self.rest, "bound": self.bound, **self.about}
        tensors = {name: tensor.float().contiguous() for name, tensor in tensors.items()}
        write_whole(path, save(tensors, metadata={"familiarity": json.dumps(metadata)}))
        return path


def fit(seen: Tensor, others: Tensor, about: dict[str, Any], directions: int = DIRECTIONS) -> OODScore:
    """Describe the features (N, C) of photos of training; the bound comes from those of others (M, C) of their kind.

    The others are not among the first, of which an encoder that was trained on them knows too much.

    Raises:
        ValueError: there are too few photos.
    """
    if len(seen) <= directions + 1 or not len(others):
        raise ValueError(f"More than {directions + 1} photos of training are needed, and at least one other.")
    mean = seen.mean(dim=0)
    _, singular, rows = torch.linalg.svd(seen - mean, full_matrices=False)
    variances = singular.square() / (len(seen) - 1)
    rest = float(variances[directions:].sum()) / (seen.shape[1] - directions)
    rest = max(rest, 1e-12)
    unbound = OODScore(mean, rows[:directions], variances[:directions].clamp_min(rest), rest, 1.0, about)
    bound = float(torch.quantile(unbound._distance(others), 1 - FALSE_ALARMS))
    return replace(unbound, bound=max(bound, 1e-12))


def read(folder: Path, encoder: str) -> OODScore | None:
    """What lies beside an encoder's weights; None where there is nothing, or nothing sound for this encoder.

    Args:
        folder: the encoder's.
        encoder: the sha256 of its weights.
    """
    path = Path(folder) / FAMILIARITY
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        with safe_open(path, framework="pt") as file:
            metadata = json.loads(file.metadata()["familiarity"])
            tensors = {name: file.get_tensor(name).float() for name in ("mean", "directions", "variances")}
        numbers = [float(metadata.pop(name)) for name in ("rest", "bound")]
        mean, directions, variances = tensors.values()
        fits = directions.shape == (len(variances), len(mean)) and min(numbers) > 0 and bool((variances > 0).all())
        sound = fits and all(torch.isfinite(tensor).all() for tensor in (*tensors.values(), torch.tensor(numbers)))
        if not sound or metadata.get("encoder") != encoder:
            return None
        return OODScore(**tensors, rest=numbers[0], bound=numbers[1], about=metadata)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def photos(files: PhotoFiles, listed: Iterable[CaptionedPhoto]) -> list[Load]:
    """How to get each photo of a data set."""
    return [partial(_open, files, photo.filename) for photo in listed]


def _open(files: PhotoFiles, name: str) -> Image.Image:
    return open_photo(files.read(name))


def features(
    encode: Callable[[Sequence[Image.Image]], Tensor], loads: Sequence[Load], tick: Callable[[], None]
) -> Tensor:
    """The grids' means (N, C) of the pictures that can be read.

    Raises:
        DataError: none can.
    """
    found = [encode(batch).mean(dim=1) for batch in batches(loads, tick)]
    if not found:
        raise DataError("None of the photos could be read.")
    return torch.cat(found)


def batches(loads: Sequence[Load], tick: Callable[[], None]) -> Iterator[list[Image.Image]]:
    """The pictures, a batch at a time; one that is missing or broken is left out."""

    def read() -> Iterator[Image.Image]:
        for load in loads:
            with suppress(PhotoError, DataError):
                yield load()
            tick()

    pictures = read()
    while batch := list(islice(pictures, BATCH)):
        yield batch
