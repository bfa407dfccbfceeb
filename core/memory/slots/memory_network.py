"""The slots network as the rest of the project sees it: stories in, traces out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch
from torch import nn

from core.memory.batching import answer_in_batches
from core.memory.lexicon_network import temperature
from core.memory.registry import CANDIDATES, FREE, HopDecisions, StoryQuery
from core.memory.slots.batch import Words, collate
from core.memory.slots.names import Reading, read_story
from core.memory.slots.network import LONGEST_ANSWER, MOST_HOPS, Gathered, Looks, SlotsNetwork, SlotsSizes
from core.memory.story import StoryError
from core.trace import Hop, StoryTrace

MOST = 10_000  # of anything that a config counts
BUDGET = 100_000  # pairs of sentences in a batch: more no longer fits the processor's caches
IMPOSSIBLE = -18.0  # a log-probability below which nothing is listed: padding, and words out of place
UNLIKELY = -9.0  # a log-probability below which an answer is not continued
BEAM = 30  # answers that are followed at once, at most
MOST_SENTENCES = 600  # that the network reads: of a longer story, the last ones


class SlotsMemoryNetwork(nn.Module):
    """Answers with a :class:`SlotsNetwork`. See ``core.memory.registry.MemoryNetwork``."""

    network = "slots"

    def __init__(self, net: SlotsNetwork, words: Words, answers: Sequence[str], temperature: float = 1.0):
        super().__init__()
        self.net, self.words, self.answers = net, words, tuple(answers)
        self.temperature, self.name, self.attention = temperature, self.network, net.sizes.attention
        self.eval()

    def config(self) -> dict[str, Any]:
        """What :func:`build` reads."""
        return {
            "network": self.network,
            "attention": self.attention,
            "words": list(self.words.known),
            "answers": list(self.answers),
            "model": asdict(self.net.sizes),
        }

    @torch.inference_mode()
    def answer(
        self, questions: Sequence[StoryQuery], decisions: HopDecisions = FREE, candidates: int = CANDIDATES
    ) -> list[StoryTrace]:
        """Answer all questions, each with the same decisions; a trace each, in order.

        Raises:
            StoryError: a decision names a hop or a sentence that there is not.
        """
        for hop, sentence in decisions.looks.items():
            if not 0 <= hop < MOST_HOPS:
                raise StoryError(f"The slots network has at most {MOST_HOPS} hops; there is no hop {hop + 1}.")
            for query in questions:
                last = len(query.sentences)
                if not max(0, last - MOST_SENTENCES) <= sentence < last:
                    raise StoryError(f"There is no sentence {sentence + 1} that hop {hop + 1} could look at.")
        costs = [max(16, min(len(query.sentences), MOST_SENTENCES)) ** 2 for query in questions]
        return answer_in_batches(questions, costs, BUDGET, lambda some: self._answer(some, decisions, candidates))

    def _answer(self, questions: list[StoryQuery], decisions: HopDecisions, candidates: int) -> list[StoryTrace]:
        readings = [read_story(self.words.closed, q.sentences[-MOST_SENTENCES:], q.question) for q in questions]
        batch = collate(readings, self.words)
        skipped = [max(0, len(q.sentences) - MOST_SENTENCES) for q in questions]
        made = {hop: torch.tensor([sentence - s for s in skipped]) for hop, sentence in decisions.looks.items()}
        looks, taken, gathered = self.net(batch, made=made)
        found = self._say(gathered, min(candidates, BEAM))
        return [
            self._trace(question, reading, looks.of(b, int(taken[b])), skip, found[b], decisions, candidates)
            for b, (question, reading, skip) in enumerate(zip(questions, readings, skipped, strict=True))
        ]

    def _say(self, gathered: Gathered, width: int) -> list[list[tuple[tuple[int, ...], float]]]:
        """The likeliest answers of each row by beam search: their parts and log-probabilities."""
        rows, names = gathered.name.shape
        end = len(self.answers)
        open_: list[tuple[int, tuple[int, ...], float]] = [(row, (), 0.0) for row in range(rows)]
        done: list[list[tuple[tuple[int, ...], float]]] = [[] for _ in range(rows)]
        for step in range(LONGEST_ANSWER + 1):
            said = torch.zeros(len(open_), names)
            for i, (_, parts, _) in enumerate(open_):
                said[i, [part - end - 1 for part in parts if part > end]] = 1
            log_probs = self.net.say(gathered.select(torch.tensor([row for row, _, _ in open_])), said, step)
            best, which = log_probs.topk(min(width, log_probs.shape[1]), dim=1)
            further: list[list[tuple[int, tuple[int, ...], float]]] = [[] for _ in range(rows)]
            for (row, parts, before), values, chosen in zip(open_, best.tolist(), which.tolist(), strict=True):
                for value, part in zip(values, chosen, strict=True):
                    if value < IMPOSSIBLE:
                        break
                    if part == end or step == LONGEST_ANSWER:
                        done[row].append((parts, before + value))
                    elif before + value > UNLIKELY:
                        further[row].append((row, (*parts, part), before + value))
                    elif step == 0:  # it is listed, as if it ended here
                        done[row].append(((part,), value))
            open_ = [beam for beams in further for beam in sorted(beams, key=lambda b: -b[2])[:width]]
            if not open_:
                break
        return done

    def _trace(
        self,
        question: StoryQuery,
        reading: Reading,
        looks: Looks,
        skip: int,
        found: list[tuple[tuple[int, ...], float]],
        decisions: HopDecisions,
        candidates: int,
    ) -> StoryTrace:
        answers = calibrated(*self._texts(found, reading), self.temperature)
        hops = []
        nothing = (1 - looks.log_alpha.exp().sum(1)).clamp(0, 1).tolist()
        enough = looks.stop[1:].sigmoid().tolist()
        for hop, weights in enumerate(looks.alpha.tolist()):
            weights = [0.0] * skip + weights[: len(question.sentences) - skip]
            total = sum(weights)
            choice = weights.index(max(weights)) if self.attention == "hard" else None
            forced = hop in decisions.looks
            hops.append(Hop(
                tuple(w / total for w in weights), choice, forced=forced,
                on_nothing=0.0 if forced else nothing[hop], enough=enough[hop],
            ))  # fmt: skip
        return StoryTrace(
            self.name, self.network, self.attention, question.question, question.sentences,
            answer=answers[0][0], prob=answers[0][1], candidates=tuple(answers[:candidates]),
            hops=tuple(hops), unknown=reading.unknown, notes=_notes(reading, skip),
        )  # fmt: skip

    def _texts(self, found: list[tuple[tuple[int, ...], float]], reading: Reading) -> tuple[dict[str, float], float]:
        """Probabilities by the text of the answer, and what falls on none.

        A worded answer and a name that reads the same are one, and the likelier of them counts: what the names are
        called changes nothing.
        """
        texts: dict[str, float] = {}
        rest = 0.0
        end = len(self.answers)
        for parts, value in found:
            text = ",".join(self.answers[p] if p < end else reading.names[p - end - 1] for p in parts)
            one, other = math.exp(value), texts.get(text, 0.0)
            texts[text] = max(one, other)
            rest += min(one, other)
        return texts, rest


def build(config: Mapping[str, Any]) -> SlotsMemoryNetwork:
    """The network that a config describes; see ``core.memory.registry.load``."""
    words, answers = Words(config["words"]), config["answers"]
    sizes = SlotsSizes(**config["model"])
    whole = [size for name, size in asdict(sizes).items() if name != "attention"]
    if not all(type(size) is int and 0 < size <= MOST for size in whole):
        raise ValueError("A size is out of bounds.")
    if sizes.words != len(words) or sizes.answers != len(answers):
        raise ValueError("Its parts contradict each other.")
    return SlotsMemoryNetwork(SlotsNetwork(sizes), words, answers, temperature(config))


def calibrated(texts: Mapping[str, float], rest: float, temperature: float) -> list[tuple[str, float]]:
    """Candidates, best first, sharpened or flattened so that probabilities are as often right as they say.

    ``rest`` is the probability of what is not listed.
    """
    powers = {text: prob ** (1 / temperature) for text, prob in texts.items()}
    total = sum(powers.values()) + rest ** (1 / temperature) or 1.0
    return sorted(((text, power / total) for text, power in powers.items()), key=lambda item: (-item[1], item[0]))


def _notes(reading: Reading, skip: int) -> tuple[str, ...]:
    notes = []
    if reading.unknown:
        words = ", ".join(f"“{word}”" for word in reading.unknown)
        notes.append(f"{words}: not known and not taken for a name; read as an unknown word.")
    if reading.cut:
        places = ", ".join("the question" if i < 0 else f"sentence {i + skip + 1}" for i in reading.cut)
        notes.append(f"Too long to be read whole, and read without the end: {places}.")
    if skip:
        notes.append(f"The network reads the last {MOST_SENTENCES} sentences; the first {skip} were left out.")
    return tuple(notes)
