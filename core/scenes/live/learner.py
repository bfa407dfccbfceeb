"""A captioner of scenes that learns step by step, with settings that may change between two steps."""

from collections.abc import Sequence

import torch
from torch import Tensor

from core.captioning.captioners.lstm import LSTMCaptioner
from core.captioning.decoding import decode
from core.captioning.encoder import Encoder
from core.captioning.settings import Settings
from core.captioning.training.teacher_forcing import Captions, LossWeights, TeacherForcing, collate
from core.data.scenes import Scene, make_scene
from core.results.scene_metrics import figures
from core.scenes.encoder import SceneEncoder
from core.scenes.evaluation import examine
from core.scenes.live.settings import LearnSettings
from core.scenes.training.joint import VOCABULARY
from core.scenes.training.run import small_sizes
from core.trace import CaptionTrace

WARM = 20  # steps over which the learning rate rises after a start


class Pool:
    """Scenes to learn from, drawn and encoded as they are needed: training begins with the first few."""

    def __init__(self, encoder: Encoder, most: int, seed: int):
        self.encoder, self.most = encoder, most
        self.scenes: list[Scene] = []
        self.grids = torch.zeros(0)
        self.generator = torch.Generator().manual_seed(seed)

    def grow(self, count: int) -> None:
        """Add ``count`` scenes, as long as there is room."""
        first = len(self.scenes)
        fresh = [make_scene("train", n) for n in range(first, min(first + count, self.most))]
        if not fresh:
            return
        grids = encode_scenes(self.encoder, fresh)
        if not first:
            self.grids = torch.empty(self.most, *grids.shape[1:])
        self.grids[first : first + len(fresh)] = grids
        self.scenes += fresh

    def batch(self, size: int) -> tuple[Tensor, Captions]:
        """Draw a batch: its grids, and the right sentence of each."""
        rows = torch.randint(len(self.scenes), (size,), generator=self.generator)
        words = [VOCABULARY.encode(self.scenes[row].words) for row in rows.tolist()]
        return self.grids[rows], collate(list(enumerate(words)))


@torch.inference_mode()
def encode_scenes(encoder: Encoder, scenes: Sequence[Scene]) -> Tensor:
    """Grids (N, rows * columns, channels) of scenes."""
    grids: Tensor = encoder(encoder.squash([scene.picture() for scene in scenes]))
    return grids


class Learner:
    """One captioner, its loss and its optimizer."""

    def __init__(self, settings: LearnSettings, seed: int):
        torch.manual_seed(seed)
        self.settings = settings
        self.steps = 0
        self._begin(LSTMCaptioner(small_sizes(settings.attention)))

    def _begin(self, captioner: LSTMCaptioner) -> None:
        self.captioner, self._warmed = captioner, 0
        self.forcing = TeacherForcing(captioner, self._weights())
        self.optimizer = torch.optim.Adam(captioner.parameters(), lr=self.settings.rate, betas=(0.9, 0.98))
        if self.settings.attention != "none":
            captioner.score.register_forward_hook(lambda _module, _inputs, scores: scores / self.settings.temperature)

    def _weights(self) -> LossWeights:
        chosen = self.settings
        return LossWeights(0.0, chosen.doubly, chosen.estimator, reward=1.0, entropy=chosen.entropy)

    def change(self, settings: LearnSettings) -> None:
        """Learn on under other settings. With another attention, all that both kinds have is kept."""
        other = settings.attention != self.settings.attention
        self.settings = settings
        if other:
            captioner = LSTMCaptioner(small_sizes(settings.attention))
            captioner.load_state_dict(self.captioner.state_dict(), strict=False)
            self._begin(captioner)
        self.forcing.weights = self._weights()

    def step(self, grids: Tensor, captions: Captions) -> None:
        """Learn from one batch."""
        self.captioner.train()
        self._warmed += 1
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.rate * min(1.0, self._warmed / WARM)
        loss = self.forcing(grids, captions)
        if not torch.isfinite(loss):
            raise ArithmeticError("The loss is no number any more. A smaller learning rate keeps it one.")
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.captioner.parameters(), 5.0)
        self.optimizer.step()
        self.steps += 1

    @torch.no_grad()
    def examine(self, grids: Tensor, scenes: Sequence[Scene]) -> dict[str, float]:
        """Loss in nats a word, exact captions and pointing in percent, on scenes that are not learnt from."""
        self.captioner.eval()
        outcomes = examine(self.captioner, VOCABULARY, grids, SceneEncoder.grid, scenes)
        found = figures(outcomes)
        logs = [torch.tensor([step.prob for step in outcome.forced.steps]).log() for outcome in outcomes]
        return {"loss": float(-torch.cat(logs).mean()), "exact": found["exact"], "pointing": found["pointing"]}

    def caption(self, grids: Tensor, name: str) -> list[CaptionTrace]:
        """What it says of scenes now, and where it looks."""
        self.captioner.eval()
        return decode(
            self.captioner,
            VOCABULARY,
            grids,
            SceneEncoder.grid,
            Settings("greedy", max_words=14, candidates=5),
            model=name,
        )

    def finished(self) -> LSTMCaptioner:
        """A captioner of its own that does the same without the temperature: the scores' weights are divided by it."""
        captioner = LSTMCaptioner(self.captioner.sizes)
        captioner.load_state_dict(self.captioner.state_dict())
        if self.settings.attention != "none":
            with torch.no_grad():
                captioner.score.weight.weight /= self.settings.temperature
        return captioner.eval()
