"""What is found out of stories before a training begins, and how long it is likely to take here."""

import io
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from core.data.babi import Question, hold_out, read_babi
from core.data.errors import DataError
from core.memory.registry import TrainingRun, recipes
from core.memory.story import tokens
from core.training.progress import Stopwatch, epoch_label, read_epoch

if TYPE_CHECKING:
    from core.memory.training.run import StoryTrainSettings

FEW = 640  # questions of a trial, about
NAMED = 5  # of what is named in a sentence


@dataclass(frozen=True)
class StoryData:
    """What a run learns from and reports on.

    Attributes:
        questions: all of them, in the files' order; ``kept`` and ``held`` of them, by whole stories.
        findings: sentences for who begins the training.
    """

    questions: list[Question]
    kept: list[Question]
    held: list[Question]
    findings: tuple[str, ...]


def check_stories(settings: "StoryTrainSettings") -> StoryData:
    """Read all data of a run.

    Raises:
        DataError: it cannot be read, or there are too few stories.
    """
    found = read_babi(settings.source, settings.tasks, settings.part)
    questions = [question for task in found.values() for question in task]
    kept, held = hold_out(questions, settings.share, settings.hold_out_seed)
    if not kept:
        raise DataError(f"{settings.source} has too few stories to hold out {settings.share:.0%} and learn the others.")
    return StoryData(questions, kept, held, tuple(_findings(questions, kept, held)))


def _findings(questions: Sequence[Question], kept: Sequence[Question], held: Sequence[Question]) -> list[str]:
    stories = len({(question.task, question.story) for question in questions})
    tasks = Counter(question.task for question in questions)
    longest = max(len(question.sentences) for question in questions)
    words = {word for q in kept for text in {*q.sentences, q.question} for word in tokens(text)}
    answers = Counter(question.answer for question in kept)
    said = [
        f"{len(questions):,} questions about {stories:,} stories of up to {longest:,} sentences, in"
        f" {len(tasks):,} task{'s' * (len(tasks) != 1)}; {len(kept):,} are learnt from, {len(held):,} are held out"
        " by whole stories.",
        f"The stories to learn from hold {len(words):,} words, and {len(answers):,} answers.",
    ]
    if len(answers) == 1:
        said.append(f"Every answer is {next(iter(answers))!r}: there is nothing to learn.")
    unlabelled = sum(not question.facts for question in questions)
    if unlabelled:
        which = "No question names" if unlabelled == len(questions) else f"{unlabelled:,} questions do not name"
        said.append(
            f"{which} the sentences that its answer rests on: memn2n needs none; memnn, dmn and slots learn where to"
            " look from them."
        )
    if unknown := sorted({question.answer for question in held} - answers.keys()):
        some = ", ".join(unknown[:NAMED])
        said.append(f"{len(unknown):,} answers are held out only, and so never learnt: {some}.")
    learnt = {(question.sentences, question.question) for question in kept}
    same = sum((question.sentences, question.question) in learnt for question in held)
    if same:
        said.append(f"{same:,} held-out questions are learnt from too, with the same story, which flatters.")
    return said


class _Enough(Exception):
    """The trial has seen what it was made for."""


def expect_stories(settings: "StoryTrainSettings", found: StoryData) -> dict[str, float] | None:
    """The seconds of each stage of a run, in their order, as the second epoch on some of its stories lets expect them.

    Returns:
        None where nothing is known: a network learns from generated stories too.
    """
    if any(recipes()[name].generated for name in settings.networks):
        return None
    few = _some(found.kept)
    plan: dict[str, float] = {}
    for name in settings.networks:
        chosen = recipes()[name].settings_of(name, dict(settings.changes))
        stage, seconds, epochs = _second_epoch(settings, name, few, _some(found.held))
        for run in range(getattr(chosen, "runs", 1)):
            label = stage.replace("run-1", f"run-{run + 1}")
            whole = seconds * len(found.kept) / len(few)
            plan |= {epoch_label(label, n + 1, epochs): whole for n in range(epochs)}
    return plan


def _second_epoch(
    settings: "StoryTrainSettings", name: str, few: Sequence[Question], held: Sequence[Question]
) -> tuple[str, float, int]:
    """What the epochs of a network's first run are called, the seconds of the second one, and how many there are."""
    from lightning_fabric import Fabric

    watch, seen = Stopwatch(), list[str]()

    def stage(label: str, steps: int) -> Callable[[], None]:
        seen.append(label)
        tick = watch(label, steps)
        if len(seen) > 2:
            raise _Enough
        return tick

    entry = recipes()[name]
    fabric = Fabric(accelerator=settings.device, devices=1, precision="32-true")
    fabric.launch()
    with tempfile.TemporaryDirectory(prefix="glimpse-trial-") as home:
        folder = Path(home, name)
        folder.mkdir()
        run = TrainingRun(few, held, fabric, folder, settings.seed, stage)
        with redirect_stderr(io.StringIO()), suppress(_Enough):  # the trial's own figures say nothing
            resolve_name(entry.train)(entry.settings_of(name, dict(settings.changes)), run)
        watch.stop()
    label = seen[min(1, len(seen) - 1)]
    epoch = read_epoch(label)
    assert epoch is not None  # what fit calls its stages
    return epoch[0], sum(watch.laps[label]), epoch[2]


def _some(questions: Sequence[Question]) -> Sequence[Question]:
    """Whole stories out of every part of the data, with about :data:`FEW` questions."""
    every = -(-len(questions) // FEW)
    stories = {place: n for n, place in enumerate(dict.fromkeys((q.task, q.story) for q in questions))}
    return [q for q in questions if stories[q.task, q.story] % every == 0] if questions else questions
