"""What training sees of each photo: views of it, where things lie in them, and what of them is computed once.

The frozen part of an encoder is computed once for each of :data:`VIEWS`, the photo as it is and its mirror image, which
is cropped as well and lighter or darker. Every pass then sees a crop of these features, drawn anew. Captions of the
mirrored view change "left" and "right" (see :data:`core.captioning.training.words.MIRROR`), and boxes move along.
"""

import math
import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from core.captioning.encoder import Encoder
from core.captioning.photo import PhotoError, open_photo, squash
from core.checkpoints.modules import autocast
from core.data.captions import CaptionedPhoto
from core.data.errors import DataError
from core.data.photo_files import PhotoFiles
from core.data.phrases import Box
from core.files import write_whole
from core.training.progress import Stage

Number = TypeVar("Number", bound=np.generic)

VIEWS = ("plain", "mirror")
LEAST_AREA = 0.5  # of a photo, that the crop of the mirrored view keeps
KEPT = 0.3  # share of a box that has to lie in a view, for its thing to be in there
PHOTOS_A_BATCH = 16
MEAN = 110.0  # about the mean of a photo's pixels, which contrast turns around


class Window(NamedTuple):
    """The part of a photo that a view shows, stretched to the photo's size: fractions of its height and width."""

    top: float = 0.0
    left: float = 0.0
    height: float = 1.0
    width: float = 1.0
    mirrored: bool = False

    def box(self, box: Box) -> Box | None:
        """Where a box of the photo lies in the view; None if less than :data:`KEPT` of it does."""
        x0, y0, x1, y1 = box
        across = [min(1.0, max(0.0, (x - self.left) / self.width)) for x in (x0, x1)]
        down = [min(1.0, max(0.0, (y - self.top) / self.height)) for y in (y0, y1)]
        area = (across[1] - across[0]) * self.width * (down[1] - down[0]) * self.height
        if area <= 0 or area < KEPT * (x1 - x0) * (y1 - y0):
            return None
        left, right = (1 - across[1], 1 - across[0]) if self.mirrored else across
        return left, down[0], right, down[1]


def draw_window(rng: random.Random, least_area: float, mirrored: bool = False) -> Window:
    """A crop that keeps at least ``least_area`` of a photo, stretched a little."""
    area, stretch = rng.uniform(least_area, 1.0), math.exp(rng.uniform(-0.15, 0.15))
    height, width = (min(1.0, math.sqrt(area) * by) for by in (stretch, 1 / stretch))
    return Window(rng.uniform(0, 1 - height), rng.uniform(0, 1 - width), height, width, mirrored)


def crop(maps: Tensor, windows: Sequence[Window]) -> Tensor:
    """Maps (B, C, H, W) seen through a window each, at the same size. A mirrored window mirrors them, which is right
    for pixels and not for features."""
    theta = [
        [[-w.width if w.mirrored else w.width, 0, 2 * w.left + w.width - 1], [0, w.height, 2 * w.top + w.height - 1]]
        for w in windows
    ]
    places = F.affine_grid(torch.tensor(theta, device=maps.device), list(maps.shape), align_corners=False)
    return F.grid_sample(maps, places, padding_mode="border", align_corners=False)


def vary(photo: Tensor, window: Window, rng: random.Random) -> Tensor:
    """A view of a photo (3, side, side) in 0-255, lighter or darker. Hues stay, for captions name colours."""
    view = crop(photo.float().unsqueeze(0), [window])[0]
    light, contrast = rng.uniform(0.8, 1.2), rng.uniform(0.8, 1.2)
    return ((view * light - MEAN) * contrast + MEAN).clamp_(0, 255)


def window_of(view: str, row: int, seed: int) -> tuple[Window, random.Random]:
    """What a cached view shows of the photo with this number, always the same; and what its light is drawn with."""
    rng = random.Random(f"{seed}-{view}-{row}")
    return (draw_window(rng, LEAST_AREA, mirrored=True) if view == "mirror" else Window()), rng


def pixels(photo: CaptionedPhoto, files: PhotoFiles, side: int) -> Tensor:
    """A photo as (3, side, side) uint8.

    Raises:
        DataError: the photo is missing or cannot be used.
    """
    try:
        squashed = squash(open_photo(files.read(photo.filename)), side)
    except PhotoError as error:
        raise DataError(f"{photo.filename}: {error}") from error
    return torch.from_numpy(squashed).permute(2, 0, 1)


@torch.inference_mode()
def cache_features(
    encoder: Encoder,
    photos: Sequence[CaptionedPhoto],
    files: PhotoFiles,
    folder: Path,
    view: str,
    seed: int,
    stage: Stage,
    device: torch.device,
    of: str = "",
) -> npt.NDArray[np.float16]:
    """What the encoder's frozen part makes of a view of every photo: an (N, ...) float16 array on disk.

    Args:
        of: a digest of the photos and the encoder; what was cached of others is not gone on with.
    """
    encoder.to(device).eval()
    shape = encoder.frozen(torch.zeros(1, 3, encoder.side, encoder.side, device=device)).shape[1:]

    def compute(rows: slice) -> Tensor:
        views = []
        for row in range(rows.start, rows.stop):
            photo = pixels(photos[row], files, encoder.side).float()
            window, rng = window_of(view, row, seed)
            views.append(photo if view == "plain" else vary(photo, window, rng))
        with autocast():  # as the photos of those who use the captioners are encoded
            return encoder.frozen(torch.stack(views).to(device)).half()

    tick = stage(f"photos, {view}", math.ceil(len(photos) / PHOTOS_A_BATCH))
    path = folder / f"features-{view}.npy"
    return cache(path, (len(photos), *shape), PHOTOS_A_BATCH, compute, tick, np.float16, of)


def cache(
    path: Path,
    shape: tuple[int, ...],
    batch: int,
    compute: Callable[[slice], Tensor],
    tick: Callable[[], None],
    kind: type[Number],
    of: str = "",
) -> npt.NDArray[Number]:
    """Fill an array on disk batch by batch; go on where an interrupted run stopped.

    Args:
        path: the ``.npy`` file; beside it ``.progress`` says how many rows are done, and of what.
        shape: of the whole array (N, ...).
        compute: a range of rows -> those rows (n, ...).
        of: a digest of what the rows are computed from.

    Raises:
        DataError: the file is there, but was made for other photos.
    """
    progress = path.with_suffix(".progress")
    done, made_of = _progress(progress) if path.exists() and progress.exists() else (0, of)
    if made_of != of:
        raise DataError(f"{path} was made for other photos; take another --out, or delete it.")
    array = np.lib.format.open_memmap(path, mode="r+" if done else "w+", dtype=kind, shape=shape)
    if hasattr(os, "posix_fallocate"):  # a full disk is an error now, where a mapped file would later kill the process
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    if array.shape != shape:
        raise DataError(f"{path} was made for other photos; take another --out, or delete it.")
    for start in range(0, shape[0], batch):
        rows = slice(start, min(start + batch, shape[0]))
        if rows.stop > done:
            array[rows] = compute(rows).cpu().numpy()
            write_whole(progress, f"{rows.stop} {of}")
        tick()
    array.flush()
    return array


def _progress(path: Path) -> tuple[int, str]:
    """How many rows of a cache are done, and the digest of what they are made of."""
    words = path.read_text().split()
    done = int(words[0]) if words and words[0].isdecimal() else 0
    return done, words[1] if len(words) > 1 else ""
