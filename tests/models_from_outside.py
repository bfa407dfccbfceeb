"""An encoder whose grid is 7 x 9 and a captioner with two heads, which nothing of the project knows."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from core import checkpoints
from core.attention import Look
from core.captioning.captioner import Captioner, CaptionerSizes, Step
from core.captioning.captioners.lstm import LSTMCaptioner, LSTMSizes
from core.captioning.encoder import Encoder
from core.captioning.registry import CAPTIONERS, ENCODERS
from core.captioning.vocabulary import END, SPECIAL

ROWS, COLUMNS = GRID = (7, 9)
CELLS = ROWS * COLUMNS
WORDS = ["a", "dog", "cat", "runs", "sits", "on", "the", "grass"]


class TinyEncoder(Encoder):
    """The colours of 7 x 9 parts of the photo, mixed."""

    architecture = "tiny"
    side, grid, channels = 63, GRID, 5

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Conv2d(3, self.channels, kernel_size=1)

    @classmethod
    def from_imagenet(cls, weights: Path) -> Self:
        encoder = cls()
        encoder.load_state_dict(load_file(weights))
        return encoder

    def learnt(self, features: Tensor) -> Tensor:
        cells = nn.functional.avg_pool2d(features.float() / 255, (63 // ROWS, 63 // COLUMNS))
        return self.flatten(self.mix(cells))


@dataclass(frozen=True)
class TwoHeadedSizes(CaptionerSizes):
    hidden: int = 12


@dataclass(frozen=True)
class Memory:
    """A state that is no tuple and has no ``h``."""

    row: Tensor

    def select(self, rows: Tensor | slice) -> "Memory":
        return Memory(self.row[rows])


class Cells(NamedTuple):
    cells: Tensor

    def select(self, rows: Tensor | slice) -> "Cells":
        return Cells(self.cells[rows])


class TwoHeaded(Captioner):
    """A gated recurrent unit that looks twice before every word, and has no gate for what it sees."""

    architecture = "two-headed"
    sizes: TwoHeadedSizes

    def __init__(self, sizes: TwoHeadedSizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.queries = nn.Linear(sizes.hidden, 2 * sizes.channels)
        self.embed = nn.Embedding(sizes.vocabulary, sizes.hidden)
        self.unit = nn.GRUCell(sizes.hidden + 2 * sizes.channels, sizes.hidden)
        self.words = nn.Linear(sizes.hidden, sizes.vocabulary)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        return cls(TwoHeadedSizes(**config["model"]))

    def view(self, grids: Tensor) -> tuple[Cells, Memory]:
        return Cells(grids), Memory(grids.new_zeros(len(grids), self.sizes.hidden))

    def step(self, tokens, state, slots, mask=None, noise=None, straight=False) -> Step:
        queries = self.queries(state.row).unflatten(1, (2, -1))  # (B, 2, C)
        scores = 4 * queries @ slots.cells.transpose(1, 2)  # (B, 2, S)
        if mask is not None:
            scores = scores.masked_fill(~mask.unsqueeze(1), float("-inf"))
        alpha = scores.softmax(2)
        glimpse = (alpha @ slots.cells).flatten(1)  # (B, 2 C)
        row = self.unit(torch.cat([self.embed(tokens), glimpse], 1), state.row)
        look = Look(alpha.unsqueeze(1), glimpse, None)  # (B, 1, 2, S): both heads in one layer
        return Step(row, Memory(row), look, row.new_ones(len(row)))

    def read_out(self, deep: Tensor) -> Tensor:
        return self.words(deep)


def _save(root: Path) -> Path:
    """``encoder``, ``twins`` with two heads, and the shipped architecture as ``soft`` and ``hard`` on the same grid."""
    torch.manual_seed(0)
    about = {"data": "nothing", "licence": "MIT", "settings": {}}
    encoder, size = TinyEncoder(), len(SPECIAL) + len(WORDS)
    config = {"kind": "encoder", **encoder.to_config(), **about}
    sha256 = checkpoints.save(root / "encoder", config, encoder.state_dict(), "# Encoder\n")
    captioners: dict[str, Captioner] = {"twins": TwoHeaded(TwoHeadedSizes("soft", size, encoder.channels))}
    for kind in ("soft", "hard"):
        sizes = LSTMSizes(kind, size, encoder.channels, value=16, key=8, embedding=8, hidden=16)
        captioners[kind] = LSTMCaptioner(sizes)
    for name, captioner in captioners.items():
        with torch.no_grad():
            for parameter in captioner.parameters():
                parameter.mul_(2)
            (captioner.words.bias if name == "twins" else captioner.bias)[END] = -8  # it speaks up to the limit
        config = {"kind": "captioner", **captioner.to_config(), "attention": captioner.sizes.attention, **about}
        config |= {"encoder": sha256, "vocabulary": WORDS}
        checkpoints.save(root / name, config, captioner.state_dict(), f"# {name}\n")
    return root


@contextmanager
def models_from_outside(root: Path) -> Iterator[Path]:
    """The registries have them meanwhile, and ``root`` their checkpoints."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ENCODERS.entries, TinyEncoder.architecture, f"{__name__}:TinyEncoder")
        patch.setitem(CAPTIONERS.entries, TwoHeaded.architecture, f"{__name__}:TwoHeaded")
        yield _save(root)
