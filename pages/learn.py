"""Learn: a guided tour, one idea a screen. The tours are files (``core/tour/tours``); what they show is live."""

import streamlit as st

from core import tour
from core.tour import Step, Tour
from pages.parts import tour_order, tour_photo, tour_scores, tour_show, tour_story
from pages.parts.address import linked, one_of, required
from pages.parts.door import PAGES, enter, leads_to
from pages.parts.state import key
from pages.parts.tour_show import Exhibits, Link

EXHIBITS: Exhibits = {**tour_photo.EXHIBITS, **tour_scores.EXHIBITS, **tour_story.EXHIBITS, **tour_order.EXHIBITS}
LABELS = {
    "explore": "Open this in the explorer",
    "compare": "Open this in Compare",
    "stories": "Open this in Ask a story",
    "learn_live": "Watch a network learn it",
    "results": "See how well they do",
    "teach": "Teach it",
}

SHARES = [5, 8]  # of the width: the text, the exhibit


@st.cache_data(ttl=10, max_entries=1, show_spinner=False)
def load_tours() -> tuple[dict[str, Tour], list[str]]:
    """All tours, looked up again soon for those who write one; a sentence about each that cannot be read."""
    complaints: list[str] = []
    return tour.read_tours(complain=lambda error: complaints.append(str(error))), complaints


def go(by: int, count: int) -> None:
    """To the next step or the one before, also where a second press is on its way when the last was reached."""
    st.session_state[key("step")] = min(count, max(1, st.session_state[key("step")] + by))


def begin() -> None:
    st.session_state[key("step")] = 1


def choose_tour() -> Tour:
    tours, complaints = load_tours()
    for sentence in complaints:
        st.warning(sentence, icon=":material/edit_document:")
    if not tours:
        st.error("There is no tour to show.", icon=":material/error:")
        st.stop()
    with linked("tour", one_of(list(tours)), next(iter(tours))) as place:
        name = st.segmented_control(
            "Tour", list(tours), format_func=lambda name: f"{tours[name].title}, {tours[name].minutes} min",
            required=True, key=place, on_change=begin, label_visibility="collapsed",
        )  # fmt: skip
    return tours[required(name)]


def show_lesson(chosen: Tour, number: int, step: Step) -> None:
    shown: Link = {}
    with st.container(key="lesson"):
        left, right = (st.container(),) * 2 if step.exhibit == "none" else st.columns(SHARES, gap="large")
        with left:
            st.title(step.title, anchor=False)
            st.markdown(step.text, anchors=False)
            if step.equation:
                show_equation(step)
        if show := EXHIBITS.get(step.exhibit):
            with right, st.container(key="exhibit"):
                try:
                    shown = show(step.settings)
                except ValueError as error:  # a model that is missing or damaged; the sentence says which
                    st.error(str(error), icon=":material/error:")
        with left:
            show_check(chosen, number, step, shown)


def show_equation(step: Step) -> None:
    with st.container(key="equation"):
        st.latex(step.equation)
        if step.symbols:
            st.markdown("  \n".join(f"${symbol}$: {what}" for symbol, what in step.symbols.items()))
        if step.code:
            st.caption(f"In the code: {step.code}")


def show_check(chosen: Tour, number: int, step: Step, shown: Link) -> None:
    """The step's question, and the way to the page where what is shown goes on."""
    question = step.question
    with st.container(key="check"):
        if question:
            picked = st.radio(
                f"**{question.ask}**", range(len(question.choices)), index=None,
                key=key(f"answer {chosen.name} {number}"), format_func=lambda n: question.choices[n].says,
                persist_state="session",
            )  # fmt: skip
            if picked is not None:
                right = picked == question.right
                say, icon = (st.success, ":material/check:") if right else (st.info, ":material/lightbulb:")
                say(question.choices[picked].reply, icon=icon)
        page = f"pages/{step.page}.py"
        if page in PAGES:
            label = step.label or LABELS[step.page]
            address = {**(shown if step.page in ("explore", "stories", "compare") else {}), **step.link}
            if step.page == "compare":
                address.pop("model", None)
            st.page_link(page, label=label, icon=":material/arrow_outward:", query_params=address)


def show_walk(name: str, count: int) -> int:
    """The bar that walks from step to step; returns the number of the one to show."""
    numbers = list(range(1, count + 1))
    with st.container(key="walk"), linked("step", one_of(numbers), 1) as place:
        number: int = st.session_state[place]
        st.html(
            f'<div class="tour-progress" aria-hidden="true"><i style="width:{100 * number / count:.1f}%"></i></div>'
        )
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
            st.button(
                "Back", icon=":material/arrow_back:", key=key("back"), on_click=go, args=(-1, count),
                disabled=number == 1, shortcut="PageUp",
            )  # fmt: skip
            st.pills(
                "Step", numbers, required=True, key=place, label_visibility="collapsed", wrap=False, width="content",
            )  # fmt: skip
            st.button(
                "Next", icon=":material/arrow_forward:", icon_position="right", key=key("next"), type="primary",
                on_click=go, args=(1, count), disabled=number == count, shortcut="PageDown",
            )  # fmt: skip
    for button, there in (("back", number - 1), ("next", number + 1)):
        leads_to(button, tour=name, step=str(min(count, max(1, there))))
    return number


enter("learn")
st.html(tour_show.STYLE)
chosen = choose_tour()
place = st.container()  # the lesson stands above the bar that says which one it is
number = show_walk(chosen.name, len(chosen.steps))
with place:
    show_lesson(chosen, number, chosen.steps[number - 1])
