"""Train memory networks on bAbI's stories or one's own, each one model for all tasks: ``python -m core train stories``.

Everything is kept in one run folder and an interrupted run goes on where it stopped: the state after every epoch,
``settings.json``, and at the end a checkpoint folder for each network.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from core import checkpoints
from core.memory.question_shapes import QuestionShapes
from core.memory.registry import KIND, TrainedNetwork, TrainingRun, recipes
from core.memory.training.check import StoryData, check_stories
from core.training.cards import model_card
from core.training.devices import launch
from core.training.progress import Stage
from core.training.run_folder import RunSettings, claim, claim_data

MAY_CHANGE = {"networks", "command"}  # settings that may change between two sittings

LICENCE = "code MIT; weights CC BY 3.0, trained on bAbI (Facebook)"
OWN_LICENCE = "code MIT; weights on the terms of the stories that they were made from"
_BABI = re.compile(r"en(-valid)?(-10k)?(\.zip)?")  # bAbI's own folders, as it comes
_BABI_TASKS = range(1, 21)


@dataclass(frozen=True)
class StoryTrainSettings(RunSettings):
    """All that decides a run; saved beside its weights.

    Attributes:
        networks: names of recipes; all if not given.
        tasks: which of bAbI's; all that there are if None.
        part: the files to learn from, as in :func:`read_babi`.
        share: of each task's questions, held out by whole stories.
        changes: of the recipes' settings, for every network that has them.
        command: how the run was begun; part of the model cards.
    """

    source: Path
    networks: tuple[str, ...] = field(default_factory=lambda: tuple(recipes()))
    tasks: tuple[int, ...] | None = None
    part: str = "train"
    share: float = 0.1
    hold_out_seed: int = 0
    changes: tuple[tuple[str, float | str], ...] = ()
    command: str = ""


def train_stories(
    settings: StoryTrainSettings, stage: Stage, say: Callable[[str], None] = lambda sentence: None
) -> list[Path]:
    """Run the whole training, or what is left of it; returns the checkpoint folders.

    Args:
        stage: called with what begins and how many steps it has; returns what to call after each step.
        say: called with each sentence on the data, before any training.

    Raises:
        DataError: the data set cannot be used, or the run folder cannot: it is of other settings,
            damaged, or cannot be written.
    """
    found = check_stories(settings)
    fabric = launch(settings.device, alone=any(recipes()[name].alone for name in settings.networks))
    digest = hashlib.sha256()
    for question in found.questions:
        digest.update(repr(question).encode("utf-8", "surrogatepass"))
    with fabric.rank_zero_first():
        claim(settings, MAY_CHANGE)
        claim_data(settings.out, {"stories": digest.hexdigest()}, {})
    for sentence in found.findings:
        say(sentence)
    folders = []
    for name in settings.networks:
        folder = settings.out / name
        if not (folder / checkpoints.CONFIG).exists():
            folder.mkdir(exist_ok=True)
            fabric.barrier()  # before one of several processes has saved it
            run = TrainingRun(found.kept, found.held, fabric, folder, settings.seed, stage)
            _train(name, settings, run, _about(settings, found))
        folders.append(folder)
    return folders


def _about(settings: StoryTrainSettings, found: StoryData) -> dict[str, str]:
    """What the stories are, and what weights that learnt from them may be used for, as far as we know them."""
    files = f"{settings.source.name}/*_{settings.part}.txt, {len(found.kept):,} questions"
    if _BABI.fullmatch(settings.source.name) and all(question.task in _BABI_TASKS for question in found.questions):
        return {"data": f"bAbI v1.2 English, {files} (CC BY 3.0)", "licence": LICENCE}
    return {"data": files, "licence": OWN_LICENCE}


def _train(name: str, settings: StoryTrainSettings, run: TrainingRun, about: Mapping[str, str]) -> None:
    """Train one network and save its checkpoint; ``about`` its data."""
    entry = recipes()[name]
    chosen = entry.settings_of(name, dict(settings.changes))
    trained: TrainedNetwork = resolve_name(entry.train)(chosen, run)
    network = trained.cpu().eval()
    for parameter in network.parameters():  # what is calibrated is what is stored, in float16
        parameter.data = parameter.data.half().float()
    generated = resolve_name(entry.generated)(settings.seed) if entry.generated else ()
    config = {
        "kind": KIND,
        **network.config(),
        "temperature": resolve_name(entry.calibrate)(network, run.held),
        "asked": QuestionShapes.learn([*run.kept, *generated]).to_dict(),
        "seed": settings.seed,
        "hold_out": {"share": settings.share, "seed": settings.hold_out_seed},
        "settings": asdict(chosen),
        "command": settings.command,
        **about,
    }
    if run.fabric.is_global_zero:
        checkpoints.save(run.folder, config, network.state_dict(), memory_card(name, config))
    run.fabric.barrier()


def memory_card(name: str, config: Mapping[str, Any]) -> str:
    """The model card of a network that a recipe made, with this config."""
    entry, held = recipes()[name], config["hold_out"]
    babi = config["licence"] == LICENCE
    return model_card(
        f"{name}: a memory network",
        entry.recipes[name].what.format(**{"memory": "all", **config["model"]}),
        config,
        training=f"Of each task {held['share']:.0%} of the questions were held out, by whole stories (seed\n"
        f"{held['seed']}): on them the probabilities were calibrated (temperature {config['temperature']:g}).",
        limits=[
            entry.knows.format(stories="bAbI's training stories" if babi else "the stories that it learnt from"),
            "Where it looks is what it used, not why.",
            f"{'The stories are made by a small simulation; nothing' if babi else 'Nothing'} here understands English.",
        ],
    )
