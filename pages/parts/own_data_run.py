"""Watch it learn, fourth tab, once data are chosen: what the check found, how the training fares, what came of it."""

import math

import streamlit as st

from core.checkpoints.bundle import pack
from core.training.background import BusyError, Training, Trainings
from core.training.progress import in_words
from core.views.epochs import FIGURES, epochs_alt, epochs_chart, shown
from core.views.text import escape_markdown
from pages.parts.address import write
from pages.parts.download import download
from pages.parts.own_models import take
from pages.parts.state import OwnDataState, OwnState, key, state

EVERY = 2.0  # seconds between two looks at a run that is under way
PAGES = {"photos": ("Open in Explore", "pages/explore.py"), "stories": ("Ask it a story", "pages/stories.py")}
KEPT = "The data, the model and this page’s address are kept for a week, or until you remove them."


def show_run(trainings: Trainings) -> None:
    training = state(OwnDataState).training
    assert training is not None
    st.subheader(escape_markdown(training.state.about), anchor=False)
    st.caption(f"To be trained: {escape_markdown(training.state.wish)}.")
    _show_buttons(trainings, training)
    if state(OwnDataState).problem:
        st.error(escape_markdown(state(OwnDataState).problem), icon=":material/hourglass:")
    st.fragment(_watch, key="watch own", run_every=EVERY if training.under_way else None)()
    if training.state.findings:
        with st.expander("What was found of the data", expanded=training.state.status == "checked"):
            st.markdown("\n".join(f"- {escape_markdown(sentence)}" for sentence in training.state.findings))
    st.caption(f"The address of this page finds this training again. {KEPT}")


def _show_buttons(trainings: Trainings, training: Training) -> None:
    status = training.state.status
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="own_buttons"):
        if training.under_way:
            st.button("Stop", icon=":material/stop:", key=key("stop_own"), on_click=training.stop)
            return
        labels = {"checked": "Start training", "stopped": "Go on"}
        if status in labels:
            st.button(
                labels[status], icon=":material/play_arrow:", type="primary", key=key("train_own"), on_click=_train,
                args=(trainings, training),
            )  # fmt: skip
        if status == "done":
            label, page = PAGES[training.state.arguments[0]]
            if st.button(label, icon=":material/arrow_outward:", type="primary", key=key("use_own")):
                _use(training, page)
            download("Download", lambda: pack(training.out), f"glimpse-{training.name}.zip", name="download_own")
        st.button(
            "Other data",
            icon=":material/swap_horiz:",
            key=key("other_data"),
            on_click=_change,
            args=(trainings, training),
        )
        st.button(
            "Remove all of it", icon=":material/delete:", key=key("remove_own"), on_click=_remove,
            args=(trainings, training), help="The data that were given, what was learnt, and this address.",
        )  # fmt: skip


def _use(training: Training, page: str) -> None:
    """Offer what was learnt beside ours on every page, to this visitor, like a model that is given; and go there."""
    with st.spinner("Trying the model …"):
        take(training.state.about, pack(training.out))
    state(OwnDataState).problem = state(OwnState).problem
    if not state(OwnState).problem:
        st.switch_page(page)


def _train(trainings: Trainings, training: Training) -> None:
    state(OwnDataState).problem = ""
    try:
        trainings.train(training)
    except BusyError as error:
        state(OwnDataState).problem = str(error)


def _change(trainings: Trainings, training: Training) -> None:
    """To other data; what was never trained is not kept."""
    if not training.begun:
        trainings.remove(training)
    _leave()


def _leave() -> None:
    page = state(OwnDataState)
    page.training, page.problem, page.status = None, "", ""
    write("training", [])


def _remove(trainings: Trainings, training: Training) -> None:
    trainings.remove(training)
    _leave()


def _watch() -> None:
    """Status and curves; runs again by itself while the run is under way."""
    page = state(OwnDataState)
    if (training := page.training) is None:
        return
    stands = f"{training.state.status} {training.under_way}"
    if stands != page.status:
        first, page.status = not page.status, stands
        if not first:
            st.rerun()  # other buttons
    _say(training)
    figures = training.figures()
    names = shown(figures)
    if not names:
        return
    with st.container(key="own_curves"):
        for column, name in zip(st.columns(max(2, len(names)), gap="medium"), names, strict=False):
            with column:
                st.markdown(f"**{FIGURES[name]}**")
                st.plotly_chart(
                    epochs_chart(figures, name), key=key(f"own {name}"), alt=epochs_alt(figures, name),
                    config={"displayModeBar": False},
                )  # fmt: skip


def _say(training: Training) -> None:
    """Where the run stands."""
    stands = training.state
    match stands.status:
        case "checking":
            st.caption("Looking at the data, and timing a part of the training …")
        case "checked":
            whole = None if stands.plan is None else sum(stands.plan.values())
            took = "" if whole is None else f" On this machine the training takes about {in_words(whole)}."
            st.info(
                f"The data can be learnt from.{took} What was found of them is below.", icon=":material/fact_check:"
            )
        case "training":
            _show_progress(training)
        case "stopped":
            st.info(f"{stands.why} What was learnt up to the last epoch is kept.", icon=":material/pause:")
        case "done":
            st.success(f"Learnt in {in_words(stands.spent)}: {', '.join(training.models)}.", icon=":material/check:")
        case "failed":
            st.error(escape_markdown(stands.why), icon=":material/error:")


def _show_progress(training: Training) -> None:
    progress, left = training.progress, training.seconds_left
    if progress is None:
        st.progress(0.0, "Getting ready …")
        return
    plan = training.state.plan or {}
    whole = progress.seconds + (left or 0.0)
    share = progress.seconds / whole if left is not None and plan else progress.done / max(1, progress.steps)
    after = "" if left is None else f", about {in_words(left)} left"
    st.progress(min(1.0, math.floor(100 * share) / 100), f"{escape_markdown(progress.stage)}{after}")
