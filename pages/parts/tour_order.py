"""The tour's exhibit on the order of a story: two sentences exchanged, with and without a sense of time."""

from typing import TYPE_CHECKING

import streamlit as st

from core.trace import StoryTrace
from core.views.figures import percent
from core.views.text import escape_markdown
from pages.parts.address import linked, one_of, required
from pages.parts.answering import load_story_service
from pages.parts.loaders import weights_of
from pages.parts.tour_show import Exhibits, Link, Settings, html
from pages.parts.tour_story import hop_table, story_link

if TYPE_CHECKING:
    from core.tour.order import Exchanged

SENSES = {"timed": "as they are", "timeless": "without their sense of time"}


@st.cache_data(max_entries=64, show_spinner=False)
def _exchanged(model: str, sha256: str, story: tuple[str, ...], question: str, first: int, second: int) -> "Exchanged":
    from core.tour.order import exchanged

    return exchanged(load_story_service().network(model), story, question, first, second)


def show_order(settings: Settings) -> Link:
    story, question = settings["story"], settings["question"]
    first, second = (number - 1 for number in settings["exchange"])
    with linked("sense", one_of(list(SENSES)), "timed") as place:
        sense = required(
            st.segmented_control("The networks", list(SENSES), format_func=SENSES.__getitem__, required=True, key=place)
        )
    found = {
        model: _exchanged(model, weights_of(model), story, question, first, second) for model in settings["networks"]
    }
    pairs: list[tuple[StoryTrace, StoryTrace]] = [getattr(one, sense) for one in found.values()]
    st.markdown(f"**{escape_markdown(question)}**")
    for told, name in enumerate(("As told", f"Sentences {first + 1} and {second + 1} exchanged")):
        traces = [pair[told] for pair in pairs]
        st.caption(name)
        html(hop_table(traces[0].sentences, traces))
    st.markdown("  \n".join(_said(*pair) for pair in pairs))
    return story_link(settings, list(found))


def _said(told: StoryTrace, changed: StoryTrace) -> str:
    from core.tour.order import same

    answers = f"**{escape_markdown(told.model)}**: {_answer(told)}, then {_answer(changed)}"
    return f"{answers}{', the same in every number.' if same(told, changed) else '.'}"


def _answer(trace: StoryTrace) -> str:
    return f"{escape_markdown(trace.answer)} {percent(trace.prob)}"


EXHIBITS: Exhibits = {"order": show_order}
