"""What the networks with a fixed lexicon share: questions in, batches of numbers through the network, traces out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, TypeVar

import torch
from torch import Tensor, nn

from core.attention import Kind
from core.memory.bags import Lexicon, Stories, encode
from core.memory.batching import answer_in_batches
from core.memory.registry import CANDIDATES, FREE, HopDecisions, StoryQuery
from core.memory.story import StoryError
from core.trace import Hop, StoryTrace

MOST = 10_000  # of anything that a config counts
BUDGET = 2_000  # sentences in a batch, padding included: more no longer fits the processor's caches


@dataclass(frozen=True)
class HopOutputs:
    """What a network makes of B questions.

    Attributes:
        scores: (B, A) how well each answer fits.
        alpha: (B, H, S) the weights of each hop over the sentences that the network remembers.
        taken: (B,) how many of the H hops were taken.
        choice: (B, H) the one sentence that each hop used; None for a network that is not hard.
        gate: (B, H) how much of what it brought back was let through; None for all of it.
        normalised: a hop's weights sum to 1; else each sentence has a gate of its own (see :class:`core.trace.Hop`).
        moved: (B, H, S) how far each sentence moved a running state; None where there is none.
        heads: (B, H, heads, S) the weights of each of several heads; their mean is ``alpha`` times ``gate``.
    """

    scores: Tensor
    alpha: Tensor
    taken: Tensor
    choice: Tensor | None = None
    gate: Tensor | None = None
    normalised: bool = True
    moved: Tensor | None = None
    heads: Tensor | None = None


class LexiconNetwork(nn.Module):
    """A network that knows a fixed set of words, and answers with one of a fixed set of answers.

    Attributes:
        sizes: what decides its shape, a dataclass; a config's "model".
        answers: what the scores are of, in order.
        hops: how many there can be.
        memory: how many sentences are remembered, the last ones; None: all.
        blind: the network is shown the question only (a baseline): its looks mean nothing and are shown as even.
        tells_when: what the names of the parameters end with, without which it does not know when a sentence was told.
    """

    network: ClassVar[str]
    sizes: Any
    tells_when: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        attention: Kind,
        lexicon: Lexicon,
        answers: Sequence[str],
        hops: int,
        memory: int | None,
        temperature: float,
        blind: bool = False,
    ) -> None:
        super().__init__()
        self.name = self.network
        self.attention, self.lexicon, self.answers, self.hops = attention, lexicon, tuple(answers), hops
        self.memory, self.temperature, self.blind = memory, temperature, blind

    def look_and_score(self, stories: Stories, looks: Mapping[int, Tensor]) -> HopOutputs:
        """Look and answer; ``looks[hop]`` (B,) is where in its memory each question's hop is made to look."""
        raise NotImplementedError

    def config(self) -> dict[str, Any]:
        """What the ``build`` of its module reads."""
        return {
            "network": self.network,
            "attention": self.attention,
            "model": asdict(self.sizes),
            "vocabulary": list(self.lexicon.words),
            "answers": list(self.answers),
        }

    def encode(self, questions: Sequence[StoryQuery]) -> Stories:
        """Questions in numbers, as this network is shown them."""
        return encode(questions, self.lexicon, self.memory)

    @torch.inference_mode()
    def answer(
        self, questions: Sequence[StoryQuery], decisions: HopDecisions = FREE, candidates: int = CANDIDATES
    ) -> list[StoryTrace]:
        """See :class:`core.memory.registry.MemoryNetwork`."""
        self._check(questions, decisions)
        costs = [len(query.sentences) - self.forgotten(query) for query in questions]
        return answer_in_batches(questions, costs, BUDGET, lambda some: self._batch(some, decisions, candidates))

    def _batch(self, questions: list[StoryQuery], decisions: HopDecisions, candidates: int) -> list[StoryTrace]:
        forgotten = [self.forgotten(query) for query in questions]
        looks = {hop: torch.tensor([look - skip for skip in forgotten]) for hop, look in decisions.looks.items()}
        outputs = self.look_and_score(self.encode(questions), {} if self.blind else looks)
        probs = (outputs.scores.float() / self.temperature).softmax(dim=1)
        best, which = (column.tolist() for column in probs.topk(min(candidates, len(self.answers)), dim=1))
        alpha, taken = outputs.alpha.tolist(), outputs.taken.tolist()
        choice = outputs.choice.tolist() if outputs.choice is not None else None
        gate = outputs.gate.tolist() if outputs.gate is not None else None
        moved = outputs.moved.tolist() if outputs.moved is not None else None
        heads = outputs.heads.tolist() if outputs.heads is not None else None
        texts = {text for query in questions for text in (*query.sentences, query.question)}
        strange = {text: words for text in texts if (words := self.lexicon.unknown(text))}
        traces = []
        for b, query in enumerate(questions):
            hops = []
            for hop in range(taken[b]):
                kept = len(query.sentences) - forgotten[b]
                weights = [1 / kept] * kept if self.blind else alpha[b][hop][:kept]
                glimpse = choice[b][hop] + forgotten[b] if choice else None
                through = gate[b][hop] if gate else 1.0
                skipped = [0.0] * forgotten[b]
                hops.append(Hop(
                    (*skipped, *weights), glimpse, hop in looks, through, outputs.normalised or self.blind,
                    moved=(*skipped, *moved[b][hop][:kept]) if moved else (),
                    heads=tuple((*skipped, *head[:kept]) for head in heads[b][hop]) if heads else (),
                ))  # fmt: skip
            found = tuple(zip([self.answers[i] for i in which[b]], best[b], strict=True))
            read = (*query.sentences, query.question) if strange else ()
            unknown = tuple(dict.fromkeys([word for text in read for word in strange.get(text, ())]))
            traces.append(StoryTrace(
                self.name, self.network, self.attention, query.question, query.sentences,
                answer=found[0][0], prob=found[0][1], candidates=found, hops=tuple(hops), unknown=unknown,
                notes=self._notes(unknown, forgotten[b]),
            ))  # fmt: skip
        return traces

    def forgotten(self, query: StoryQuery) -> int:
        """How many of the oldest sentences are beyond the network's memory."""
        return 0 if self.memory is None else max(0, len(query.sentences) - self.memory)

    def _check(self, questions: Sequence[StoryQuery], decisions: HopDecisions) -> None:
        for hop, look in decisions.looks.items():
            if not 0 <= hop < self.hops:
                raise StoryError(f"There is no hop {hop + 1} to move; this network takes at most {self.hops}.")
            for query in questions:
                if not 0 <= look < len(query.sentences):
                    raise StoryError(
                        f"Hop {hop + 1} cannot look at sentence {look + 1}; the story has {len(query.sentences)}."
                    )
                if look < self.forgotten(query):
                    raise StoryError(
                        f"Hop {hop + 1} cannot look at sentence {look + 1}; "
                        f"this network remembers only the last {self.memory}."
                    )

    def _notes(self, unknown: Sequence[str], forgotten: int) -> tuple[str, ...]:
        notes = []
        if unknown:
            words = ", ".join(f"“{word}”" for word in unknown)
            notes.append(f"{words}: not known to this network, which read the sentences as if not there.")
        if forgotten:
            notes.append(
                f"This network remembers the last {self.memory} sentences; it could not look at the first {forgotten}."
            )
        return tuple(notes)


Sizes = TypeVar("Sizes")


def described_sizes(config: Mapping[str, Any], kind: type[Sizes]) -> Sizes:
    """The sizes that a config describes, a dataclass of this kind.

    Raises:
        ValueError, TypeError, KeyError: they are none, or one is out of bounds.
    """
    sizes = kind(**config["model"])
    whole = [getattr(sizes, one.name) for one in fields(sizes) if one.type is int]  # type: ignore[arg-type]
    if not all(type(size) is int and 0 < size <= MOST for size in whole):
        raise ValueError("A size is out of bounds.")
    return sizes


def described(config: Mapping[str, Any], kind: type[Any]) -> tuple[Any, Lexicon, list[str], float]:
    """Sizes of this kind, lexicon, answers and temperature, of a config as :meth:`LexiconNetwork.config` makes it.

    Raises:
        ValueError, TypeError, KeyError: the config is none, or its parts contradict each other.
    """
    sizes, lexicon, answers = described_sizes(config, kind), Lexicon(config["vocabulary"]), config["answers"]
    if not (isinstance(answers, list) and all(isinstance(answer, str) for answer in answers)):
        raise ValueError("The answers are not a list of strings.")
    if (sizes.words, sizes.answers, sizes.attention) != (len(lexicon), len(answers), config["attention"]):
        raise ValueError("Its parts contradict each other.")
    return sizes, lexicon, answers, temperature(config)


def temperature(config: Mapping[str, Any]) -> float:
    """What a checkpoint's config says its scores are divided by, so that probabilities are calibrated.

    Raises:
        ValueError: it is no such number.
    """
    value = config.get("temperature", 1.0)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.01 <= value <= 100:
        raise ValueError("A temperature is a number from 0.01 to 100.")
    return float(value)
