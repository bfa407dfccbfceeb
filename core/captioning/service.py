"""Photo in, traces out: the models of one folder of checkpoints, loaded once and shared by all sessions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import torch
from PIL import Image
from torch import Tensor

from core import checkpoints
from core.attention import KINDS
from core.captioning import out_of_distribution
from core.captioning.beam import BeamTrace
from core.captioning.captioner import Captioner
from core.captioning.decoding import decode, decode_with_beam
from core.captioning.encoder import Encoder, open_encoder
from core.captioning.out_of_distribution import OODScore
from core.captioning.registry import CAPTIONERS, ENCODERS, list_captioners
from core.captioning.settings import Decisions, Settings
from core.captioning.vocabulary import Vocabulary
from core.checkpoints import CheckpointError
from core.checkpoints.modules import autocast
from core.checkpoints.registry import Registry
from core.trace import CaptionTrace
from core.turns import Turns

ENCODER = "encoder"


class CaptionService:
    """One encoder and the captioners that were trained on its grids.

    Weights are read when they are first needed. Any number of threads may call; they take turns.

    Attributes:
        turns: whose turn it is.
    """

    encoder_folder: ClassVar[str] = ENCODER
    encoder_registry: ClassVar[Registry[Encoder]] = ENCODERS
    captioner_registry: ClassVar[Registry[Captioner]] = CAPTIONERS

    def __init__(self, root: Path = checkpoints.ROOT) -> None:
        self.root = Path(root)
        self.turns = Turns()
        self._encoder: tuple[Encoder, str] | None = None  # with its sha256
        self._ood_score: OODScore | None = None  # None, too, where it was not measured for this encoder
        self._captioners: dict[Path, tuple[Captioner, Vocabulary, dict[str, Any]]] = {}  # with its config

    def captioners(self) -> list[str]:
        """Names of the captioners in the folder, in the order of :func:`~core.captioning.registry.list_captioners`."""
        return [checkpoint.name for checkpoint in list_captioners(self.root, self.captioner_registry.kind)]

    def config(self, model: str) -> dict[str, Any]:
        """What the config.json of a captioner, a name or a path, said when its weights were loaded.

        Raises:
            CheckpointError: the checkpoint is missing or damaged, or was trained on another encoder.
        """
        with self.turns:
            return self._load_captioner(checkpoints.resolve(model, self.root))[2]

    @property
    def encoder(self) -> Encoder:
        """What every captioner sees with, for its side, its grid and its channels.

        Raises:
            CheckpointError: there is no sound encoder in the folder.
        """
        with self.turns:
            return self._load_encoder()[0]

    @torch.inference_mode()
    def encode(self, photos: Sequence[Image.Image]) -> Tensor:
        """One encoder pass: photos of any size -> grids (B, rows * columns, channels), which every captioner shares.

        Raises:
            CheckpointError: there is no sound encoder in the folder.
        """
        pixels = self.encoder.squash(photos)
        with self.turns, autocast():
            grids: Tensor = self.encoder(pixels)
            return grids.float()

    def distances(self, grids: Tensor) -> list[float | None]:
        """How far each photo lies from those that were learnt from; beyond 1 the captioners are out of their depth.

        None where that was not measured for this encoder (see :mod:`core.captioning.out_of_distribution`).

        Raises:
            CheckpointError: there is no sound encoder in the folder.
        """
        with self.turns:
            self._load_encoder()
            return self._ood_score.distance(grids).tolist() if self._ood_score else [None] * len(grids)

    def caption(
        self,
        grids: Tensor,
        model: str,
        settings: Settings | None = None,
        decisions: Decisions | Sequence[Decisions] | None = None,
        seeds: Sequence[int] | None = None,
    ) -> list[CaptionTrace]:
        """Caption grids from :meth:`encode` with one captioner, a name or a path; a trace each.

        The rest is as in :func:`~core.captioning.decoding.decode`.

        Raises:
            CheckpointError: the checkpoint is missing or damaged, or was trained on another encoder.
            ValueError: a decision names a word that the model does not know, or a cell outside the grid.
        """
        path = checkpoints.resolve(model, self.root)
        with self.turns, autocast():
            captioner, vocabulary, _ = self._load_captioner(path)
            return decode(captioner, vocabulary, grids, self.encoder.grid, settings, decisions, path.name, seeds)

    def beam(
        self, grids: Tensor, model: str, settings: Settings | None = None, decisions: Decisions | None = None
    ) -> list[BeamTrace]:
        """As :meth:`caption`, with all that the search weighed on its way."""
        path = checkpoints.resolve(model, self.root)
        with self.turns, autocast():
            captioner, vocabulary, _ = self._load_captioner(path)
            return decode_with_beam(captioner, vocabulary, grids, self.encoder.grid, settings, decisions, path.name)

    @contextmanager
    def opened(self, model: str) -> Iterator[tuple[Captioner, Vocabulary]]:
        """A captioner, a name or a path, and its words, to look inside a step in float32; others wait meanwhile.

        Raises:
            CheckpointError: as in :meth:`caption`.
        """
        with self.turns:
            captioner, vocabulary, _ = self._load_captioner(checkpoints.resolve(model, self.root))
            yield captioner, vocabulary

    def _load_encoder(self) -> tuple[Encoder, str]:
        if self._encoder is None:
            folder = checkpoints.resolve(self.encoder_folder, self.root)
            self._encoder = open_encoder(folder, self.encoder_registry)
            self._ood_score = out_of_distribution.read(folder, self._encoder[1])
        return self._encoder

    def _load_captioner(self, folder: Path) -> tuple[Captioner, Vocabulary, dict[str, Any]]:
        folder = folder.resolve()
        if folder not in self._captioners:
            captioner, config = self.captioner_registry.open(folder)
            sizes = captioner.sizes
            try:
                vocabulary = Vocabulary(config["vocabulary"])
                fits = sizes.attention == config["attention"] and sizes.attention in KINDS
                if not (fits and sizes.vocabulary == len(vocabulary)):
                    raise ValueError("Its parts contradict each other.")
            except (KeyError, ValueError) as error:
                raise CheckpointError(f"The config.json in {folder} does not describe a captioner.") from error
            self._captioners[folder] = captioner, vocabulary, config
        encoder, sha256 = self._load_encoder()
        captioner, _, config = self._captioners[folder]
        if config.get("encoder") != sha256 or captioner.sizes.channels != encoder.channels:
            raise CheckpointError(
                f"{folder.name} was trained on another encoder than the one in {self.root}, so it cannot be used here."
            )
        return self._captioners[folder]
