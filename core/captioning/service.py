"""Photo in, traces out: the models of one folder of checkpoints, loaded once and shared by all sessions."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from PIL import Image
from torch import Tensor

from core import checkpoints
from core.attention import KINDS
from core.captioning import out_of_distribution
from core.captioning.beam import BeamTrace
from core.captioning.captioner import Captioner
from core.captioning.encoder import Encoder, open_encoder, squash_all
from core.captioning.model import CaptionModel, GridModel, caption_with
from core.captioning.out_of_distribution import OODScore
from core.captioning.registry import CAPTIONERS, ENCODER, ENCODERS, eyes_of, list_captioners
from core.captioning.settings import Decisions, Settings
from core.captioning.vocabulary import Vocabulary
from core.checkpoints import CheckpointError
from core.checkpoints.modules import StoredModule, autocast
from core.checkpoints.registry import Registry
from core.checkpoints.service import Service
from core.trace import CaptionTrace


@dataclass(frozen=True)
class _Eyes:
    """An encoder, and how far photos lie from those that it learnt from; None where that was not measured."""

    encoder: Encoder
    sha256: str
    ood_score: OODScore | None


@dataclass(frozen=True)
class _Loaded:
    """A captioner as it is used; ``eyes`` is None for one that brings no encoder of ours."""

    model: CaptionModel
    vocabulary: Vocabulary
    config: dict[str, Any]
    eyes: _Eyes | None


class CaptionService(Service[_Loaded]):
    """Captioners and the encoders that they were trained on; where nothing else is said, the folder's one encoder."""

    task = "caption a photo"
    encoder_folder: ClassVar[str] = ENCODER
    encoder_registry: ClassVar[Registry[Encoder]] = ENCODERS
    captioner_registry: ClassVar[Registry[Captioner]] = CAPTIONERS

    def __init__(self, root: Path = checkpoints.ROOT, more: Sequence[Path] = ()) -> None:
        super().__init__(root, more)
        self._own_eyes: dict[Path, _Eyes] = {}
        self._shared_eyes = self._own_eyes

    def beside(self, named: Mapping[str, Path]) -> Self:
        other = super().beside(named)
        other._shared_eyes = self._shared_eyes
        return other

    def captioners(self) -> list[str]:
        """Names of the captioners in the folder, in the order of :func:`~core.captioning.registry.list_captioners`."""
        found = list_captioners(self.root, self.captioner_registry.kind, more=self.catalog.more)
        return [checkpoint.name for checkpoint in found]

    def config(self, model: str) -> dict[str, Any]:
        """What the config.json of a captioner, a name or a path, said when its weights were loaded.

        Raises:
            CheckpointError: the checkpoint is missing or damaged, or its encoder is.
        """
        return self._load(model)[1].config

    @property
    def encoder(self) -> Encoder:
        """The folder's own encoder, for its side, its grid and its channels.

        Raises:
            CheckpointError: there is no sound encoder in the folder.
        """
        return self._folders_eyes().encoder

    def sight(self, model: str | None = None) -> tuple[str, int]:
        """What a captioner sees with, and the side of the photos that it takes: captioners of one encoder share both.

        Args:
            model: a name or a path; None for the folder's own encoder.

        Raises:
            CheckpointError: as in :meth:`config`.
        """
        if model is None:
            eyes = self._folders_eyes()
            return eyes.sha256, eyes.encoder.side
        loaded = self._load(model)[1]
        return eyes_of(loaded.config), loaded.model.side

    def grid(self, model: str) -> tuple[int, int]:
        """Rows and columns of a captioner's looks, a name or a path.

        Raises:
            CheckpointError: as in :meth:`config`.
        """
        return self._load(model)[1].model.grid

    def encode(self, photos: Sequence[Image.Image], model: str | None = None) -> Tensor:
        """One encoder pass: photos of any size -> grids (B, rows * columns, channels), which all captioners of that
        encoder share; or whatever else a captioner without one sees in them (B, ...).

        Args:
            model: with whose encoder; by default the folder's own.

        Raises:
            CheckpointError: there is no sound encoder in the folder; or as in :meth:`config`.
        """
        if model is None:
            encoder = self.encoder
            pixels = encoder.squash(photos)
            with self.turns, torch.inference_mode(), autocast():
                grids: Tensor = encoder(pixels)
                return grids.float()
        seeing = self._load(model)[1].model  # outside of inference mode, or its weights could teach no gradient
        pixels = squash_all(photos, seeing.side)
        with self.turns, torch.inference_mode(), autocast():
            return seeing.see(pixels)

    def distances(self, grids: Tensor, model: str | None = None) -> list[float | None]:
        """How far each photo lies from those that were learnt from; beyond 1 the captioners are out of their depth.

        None where that was not measured for this encoder (see :mod:`core.captioning.out_of_distribution`).

        Raises:
            CheckpointError: as in :meth:`encode`.
        """
        eyes = self._folders_eyes() if model is None else self._load(model)[1].eyes
        with self.turns:
            return eyes.ood_score.distance(grids).tolist() if eyes and eyes.ood_score else [None] * len(grids)

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
            CheckpointError: the checkpoint is missing or damaged, or its encoder is.
            ValueError: a decision names a word that the model does not know, or a cell outside the grid.
        """
        with self.turns, autocast():
            name, loaded = self._load(model)
            return caption_with(loaded.model, loaded.vocabulary, grids, settings, decisions, seeds, name)

    def beam(
        self, grids: Tensor, model: str, settings: Settings | None = None, decisions: Decisions | None = None
    ) -> list[BeamTrace]:
        """As :meth:`caption`, with all that the search weighed on its way.

        Raises:
            ValueError: the captioner keeps its search to itself; or as in :meth:`caption`.
        """
        with self.turns, autocast():
            name, loaded = self._load(model)
            if not isinstance(loaded.model, GridModel):
                raise ValueError(f"{name} is of an architecture that does not show its search.")
            found = loaded.model.beam(grids, settings or Settings(), decisions or Decisions())
            return [replace(one, caption=replace(one.caption, model=name)) for one in found]

    @contextmanager
    def opened(self, model: str) -> Iterator[tuple[Captioner, Vocabulary]]:
        """A captioner, a name or a path, and its words, to look inside a step in float32; others wait meanwhile.

        Raises:
            CheckpointError: as in :meth:`caption`, or it has no steps to look into.
        """
        with self.turns:
            name, loaded = self._load(model)
            if not isinstance(loaded.model, GridModel):
                raise CheckpointError(f"{name} is of an architecture that cannot be looked into here.")
            yield loaded.model.captioner, loaded.vocabulary

    def _try(self, model: str) -> None:
        side = self.sight(model)[1]
        grids = self.encode([Image.new("RGB", (side, side), "grey")], model)
        if not grids.isfinite().all():
            raise ValueError("What it sees is not finite.")
        self.caption(grids, model, Settings("greedy", max_words=3))

    # --- loading ------------------------------------------------------------------------------------------------

    def _open(self, folder: Path, name: str) -> _Loaded:
        module: StoredModule
        module, config = self.captioner_registry.open(folder)
        try:
            vocabulary = Vocabulary(config["vocabulary"])
            attention = module.sizes.attention if isinstance(module, Captioner) else getattr(module, "attention", None)
            sizes_fit = not isinstance(module, Captioner) or module.sizes.vocabulary == len(vocabulary)
            if not (attention == config["attention"] and attention in KINDS and sizes_fit):
                raise ValueError("Its parts contradict each other.")
        except (KeyError, ValueError) as error:
            raise CheckpointError(f"The config.json in {folder} does not describe a captioner.") from error
        if not isinstance(module, Captioner):
            if not isinstance(module, CaptionModel):
                raise CheckpointError(f"The architecture of {folder} keeps no contract of a captioner.")
            return _Loaded(module, vocabulary, config, None)
        eyes = self._eyes_for(folder, config, self._own_eyes if name in self.catalog.named else self._shared_eyes)
        if eyes is None or module.sizes.channels != eyes.encoder.channels:
            raise CheckpointError(
                f"{folder.name} was trained on another encoder than the one in {self.root}, so it cannot be used here. "
                f"Put its encoder into a folder {self.encoder_folder!r} beside it or in it."
            )
        return _Loaded(GridModel(eyes.encoder, module, vocabulary), vocabulary, config, eyes)

    def _folders_eyes(self) -> _Eyes:
        """The encoder of the folder."""
        return self._open_eyes(checkpoints.resolve(self.encoder_folder, self.root), self._shared_eyes)

    def _open_eyes(self, folder: Path, opened: dict[Path, _Eyes]) -> _Eyes:
        with self.turns:
            if (path := folder.resolve()) not in opened:
                encoder, sha256 = open_encoder(folder, self.encoder_registry)
                opened[path] = _Eyes(encoder, sha256, out_of_distribution.read(folder, sha256))
            return opened[path]

    def _eyes_for(self, folder: Path, config: Mapping[str, Any], brought_along: dict[Path, _Eyes]) -> _Eyes | None:
        """The encoder that a captioner was trained on: the folder's own, another in it, or one that the captioner
        brings along, in its folder or beside it, and that is kept with those; None where it is none of these."""
        wanted = config.get("encoder")
        own = self.root / self.encoder_folder
        brought = [folder / self.encoder_folder, folder.parent / self.encoder_folder]
        for candidate in [own, *(path.parent for path in self.root.glob("[!.]*/config.json")), *brought]:
            try:
                found = checkpoints.read(candidate).config
            except CheckpointError:
                if candidate == own and own.exists():
                    raise
                continue
            if found["kind"] == self.encoder_registry.kind and found["sha256"] == wanted:
                return self._open_eyes(candidate, brought_along if candidate in brought else self._shared_eyes)
        return None
