"""What every network that answers about stories offers; which there are, how each is opened and how it is trained.

A new network is one module, with a ``build`` and a ``train``, and one entry in :data:`NETWORKS`. What the command line
offers, the order on pages and in tables, and what a model card says follow from the entry. Everything that needs torch
is named as ``"module:name"`` and imported when it is called for, so that reading this list costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Protocol, Self

from core import checkpoints
from core.checkpoints import CONFIG, CheckpointError
from core.trace import StoryTrace

if TYPE_CHECKING:
    from lightning_fabric import Fabric
    from torch import Tensor, nn

    from core.data.babi import Question
    from core.training.progress import Stage

KIND = "memory"  # of checkpoints
CANDIDATES = 10  # answers that a trace lists


@dataclass(frozen=True)
class StoryQuery:
    """A question about a story: statements and the question as typed. The story has at least one statement."""

    sentences: tuple[str, ...]
    question: str


@dataclass(frozen=True)
class HopDecisions:
    """What is decided for the network: ``looks[hop]`` is the sentence that this hop is made to look at."""

    looks: Mapping[int, int] = field(default_factory=dict)


FREE = HopDecisions()  # nothing is decided for the network


class MemoryNetwork(Protocol):
    """A network that reads a story, looks over its sentences hop by hop, and answers.

    Attributes:
        name: what its traces call it; the checkpoint's name.
        network: the key in :data:`NETWORKS`.
        attention: "none", "soft" or "hard".
    """

    name: str
    network: str
    attention: str

    def answer(
        self, questions: Sequence[StoryQuery], decisions: HopDecisions = FREE, candidates: int = CANDIDATES
    ) -> list[StoryTrace]:
        """Answer all questions in one batch, each with the same decisions; a trace each with so many candidates.

        Raises:
            StoryError: a decision names a hop or a sentence that there is not, or that this network cannot look at.
        """

    def config(self) -> dict[str, Any]:
        """What :func:`load` makes the same network of, with its weights; "network" and "attention" among it."""


class TrainedNetwork(MemoryNetwork, Protocol):
    """A network as its training makes it: a torch module, too."""

    def parameters(self) -> Iterator[nn.Parameter]: ...

    def state_dict(self) -> dict[str, Tensor]: ...

    def cpu(self) -> Self: ...

    def eval(self) -> Self: ...


@dataclass(frozen=True)
class TrainingRun:
    """What the training of one network is given, whatever its architecture.

    Attributes:
        kept, held: the questions to learn from, and those to report on.
        folder: where its states are kept; an interrupted training goes on from what is there.
    """

    kept: Sequence[Question]
    held: Sequence[Question]
    fabric: Fabric
    folder: Path
    seed: int
    stage: Stage


@dataclass(frozen=True)
class Recipe:
    """One way to train a network, under a name of its own: the checkpoint's folder, and a choice of the command line.

    Attributes:
        what: what comes of it, Markdown for its card; {fields} are those of the config's "model".
        changes: of the network's own settings, by field.
    """

    what: str
    changes: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class NetworkEntry:
    """How one architecture is opened and trained. Strings with a colon name what ``pkgutil.resolve_name`` finds.

    Attributes:
        build: config -> the network, its weights still to be loaded.
        train: (settings, :class:`TrainingRun`) -> a :class:`TrainedNetwork`.
        settings: a frozen dataclass with a default for each field, the first argument of ``train``.
        recipes: by name, in the order in which they are shown.
        knows: what it can read, for the limits on its card; {stories} are those that it learnt from.
        calibrate: (network, held-out questions) -> the temperature under which its probabilities are right.
        generated: seed -> questions like those that it learns from beside bAbI's; empty where there are none.
        weights: what the weights of its hops are, a sentence beside each table and picture of them.
        alone: its training cannot be shared by several processes.
    """

    build: str
    train: str
    settings: str
    recipes: Mapping[str, Recipe]
    knows: str
    calibrate: str = "core.memory.training.questions:fit_temperature"
    generated: str = ""
    weights: str = ""
    alone: bool = False

    def settings_of(self, recipe: str, changes: Mapping[str, float | str]) -> Any:
        """The settings of a recipe, changed further where they have such a field."""
        settings = replace(resolve_name(self.settings)(), **self.recipes[recipe].changes)
        has = {field.name for field in fields(settings)}
        return replace(settings, **{name: value for name, value in changes.items() if name in has})


_END_TO_END = (
    "An End-To-End Memory Network (Sukhbaatar et al. 2015): each of {hops} hops looks over the last {memory} sentences "
    "and brings back their weighted mean. It learns from the answers alone."
)
_KNOWS_BABI = (
    "It knows the words of {stories} and no other. Words that it does not know are named with each\n"
    "  answer, and read as if they were not there."
)

# The architecture in a checkpoint's config -> its entry. Recipes are shown in this order: blind baselines, then from
# the plainest to the best.
NETWORKS: dict[str, NetworkEntry] = {
    "memn2n": NetworkEntry(
        build="core.memory.memn2n:build",
        train="core.memory.training.end_to_end:train",
        settings="core.memory.training.end_to_end:EndToEndSettings",
        recipes={
            "story-only": Recipe(
                f"{_END_TO_END}\n\nA baseline: it is shown the story only, the question is emptied.",
                {"sees": "story", "runs": 1, "linear_epochs": 0},
            ),
            "question-only": Recipe(
                f"{_END_TO_END}\n\nA baseline: it is shown the question only, the story is emptied.",
                {"sees": "question", "hops": 1, "runs": 1, "linear_epochs": 0},
            ),
            "memn2n-none": Recipe(
                "An End-To-End Memory Network (Sukhbaatar et al. 2015) without its attention: each of {hops} hops "
                "brings back the mean of the last {memory} sentences. It learns from the answers alone.",
                {"attention": "none", "runs": 1},
            ),
            "memn2n": Recipe(_END_TO_END),
        },
        knows=_KNOWS_BABI,
        weights="Weights are a softmax over the sentences; a hop’s gate is how much of what it found came through.",
    ),
    "story-transformer": NetworkEntry(
        build="core.memory.story_transformer:build",
        train="core.memory.training.layers:train",
        settings="core.memory.training.layers:LayersSettings",
        recipes={
            "story-transformer": Recipe(
                "A transformer (Vaswani et al. 2017): in each of {layers} layers the last {memory} sentences attend to "
                "one another, and the question attends to them with {heads} heads. What it brings back are the "
                "sentences themselves. It learns from the answers, and at first from the labelled supporting facts."
            )
        },
        knows=_KNOWS_BABI,
        weights="Weights are the mean over the heads, each a softmax over the sentences and over looking at nothing; a "
        "hop’s gate is what did not rest on nothing.",
    ),
    "dmn": NetworkEntry(
        build="core.memory.dmn:build",
        train="core.memory.training.episodes:train",
        settings="core.memory.training.episodes:EpisodesSettings",
        recipes={
            "dmn": Recipe(
                "A Dynamic Memory Network (Kumar et al. 2015, Xiong et al. 2016): in each of {passes} passes every one "
                "of the last {memory} sentences has a gate ({gates}), and a recurrent network reads the story in its "
                "order, each sentence as far as its gate is open. It learns from the answers, and at first from the "
                "labelled supporting facts."
            ),
        },
        knows=_KNOWS_BABI,
        weights="Every sentence has a gate of its own, and any number of them may be open. A pass reads the story in "
        "its order and lets each sentence in as far as its gate opens.",
    ),
    "memnn": NetworkEntry(
        build="core.memory.memnn:build",
        train="core.memory.training.ranking:train",
        settings="core.memory.training.ranking:RankingSettings",
        recipes={
            "memnn": Recipe(
                "A Memory Network (Weston et al. 2014): it finds one sentence, then the next given the first, until it "
                "has enough, {hops} at most; then it answers from what it found. It learns from the answers and from "
                "the labelled supporting facts."
            ),
        },
        knows=_KNOWS_BABI,
        weights="Weights are a softmax over margins: by how much each sentence wins over its closest rival. Only the "
        "framed one was used.",
    ),
    "slots": NetworkEntry(
        build="core.memory.slots.memory_network:build",
        train="core.memory.slots.training:train",
        settings="core.memory.slots.training:SlotsSettings",
        recipes={
            "slots": Recipe(
                "Sentences are read as templates with numbered names, so what the names are changes nothing. Hop after "
                "hop it asks for the nearest match from the story's end or its beginning, until it has enough, and "
                "reads the answer from the sentences that it looked at. It learns from the answers, from the labelled "
                "supporting facts, and mostly from generated stories (`core/data/stories`)."
            ),
        },
        knows="It knows some two hundred words that carry structure; any other is taken for a name, or said to be "
        "unknown where it cannot be one. It was taught the twenty kinds of question and no other.",
        calibrate="core.memory.slots.training:fit_temperature",
        generated="core.memory.slots.training:some_generated",
        alone=True,
        weights="Weights are scaled to sum to 1. Each hop tells what rested on no sentence before that, and how sure "
        "the network then is that it has enough.",
    ),
}


# Those to ask beside one another where nobody has chosen yet; more would not fit beside a story.
BESIDE = ("memn2n-none", "memn2n", "dmn", "memnn", "slots")
DEFAULT = "memn2n"  # the one to show or to train where one must be chosen


def recipes() -> dict[str, NetworkEntry]:
    """Each recipe's name and the architecture that it trains, in the order in which they are shown."""
    return {name: entry for entry in NETWORKS.values() for name in entry.recipes}


def place(name: str) -> tuple[int, str]:
    """Sorts models as they are shown: as the recipes stand, others after them by name."""
    names = list(recipes())
    return (names.index(name) if name in names else len(names)), name


def load(config: Mapping[str, Any], state: Mapping[str, Tensor]) -> MemoryNetwork:
    """The network that a checkpoint of kind "memory" holds.

    Raises:
        ValueError, KeyError, TypeError, RuntimeError: the config describes no network, or not that of the weights.
    """
    from core.checkpoints.modules import init_empty_weights

    build = resolve_name(NETWORKS[config["network"]].build)  # imported here: some libraries make tensors on their way
    with init_empty_weights():
        network = build(config)
    network.load_state_dict(state, assign=True)
    evaluated: MemoryNetwork = network.eval()
    return evaluated


def open_network(folder: Path) -> tuple[MemoryNetwork, dict[str, Any]]:
    """The network in a checkpoint's folder, and the folder's config.

    Raises:
        CheckpointError: the folder holds none, or a damaged one.
    """
    config, state = checkpoints.load(folder)
    if config["kind"] != KIND:
        raise CheckpointError(f"{folder} holds {checkpoints.a_or_an(config['kind'])}, not a memory network.")
    try:
        return load(config, state), config
    except (KeyError, TypeError, ValueError, RuntimeError, ArithmeticError) as error:
        raise CheckpointError(
            f"The {CONFIG} in {folder} does not describe a memory network, or not the one of its weights."
        ) from error
