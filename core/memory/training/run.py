"""Train memory networks on bAbI's stories, each one model for all tasks: ``python -m core train stories``.

Everything is kept in one run folder and an interrupted run goes on where it stopped: the state after every epoch,
``settings.json``, and at the end a checkpoint folder for each network.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from types import ModuleType

from lightning_fabric import Fabric

from core import checkpoints
from core.data.babi import Question, hold_out, read_babi
from core.data.errors import DataError
from core.memory.question_shapes import QuestionShapes
from core.memory.registry import MemoryNetwork
from core.memory.slots import training as slots
from core.memory.slots.training import SlotsSettings
from core.memory.training import cards, end_to_end, ranking
from core.memory.training.calibration import fit_temperature
from core.memory.training.end_to_end import EndToEndSettings
from core.memory.training.ranking import RankingSettings
from core.training.progress import Stage
from core.training.run_folder import RunSettings, claim

FREE = {"networks", "command"}  # settings that may change between two sittings


@dataclass(frozen=True)
class Recipe:
    """How a network is made: a module with ``train(settings, kept, held, fabric, folder, seed, stage)``.

    ``calibrate(network, held)`` gives the temperature under which its probabilities are right; ``generated(seed)``
    some questions like those that it also learnt from.
    """

    module: ModuleType
    settings: EndToEndSettings | RankingSettings | SlotsSettings
    calibrate: Callable[[MemoryNetwork, Sequence[Question]], float] = fit_temperature
    generated: Callable[[int], Iterable[Question]] = lambda seed: ()


RECIPES = {
    "memn2n": Recipe(end_to_end, EndToEndSettings()),
    "memn2n-none": Recipe(end_to_end, EndToEndSettings(attention="none", runs=1)),
    "memnn": Recipe(ranking, RankingSettings()),
    "slots": Recipe(slots, SlotsSettings(), slots.fit_temperature, slots.some_generated),
    "story-only": Recipe(end_to_end, EndToEndSettings(sees="story", runs=1, linear_epochs=0)),
    "question-only": Recipe(end_to_end, EndToEndSettings(sees="question", hops=1, runs=1, linear_epochs=0)),
}


@dataclass(frozen=True)
class StoryTrainSettings(RunSettings):
    """All that decides a run; saved beside its weights.

    Attributes:
        source: a folder or a zip of bAbI's files.
        networks: names of recipes.
        tasks: which of bAbI's; all that there are if None.
        part: the files to learn from, as in :func:`read_babi`.
        share: of each task's questions, held out by whole stories.
        hold_out_seed: decides which stories.
        changes: of the recipes' settings, for every network that has them.
        command: how the run was begun; part of the model cards.
    """

    source: Path
    networks: tuple[str, ...] = tuple(RECIPES)
    tasks: tuple[int, ...] | None = None
    part: str = "train"
    share: float = 0.1
    hold_out_seed: int = 0
    changes: tuple[tuple[str, float | str], ...] = ()
    command: str = ""


def train_stories(settings: StoryTrainSettings, stage: Stage) -> list[Path]:
    """Run the whole training, or what is left of it; returns the checkpoint folders.

    Args:
        stage: called with what begins and how many steps it has; returns what to call after each step.

    Raises:
        DataError: the data set cannot be used, or the run folder cannot: it is of other settings,
            damaged, or cannot be written.
    """
    found = read_babi(settings.source, settings.tasks, settings.part)
    questions = [question for task in found.values() for question in task]
    kept, held = hold_out(questions, settings.share, settings.hold_out_seed)
    if not kept:
        raise DataError(f"{settings.source} has too few stories to hold out {settings.share:.0%} and learn the others.")
    claim(settings, FREE)
    fabric = Fabric(accelerator=settings.device, devices=1, precision="32-true")
    fabric.launch()
    folders = []
    for name in settings.networks:
        folder = settings.out / name
        if not (folder / checkpoints.CONFIG).exists():
            folder.mkdir(exist_ok=True)
            _train(name, settings, kept, held, fabric, folder, stage)
        folders.append(folder)
    return folders


def _train(
    name: str,
    settings: StoryTrainSettings,
    kept: Sequence[Question],
    held: Sequence[Question],
    fabric: Fabric,
    folder: Path,
    stage: Stage,
) -> None:
    """Train one network and save its checkpoint."""
    recipe = RECIPES[name]
    names = {field.name for field in fields(recipe.settings)}
    chosen = replace(recipe.settings, **{key: value for key, value in settings.changes if key in names})
    network = recipe.module.train(chosen, kept, held, fabric, folder, settings.seed, stage).cpu().eval()
    for parameter in network.parameters():  # what is calibrated is what is stored, in float16
        parameter.data = parameter.data.half().float()
    config = {
        "kind": "memory",
        **network.config(),
        "temperature": recipe.calibrate(network, held),
        "asked": QuestionShapes.learn([*kept, *recipe.generated(settings.seed)]).to_dict(),
        "seed": settings.seed,
        "hold_out": {"share": settings.share, "seed": settings.hold_out_seed},
        "settings": asdict(chosen),
        "command": settings.command,
        "data": f"bAbI v1.2 English, {settings.source.name}/*_{settings.part}.txt, {len(kept):,} questions (CC BY 3.0)",
        "licence": cards.LICENCE,
    }
    checkpoints.save(folder, config, network.state_dict(), cards.card(name, config))
