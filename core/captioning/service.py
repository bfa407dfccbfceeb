"""Photo in, traces out: the models of one folder of checkpoints, loaded once and shared by everybody."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from core import checkpoints
from core.attention import KINDS
from core.captioning import out_of_distribution
from core.captioning.captioner import Captioner, CaptionerSizes
from core.captioning.decoding import decode
from core.captioning.encoder import CHANNELS, Encoder
from core.captioning.out_of_distribution import OODScore
from core.captioning.photo import squash
from core.captioning.registry import list_captioners
from core.captioning.settings import Decisions, Settings
from core.captioning.vocabulary import Vocabulary
from core.checkpoints import CheckpointError
from core.checkpoints.modules import autocast, fill, init_empty_weights
from core.trace import CaptionTrace

ENCODER = "encoder"


class CaptionService:
    """One encoder and the captioners that were trained on its grids.

    Weights are read when they are first needed. Any number of threads may call; they take turns.
    """

    kind, channels = "captioner", CHANNELS  # of the captioners that it opens

    def __init__(self, root: Path = checkpoints.ROOT):
        self.root = Path(root)
        self._turn = threading.RLock()
        self._encoder: tuple[Encoder, str] | None = None  # with its sha256
        self._familiarity: OODScore | None = None  # None, too, where it was not measured for this encoder
        self._captioners: dict[Path, tuple[Captioner, Vocabulary, dict]] = {}  # with its config

    def captioners(self) -> list[str]:
        """Names of the captioners in the folder: none, soft, hard, then any others by name."""
        return [checkpoint.name for checkpoint in list_captioners(self.root, self.kind)]

    def config(self, model: str) -> dict:
        """What the config.json of a captioner, a name or a path, said when its weights were loaded.

        Raises:
            CheckpointError: the checkpoint is missing or damaged, or was trained on another encoder.
        """
        with self._turn:
            return self._load_captioner(checkpoints.resolve(model, self.root))[2]

    @torch.inference_mode()
    def encode(self, photos: Sequence[Image.Image]) -> Tensor:
        """One encoder pass: photos of any size -> grids (B, 196, 1280), which every captioner shares.

        Raises:
            CheckpointError: there is no sound encoder in the folder.
        """
        pixels = torch.from_numpy(np.stack([squash(photo) for photo in photos])).permute(0, 3, 1, 2)
        with self._turn, autocast():
            return self._load_encoder()[0](pixels).float()

    def distances(self, grids: Tensor) -> list[float | None]:
        """How far each photo lies from those that were learnt from; beyond 1 the captioners are out of their depth.

        None where that was not measured for this encoder (see :mod:`core.captioning.out_of_distribution`).

        Raises:
            CheckpointError: there is no sound encoder in the folder.
        """
        with self._turn:
            self._load_encoder()
            return self._familiarity.distance(grids).tolist() if self._familiarity else [None] * len(grids)

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
        with self._turn, autocast():
            captioner, vocabulary, _ = self._load_captioner(path)
            return decode(captioner, vocabulary, grids, settings, decisions, path.name, seeds)

    @contextmanager
    def opened(self, model: str) -> Iterator[tuple[Captioner, Vocabulary]]:
        """A captioner, a name or a path, and its words, to look inside a step in float32; others wait meanwhile.

        Raises:
            CheckpointError: as in :meth:`caption`.
        """
        with self._turn:
            captioner, vocabulary, _ = self._load_captioner(checkpoints.resolve(model, self.root))
            yield captioner, vocabulary

    def _load_encoder(self) -> tuple[Encoder, str]:
        if self._encoder is None:
            folder = checkpoints.resolve(ENCODER, self.root)
            config, state = checkpoints.load(folder)
            if config["kind"] != "encoder":
                raise CheckpointError(f"{folder} holds a {config['kind']}, not an encoder.")
            with init_empty_weights():
                encoder = Encoder()
            fill(encoder, state, folder)
            self._encoder = encoder.to(memory_format=torch.channels_last).eval(), config["sha256"]
            self._familiarity = out_of_distribution.read(folder, config["sha256"])
        return self._encoder

    def _load_captioner(self, folder: Path) -> tuple[Captioner, Vocabulary, dict]:
        folder = folder.resolve()
        if folder not in self._captioners:
            config, state = checkpoints.load(folder)
            if config["kind"] != self.kind:
                raise CheckpointError(f"{folder} holds a {config['kind']}, not a {self.kind}.")
            try:
                vocabulary, sizes = Vocabulary(config["vocabulary"]), CaptionerSizes(**config["model"])
                fits = sizes.attention == config["attention"] and sizes.attention in KINDS
                fits = fits and sizes.vocabulary == len(vocabulary) and sizes.channels == self.channels
                if not fits:
                    raise ValueError("Its parts contradict each other.")
                with init_empty_weights():
                    captioner = Captioner(sizes)
            except (KeyError, TypeError, ValueError, RuntimeError) as error:
                raise CheckpointError(f"The config.json in {folder} does not describe a captioner.") from error
            fill(captioner, state, folder)
            self._captioners[folder] = captioner.eval(), vocabulary, config
        if self._captioners[folder][2].get("encoder") != self._load_encoder()[1]:
            raise CheckpointError(
                f"{folder.name} was trained on another encoder than the one in {self.root}, so it cannot be used here."
            )
        return self._captioners[folder]
