"""Training of the slots network: bAbI's stories and generated ones, answers and supporting facts.

The loss of a question is that of its answer's parts, of each hop's look (the labelled facts, in the order of their
labels), and of stopping after the last:

    L = -log p(answer) - sum_h log alpha_h[fact_h] + 0.5 * BCE(enough)

Rounds draw more questions from the tasks that went wrong in the round before.
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor, nn

from core.data.babi import Question
from core.data.errors import DataError
from core.data.stories import KINDS
from core.data.stories.words import NOT_TOLD, STRUCTURE
from core.memory.reading import ReadStory, read
from core.memory.registry import StoryQuery, TrainingRun, open_network
from core.memory.slots.batch import Words, collate
from core.memory.slots.growing import grown
from core.memory.slots.memory_network import SlotsMemoryNetwork, calibrated
from core.memory.slots.names import Reading, read_story
from core.memory.slots.network import LONGEST_ANSWER, MOST_HOPS, Looks, SlotsNetwork, SlotsSizes
from core.memory.slots.stories import GENERATED_NAMES, GENERATED_ONLY, Storyteller
from core.training.fit import BatchLoss, Figures, clip_norm, fit
from core.training.progress import Stage
from core.training.schedule import MovingAverage, cosine

Source = Callable[[int, int], Sequence[Question]]  # (task, how many) -> questions
COLLECTED = -1  # the round whose questions are looked through for their answers

WIDEST_BATCH = 160_000  # pairs of sentences
STOP_WEIGHT = 0.5
NEW_ANSWERS = (NOT_TOLD, "sleepy", "four", "five")  # of a network that began without them
DECAY = 0.999  # of the moving average of the weights, at its end
NEVER = -1e9  # a log-probability that no sum feels


@dataclass(frozen=True)
class SlotsSettings:
    """How the network is trained.

    Attributes:
        rounds: how many draws of questions, each over all tasks.
        per_task: questions that a solved task gives to a round; one that fails gives up to 25 times as many.
        generated: share of generated questions among them, 0 to 1. With it come mixed ones.
        rate: the learning rate's peak; it rises over the first twentieth and falls to zero along a half cosine.
        batch: questions at most.
        begin: the folder of a checkpoint whose words, answers and weights the training begins with.
    """

    rounds: int = 70
    per_task: int = 60
    generated: float = 0.8
    rate: float = 2e-3
    batch: int = 128
    seed: int = 0
    size: int = 64
    working: int = 6
    layers: int = 3
    heads: int = 2
    memory: int = 32
    begin: str = ""


class Example(NamedTuple):
    """A question made ready.

    Attributes:
        answer: for each of its parts the outputs that are right.
        facts: for each hop the statements that it may look at; any may be looked at where none is named.
    """

    reading: Reading
    answer: tuple[tuple[int, ...], ...]
    facts: tuple[tuple[int, ...], ...]
    task: int


class Answers:
    """The answers that no name of the story can give ("yes", "two", "n"), numbered; names come after them."""

    def __init__(self, worded: Sequence[str]):
        self.worded = tuple(worded)
        self._numbers = {text.casefold(): i for i, text in enumerate(self.worded)}

    @classmethod
    def collect(cls, questions: Sequence[Question], words: Words) -> "Answers":
        """The parts of the questions' answers that are no names of their story."""
        found: set[str] = set()
        for question in questions:
            typed = read(question.sentences, question.question)
            names = _names(read_story(words.closed, typed.statements, typed.question))
            answer = typed.hidden(question.answer) if typed.answers_as_asked else ""
            found.update(part for part in answer.split(",") if part and part.casefold() not in names)
        return cls(sorted(found))

    def parts(self, answer: str, reading: Reading) -> tuple[tuple[int, ...], ...] | None:
        """The outputs that say an answer; None where nothing can."""
        names, first = _names(reading), len(self.worded) + 1
        parts = []
        for part in answer.split(","):
            part = part.casefold()
            said = [self._numbers[part]] if part in self._numbers else []
            pointed = [first + names[part]] if part in names else []
            parts.append((*said, *pointed))  # "kitchen" can be both
        return tuple(parts) if all(parts) and len(parts) <= LONGEST_ANSWER else None


def prepare(question: Question, words: Words, answers: Answers) -> Example | None:
    """A question as the network learns it; None where its answer cannot be said or its hops are too many."""
    typed = read(question.sentences, question.question)
    if not typed.answers_as_asked:
        return None
    reading = read_story(words.closed, typed.statements, typed.question)
    parts = answers.parts(typed.hidden(question.answer), reading)
    facts = looked_at(typed, question)
    if parts is None or len(facts) > MOST_HOPS or (not facts and question.answer != NOT_TOLD):
        return None
    return Example(reading, parts, facts or ((),), question.task)


def looked_at(typed: ReadStory, question: Question) -> tuple[tuple[int, ...], ...]:
    """For each hop the statements that it may look at: of a labelled sentence, those that the question takes.

    A sentence that is labelled twice tells two things: first that of what is asked for, then the other.
    """
    asked = [typed.names.say(name).removeprefix("the ").casefold() for name in typed.asked.names] if typed.asked else []
    answer = typed.hidden(question.answer).casefold()
    hops: list[tuple[int, ...]] = []
    seen: dict[int, int] = {}
    for place, fact in enumerate(question.facts):
        row = typed.rows[fact]
        if len(row) > 1:
            texts = {n: f" {typed.statements[n].rstrip('.').casefold()} " for n in row}
            first = [n for n in row if asked and f" {asked[0]} " in texts[n]]
            answering = [n for n in row if f" {answer} " in texts[n]]
            if question.facts.count(fact) > 1:
                order = [*first, *(n for n in row if n not in first)]
                row = (order[min(seen.get(fact, 0), len(order) - 1)],)
                seen[fact] = seen.get(fact, 0) + 1
            elif answering:
                row = tuple(n for n in answering if n in first) or tuple(answering)
            elif place == 0:
                row = tuple(first) or row
            else:
                row = tuple(n for n in row if n not in first) or row
        if row:
            hops.append(row)
    return tuple(hops)


def batches(examples: Sequence[Example], most: int, rng: random.Random) -> list[list[Example]]:
    """Batches of stories of like length, in random order."""
    made: list[list[Example]] = []
    for example in sorted(examples, key=lambda e: (len(e.reading.sentences), rng.random())):
        n = len(example.reading.sentences)
        fits = made and len(made[-1]) < most and (len(made[-1]) + 1) * n * n <= WIDEST_BATCH
        if fits:
            made[-1].append(example)
        else:
            made.append([example])
    rng.shuffle(made)
    return made


def loss(net: SlotsNetwork, examples: Sequence[Example], words: Words) -> tuple[Tensor, Tensor]:
    """The mean loss of a batch, and which of its answers were right (B,)."""
    device = next(net.parameters()).device
    batch = type(packed := collate([e.reading for e in examples], words))(*(x.to(device) for x in packed))
    hops = torch.tensor([len(e.facts) for e in examples], device=device)
    looks, _, gathered = net(batch, hops)
    looks_loss, stop_loss = _look_loss(looks, examples, hops)
    end, names = net.sizes.answers, batch.name.shape[1]
    said = torch.zeros(len(examples), names, device=device)
    right = torch.ones(len(examples), dtype=torch.bool, device=device)
    answer_loss = looks_loss.new_zeros(())
    for step in range(max(len(e.answer) for e in examples) + 1):
        wanted = torch.zeros(len(examples), end + 1 + names, dtype=torch.bool)
        for b, example in enumerate(examples):
            if step < len(example.answer):
                wanted[b, list(example.answer[step])] = True
            elif step == len(example.answer):
                wanted[b, end] = True
        wanted = wanted.to(device)
        asked = wanted.any(1)
        if not asked.any():
            break
        log_probs = net.say(gathered, said, step)
        answer_loss = answer_loss - (log_probs.masked_fill(~wanted, NEVER).logsumexp(1) * asked).sum()
        right &= ~asked | wanted.gather(1, log_probs.argmax(1, keepdim=True)).squeeze(1)
        said = torch.maximum(said, wanted[:, end + 1 :].to(said.dtype))
    return (answer_loss + looks_loss + STOP_WEIGHT * stop_loss) / len(examples), right


def _look_loss(looks: Looks, examples: Sequence[Example], hops: Tensor) -> tuple[Tensor, Tensor]:
    """-log alpha of the labelled facts, and the cross-entropy of stopping, each summed over the batch."""
    most = looks.log_alpha.shape[1]
    wanted = torch.zeros(looks.log_alpha.shape, dtype=torch.bool)
    for b, example in enumerate(examples):
        for hop, statements in enumerate(example.facts):
            wanted[b, hop, list(statements)] = True
    wanted = wanted.to(hops.device)
    at_facts = looks.log_alpha.masked_fill(~wanted, NEVER).logsumexp(2)
    steps = torch.arange(most + 1, device=hops.device)
    asked = (steps >= 1) & (steps <= hops.unsqueeze(1))
    last = (steps == hops.unsqueeze(1)).to(looks.stop.dtype)
    enough = F.binary_cross_entropy_with_logits(looks.stop, last, reduction="none")
    return -at_facts[wanted.any(2)].sum(), (enough * asked).sum()


def train_slots(
    questions: Mapping[int, Sequence[Question]],
    source: Callable[[int], Source] | None,
    words: Words,
    settings: SlotsSettings,
    fabric: Fabric,
    path: Path,
    stage: Stage,
    begun: SlotsMemoryNetwork | None = None,
) -> tuple[SlotsNetwork, Answers]:
    """Train on questions by task and, by the settings' share, on generated ones.

    Args:
        source: of a round's number, what makes its questions; None where none are wanted.
        path: where each finished round is saved; training goes on from it if it is there.
        begun: the network to begin with, of the same words.

    Returns:
        the network with the moving average of its weights, and the worded answers.
    """
    torch.manual_seed(settings.seed)
    tasks = sorted(questions)
    if begun:
        answers, net = Answers(begun.answers), begun.net
    else:
        made = source(COLLECTED) if source else lambda task, count: ()
        some = [q for task in tasks for q in (*questions[task], *made(task, 200))]
        answers = Answers.collect(some, words)
        shape = {name: getattr(settings, name) for name in ("size", "working", "layers", "heads", "memory")}
        net = SlotsNetwork(SlotsSizes(len(words), len(answers.worded), **shape))
    examples = {t: [e for q in questions[t] if (e := prepare(q, words, answers))] for t in tasks}
    errors = dict.fromkeys(tasks, 0.02 if begun else 0.2)  # each task's share of wrong answers, of late
    answered: dict[int, list[bool]] = {}

    def begin(number: int) -> list[list[Example]]:
        drawn = random.Random(f"{settings.seed} {number}")
        tell = source(number) if source else None
        round_: list[Example] = []
        for task in tasks:
            n = round(settings.per_task * (1 + 24 * min(1.0, 3 * errors[task])))
            if task in GENERATED_ONLY:
                n = settings.per_task * GENERATED_ONLY[task]
            new = n if task in GENERATED_ONLY else round(n * settings.generated) if tell else 0
            made = tell(task, new) if tell and new else ()
            round_ += [e._replace(task=task) for q in made if (e := prepare(q, words, answers))]
            round_ += [drawn.choice(examples[task]) for _ in range(n - new)] if examples[task] else []
        answered.update({task: [] for task in tasks})
        return batches(round_, settings.batch, drawn)

    def step(module: nn.Module, batch: list[Example]) -> BatchLoss:
        value, right = loss(cast(SlotsNetwork, module), batch, words)
        for example, good in zip(batch, right.tolist(), strict=True):
            answered[example.task].append(good)
        return BatchLoss(value, {"error": 100 * (1 - right.float().mean())}, len(batch))

    def validate(number: int) -> Figures:
        if number == 0:
            return {}
        for task, right in answered.items():
            errors[task] = 0.5 * errors[task] + 0.5 * (1 - sum(right) / max(1, len(right)))
        return {f"{GENERATED_NAMES[task]}_error": 100 * errors[task] for task in tasks if task in GENERATED_ONLY}

    fit(
        fabric, path, net, torch.optim.AdamW(net.parameters(), lr=settings.rate, betas=(0.9, 0.98), weight_decay=1e-3),
        label="slots", epochs=settings.rounds, begin=begin, loss=step, clip=clip_norm(1.0, net),
        schedule=lambda step: min(1.0, 20 * step.progress) * cosine(step.progress), average=MovingAverage(net, DECAY),
        validate=validate, rest=errors, stage=stage,
    )  # fmt: skip
    return net.eval(), answers


def train(settings: SlotsSettings, run: TrainingRun) -> SlotsMemoryNetwork:
    """Train on what is kept and on generated questions; those held out are not looked at."""
    by_task: dict[int, list[Question]] = {}
    for question in run.kept:
        by_task.setdefault(question.task, []).append(question)
    begun = grown(_begun(settings.begin), sorted(STRUCTURE), NEW_ANSWERS) if settings.begin else None
    words = begun.words if begun else Words(sorted(STRUCTURE))
    source = (lambda number: Storyteller(f"{run.seed} {number}")) if settings.generated else None
    if source:
        by_task |= {task: [] for task in GENERATED_ONLY}
    net, answers = train_slots(
        by_task, source, words, replace(settings, seed=run.seed), run.fabric, run.folder / "state.pt", run.stage, begun
    )
    return SlotsMemoryNetwork(net, words, answers.worded)


def some_generated(seed: int) -> Iterator[Question]:
    """Questions of each kind like those that the network learns from, enough to have all their wordings."""
    source = Storyteller(seed)
    for task in (*GENERATED_ONLY, *KINDS):
        yield from source(task, 4_000 if task in GENERATED_ONLY else 1_000)


def _begun(folder: str) -> SlotsMemoryNetwork:
    """Raises CheckpointError or DataError: it cannot be begun with."""
    network, _ = open_network(Path(folder))
    if not isinstance(network, SlotsMemoryNetwork):
        raise DataError(f"{folder} holds no network to begin with: it must be one of slots.")
    return network


@torch.inference_mode()
def fit_temperature(network: SlotsMemoryNetwork, held: Sequence[Question]) -> float:
    """The temperature under which the held-out answers are likeliest, among those that the network lists.

    It is 1 at least: where no held-out answer is wrong, they would be likelier the surer the network were made.
    """
    traces = network.answer([StoryQuery(question.sentences, question.question) for question in held])
    found = [(dict(trace.candidates), question.answer) for trace, question in zip(traces, held, strict=True)]

    def loss(temperature: float) -> float:
        probs = (dict(calibrated(texts, 0.0, temperature)).get(answer, 0.0) for texts, answer in found)
        return -sum(math.log(max(prob, 1e-6)) for prob in probs)

    return min((round(10 ** (step / 40), 4) for step in range(61)), key=loss) if held else 1.0


def _names(reading: Reading) -> dict[str, int]:
    return {" ".join(name.casefold().split()): number for number, name in enumerate(reading.names)}
