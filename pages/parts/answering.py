"""What the networks say about a story, kept between reruns. Torch comes with the first answer that is not finished."""

import streamlit as st

from core import checkpoints
from core.checkpoints.labels import ATTENTION
from core.exports.stories import AnsweredQuestion
from core.memory.document import Label
from core.memory.examples import FinishedAnswers, read_finished, read_stories
from core.memory.registry import BESIDE
from core.memory.session import StorySession
from core.trace import StoryTrace
from core.views.player import Answer
from pages.parts.address import linked, some_of
from pages.parts.models import NETWORK, load_story_service, own_configs
from pages.parts.own_models import take_chosen, tell_missing
from pages.parts.state import StoriesState, key, state

MOST_SHOWN = 5  # networks that are asked at first
MAX_TOGETHER = 5_000  # sentences times questions up to which all questions are answered at once
MAX_WITHOUT = 100  # sentences up to which the answer without each of them is asked for
MAX_FALLS = 200  # columns "without it" that a session keeps


@st.cache_data(ttl=60, max_entries=1, show_spinner=False)
def _load_networks(root: str) -> dict[str, str]:
    """Looked up again every minute; those of the finished example in any case."""
    kinds = {name: traces[0].attention for name, traces in load_finished().traces.items()}
    service = load_story_service()
    found = {checkpoint.name: checkpoint.config for checkpoint in service.catalog.list()}
    return {name: found[name].get("attention", "") for name in service.networks() if name in found} or kinds


def load_networks(root: str) -> dict[str, str]:
    """Network -> none, soft or hard."""
    own = {name: config.get("attention", "") for name, config in own_configs(NETWORK).items()}
    return _load_networks(root) | own


@st.cache_resource(show_spinner=False)
def load_finished() -> FinishedAnswers:
    return read_finished()


@st.cache_data(max_entries=128, show_spinner=False)
def answer(
    sentences: tuple[str, ...], questions: tuple[str, ...], model: str, looks: tuple[tuple[int, int], ...] = ()
) -> list[StoryTrace]:
    """A trace a question; ``looks``: the hops that are made to look at a sentence."""
    from core.memory.registry import HopDecisions

    return load_story_service().answer(sentences, questions, model, HopDecisions(dict(looks)))


@st.cache_data(max_entries=128, show_spinner=False)
def leave_one_out(sentences: tuple[str, ...], question: str, model: str) -> list[float]:
    return load_story_service().leave_one_out(sentences, question, model)


def choose_networks() -> list[str]:
    """The networks to ask, in the order of the list; with none the page stops with a sentence."""
    kinds = load_networks(str(checkpoints.ROOT))
    if not kinds:
        st.error(f"There is no network for stories in {checkpoints.ROOT}.", icon=":material/error:")
        st.stop()
    if given := take_chosen(list(kinds)):
        st.session_state[key("networks")] = [*st.session_state.get(key("networks"), [])[: MOST_SHOWN - 1], *given]
    tell_missing("networks", list(kinds))
    usual = [name for name in kinds if name in BESIDE]
    with linked("networks", some_of(list(kinds)), usual or list(kinds)[:MOST_SHOWN]) as place:
        chosen = st.pills(
            "Networks", list(kinds), selection_mode="multi", key=place,
            help="\n".join(f"- **{name}**: {ATTENTION.get(kind, kind)}" for name, kind in kinds.items()),
        )  # fmt: skip
    if not chosen:
        st.info("Choose a network to ask.", icon=":material/hub:")
        st.stop()
    return [name for name in kinds if name in chosen]


class Reading:
    """The answers about what lies before a viewer, each computed when it is first needed."""

    def __init__(self, session: StorySession, sentences: list[str], questions: list[str]) -> None:
        self.session, self.sentences, self.questions = session, tuple(sentences), tuple(questions)
        self.current = min(session.question, len(questions) - 1)
        self.story = session.changes.story(sentences)
        self.label: Label | None = session.document.label(self.questions[self.current])
        self.together = len(self.story) * len(questions) <= MAX_TOGETHER
        self._finished = self._find_finished()

    def _find_finished(self) -> FinishedAnswers | None:
        """The finished example's answers, where this is that example as it was told."""
        finished = load_finished()
        example = read_stories()[finished.example]
        return finished if self.session.document == example.document and not self.session.changes.other_story else None

    def _free(self, model: str, story: tuple[str, ...], number: int) -> StoryTrace:
        """The answer to a question where no look is moved."""
        if self._finished and model in self._finished.traces:
            return self._finished.traces[model][number]
        if self.together:
            return answer(story, self.questions, model)[number]
        return answer(story, (self.questions[number],), model)[0]

    def answer(self, model: str, number: int | None = None) -> StoryTrace:
        """The answer to a question, by default the one that is looked at, after all changes.

        Raises:
            ValueError: the network cannot be loaded, or a look cannot be moved so.
        """
        number = self.current if number is None else number
        looks = self.session.changes.decided(self.sentences, number, model)
        if not looks:
            return self._free(model, self.story, number)
        return answer(self.story, (self.questions[number],), model, tuple(looks.items()))[0]

    def answers(self, models: list[str]) -> list[Answer]:
        """What each network says to the question that is looked at; a sentence where it cannot."""
        kinds = load_networks(str(checkpoints.ROOT))
        found = []
        for model in models:
            about = ATTENTION.get(kinds[model], kinds[model])
            try:
                trace = original = self.answer(model)
                if self.session.changes:
                    original = self._free(model, self.sentences, self.current)
            except ValueError as error:
                found.append(Answer(model, about, None, error=str(error)))
            else:
                found.append(Answer(model, about, trace, original, self.falls(model), self.without(model)))
        return found

    def traces(self, number: int, models: list[str]) -> dict[str, StoryTrace]:
        """The answers to a question that are known, or are cheap to know."""
        if not self.together and number != self.current:
            return {}
        traces = {}
        for model in models:
            try:
                traces[model] = self.answer(model, number)
            except ValueError:  # which the answer to the question that is looked at tells
                continue
        return traces

    # --- the answer without each sentence ----------------------------------------------------------------------

    def without(self, model: str) -> str:
        """Why the answer without each sentence is not asked for; nothing where it is."""
        if self.session.changes.decided(self.sentences, self.current, model):
            return "Not while a look of this network is moved."
        if len(self.story) > MAX_WITHOUT:
            return f"Only in stories of up to {MAX_WITHOUT} sentences."
        return ""

    def falls(self, model: str) -> tuple[float, ...] | None:
        """How much the answer's probability falls without each sentence, as far as :func:`read_all` has asked."""
        if self.without(model):
            return None
        if self._finished and model in self._finished.falls:
            return self._finished.falls[model][self.current]
        return state(StoriesState).falls.get(self.key(model))

    def key(self, model: str) -> tuple[tuple[str, ...], str, str]:
        """What the answer without each sentence depends on."""
        return self.story, self.questions[self.current], model

    def asked(self, models: list[str]) -> list[AnsweredQuestion]:
        """All questions with the answers that are known, for the files."""
        index = {row: n for n, row in enumerate(self.session.changes.rows(self.sentences))}
        asked = []
        for number, question in enumerate(self.questions):
            label = self.session.document.label(question)
            facts = [index[row] for row in label.facts if row in index] if label else []
            falls = {model: self.falls(model) for model in models} if number == self.current else {}
            known = {model: fall for model, fall in falls.items() if fall is not None}
            asked.append(AnsweredQuestion(question, self.traces(number, models), known, facts))
        return asked


def read_all(reading: Reading, models: list[str]) -> bool:
    """Ask for the answer without each sentence where that is not known; whether there is something new to show."""
    falls, new = state(StoriesState).falls, False
    for model in models:
        if reading.without(model) or reading.falls(model) is not None:
            continue
        try:
            falls[reading.key(model)] = tuple(leave_one_out(*reading.key(model)))
            new = True
        except ValueError:  # which the answer tells
            continue
    for old in list(falls)[:-MAX_FALLS]:
        del falls[old]
    return new
