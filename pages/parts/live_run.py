"""Watch it learn, first tab: the settings of one or two learners, their curves, and a film of what they say."""

import atexit
import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.checkpoints.bundle import pack
from core.scenes.live.recorded import Recorded, read_recorded
from core.scenes.live.runs import BusyError, Run, Runs
from core.scenes.live.settings import ESTIMATORS, KINDS, SHOWN, Estimator, LearnSettings
from core.views import film
from core.views.curves import COLOURS, CURVES, curve, curve_alt
from core.views.text import escape
from pages.parts.address import SWITCH, linked, one_of, required, write
from pages.parts.door import leads_to
from pages.parts.download import download
from pages.parts.kept_texts import keep_text, kept_text
from pages.parts.live_models import keep, list_models
from pages.parts.state import LearnLiveState, key, state

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

RATES = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2]
PENALTIES = [0.0, 0.01, 0.03, 0.1, 0.3, 1.0]
BONUSES = [-0.03, -0.01, 0.0, 0.01, 0.03, 0.1, 0.3]
TEMPERATURES = [0.25, 0.5, 1.0, 2.0, 4.0]
ESTIMATOR_NAMES: dict[Estimator, str] = {"straight-through": "straight through", "score": "score function"}
LETTERS = "AB"
EVERY = 2.0  # seconds between two looks at a run that goes on
WIDE = 155  # pixels of a slider
PATIENCE = 90.0  # seconds; browsers let the timers of hidden tabs run once a minute


@st.cache_resource(show_spinner=False)
def load_runs() -> Runs:
    runs = Runs(at_once=max(1, (os.cpu_count() or 2) // 2), patience=PATIENCE)
    atexit.register(runs.close)
    return runs


@st.cache_resource(show_spinner=False)
def load_recorded() -> Recorded:
    return read_recorded()


@st.cache_resource(show_spinner=False)
def register_film() -> "ComponentRenderer":
    return st.components.v2.component("glimpse_film", **film.assets())


def _presence() -> Callable[[], bool]:
    """What tells whether this visitor's page is still open in some browser."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():  # without a server, as in tests
        return lambda: True
    visitor = context.session_id
    return lambda: not runtime.exists() or runtime.get_instance().is_active_session(visitor)


def live_run() -> Run | None:
    """The visitor's run, where it is not over."""
    run = state(LearnLiveState).run
    return None if run is None or run.over else run


def _take_up() -> None:
    """The run that the address names, after a reload or from another device: its settings are those of the controls."""
    name = st.query_params.get("run", "")
    if not name or state(LearnLiveState).run is not None:
        return
    run = load_runs().find(name)
    if run is None:
        write("run", [])
        st.toast("The run of this link is over, and is kept no longer.", icon=":material/link_off:")
        return
    run.join(_presence())
    state(LearnLiveState).run = run
    st.session_state[key("rival")] = len(run.settings) > 1
    for letter, settings in zip(LETTERS.lower(), run.settings, strict=False):
        for parameter in ("attention", "rate", "estimator", "entropy", "doubly", "temperature"):
            st.session_state[key(f"{parameter} {letter}")] = getattr(settings, parameter)


def steers(run: Run) -> bool:
    """Whether this visitor started the run: in this visit, or in this browser before a reload."""
    return run.steered_by(kept_text(f"run {run.name}") or "")


def _leave() -> None:
    """Look on no longer."""
    state(LearnLiveState).run = None
    write("run", [])


def keep_alive() -> None:
    """As long as the page is open the visitor's run goes on, whichever tab of it is looked at."""
    _take_up()
    if run := live_run():
        st.fragment(run.touch, run_every=10 * EVERY)()


# --- the controls ---------------------------------------------------------------------------------------------


def _choose(number: int, default: LearnSettings) -> LearnSettings:
    """The controls of one learner."""
    letter = LETTERS[number].lower()
    with linked(f"attention {letter}", one_of(KINDS), default.attention) as place:
        kind = st.segmented_control("Attention", KINDS, required=True, key=place)
    chosen = replace(default, attention=required(kind))
    chosen = replace(chosen, rate=_slide("Learning rate", RATES, f"rate {letter}", chosen.rate))
    if chosen.attention == "hard":
        form = one_of(ESTIMATORS, ESTIMATOR_NAMES.__getitem__)
        with linked(f"estimator {letter}", form, chosen.estimator) as place:
            estimator = st.segmented_control(
                "Taught by", ESTIMATORS, required=True, key=place, format_func=ESTIMATOR_NAMES.__getitem__,
                help="- **straight through**: as if the glimpse had been the weighted mean; quick, a little wrong\n"
                "- **score function**: looks that were followed by likelier words become likelier; right on average, "
                "noisy",
            )  # fmt: skip
        help = "Rewards looking widely; below zero, looking narrowly."
        entropy = _slide("Entropy bonus", BONUSES, f"entropy {letter}", chosen.entropy, help)
        chosen = replace(chosen, estimator=required(estimator), entropy=entropy)
    if chosen.attention == "soft":
        help = "Asks for a look at every cell, about equally often in a sentence."
        chosen = replace(chosen, doubly=_slide("Doubly stochastic", PENALTIES, f"doubly {letter}", chosen.doubly, help))
    if chosen.attention != "none":
        help = "Above 1 looks even out, below 1 they sharpen."
        temperature = _slide("Temperature", TEMPERATURES, f"temperature {letter}", chosen.temperature, help)
        chosen = replace(chosen, temperature=temperature)
    return chosen


def _slide(label: str, numbers: list[float], parameter: str, default: float, help: str | None = None) -> float:
    with linked(parameter, one_of(numbers, _digits), default) as place:
        return st.select_slider(label, numbers, key=place, format_func=_digits, width=WIDE, help=help)


def _digits(number: float) -> str:
    return f"{number:g}" if number >= 0.001 or number <= 0 else f"{number:.4f}".rstrip("0")


def _choose_all(count: int) -> list[LearnSettings]:
    """The controls of one or two learners, a row each."""
    chosen, defaults = [], (LearnSettings("soft"), LearnSettings("hard"))
    with st.container(key="learners"):
        for number in range(count):
            with st.container(horizontal=True, gap="medium", vertical_alignment="center", key=f"learner {number}"):
                if count > 1:
                    st.markdown(f"**{LETTERS[number]}**", width="content")
                chosen.append(_choose(number, defaults[number]))
    return chosen


def _control() -> None:
    """Buttons and settings: what can be asked for before a run, and of one that goes on."""
    run = live_run()
    if run is not None and not steers(run):
        with st.container(horizontal=True, gap="medium", vertical_alignment="center", key="buttons"):
            st.button("Train one of your own", icon=":material/add:", key=key("leave"), on_click=_leave)
            st.caption("You look on: only the browser that started this run can pause, change or stop it.")
        return
    with st.container(horizontal=True, gap="medium", vertical_alignment="center", key="buttons"):
        start = False
        if run is None:
            start = st.button("Start", icon=":material/play_arrow:", type="primary", key=key("start"))
        elif run.status == "paused":
            st.button("Resume", icon=":material/play_arrow:", type="primary", key=key("resume"), on_click=run.resume)
        else:
            waits = run.status != "running"
            st.button("Pause", icon=":material/pause:", key=key("pause"), disabled=waits, on_click=run.pause)
        if run is not None:
            st.button(
                "Stop", icon=":material/stop:", key=key("stop"), disabled=run.status == "stopping", on_click=run.stop
            )
            no_use = run.status in ("waiting", "stopping")
            st.button("Save", icon=":material/save:", key=key("save"), disabled=no_use, on_click=run.save)
        with linked("rival", SWITCH, False) as place:
            rival = st.toggle(
                "Two against each other", key=place, disabled=run is not None,
                help="Both see the same scenes in the same order; each has half of the processor's time.",
            )  # fmt: skip
    chosen = _choose_all(1 + rival if run is None else len(run.settings))
    if run is not None:
        for number, settings in enumerate(chosen):
            run.change(number, settings)
    if start:
        try:
            run = state(LearnLiveState).run = load_runs().start(chosen, SHOWN, _presence())
            keep_text(f"run {run.name}", run.key)
            write("run", [run.name])
            st.rerun()
        except BusyError as error:
            st.error(str(error), icon=":material/hourglass:")


# --- the screen -----------------------------------------------------------------------------------------------


def _name(number: int, settings: LearnSettings, count: int) -> str:
    what = settings.attention + (
        ", score function" if settings.estimator == "score" and settings.attention == "hard" else ""
    )
    return f"{LETTERS[number]}: {what}" if count > 1 else what


def _say(run: Run | None, recorded: Recorded) -> None:
    """Where the run stands, in one line."""
    if run is None:
        steps = recorded.histories[0].points[-1].step
        st.caption(
            f"A recorded run of {steps:,} steps: soft and hard attention, side by side. Press Start for your own."
        )
        return
    seen = run.histories[0].points[-1] if run.histories[0].points else None
    progress = f"{seen.step:,} of {run.job.steps:,} steps, {seen.seconds:.0f} s of training" if seen else ""
    runs = load_runs()
    text = {
        "waiting": f"You are number {runs.place(run)} in the queue: about {_minutes(runs.seconds_to_wait(run))} as "
        "things stand, less if somebody stops. It begins by itself.",
        "starting": "Getting ready: opening the eyes, drawing the first scenes …",
        "running": f"Learning: {progress}.",
        "paused": f"Paused: {progress}.",
        "stopping": f"Stopping, saving: {progress}.",
        "done": f"Over: {progress}. {run.why}" if seen else f"Over before it began. {run.why}",
        "failed": f"It failed. {run.why}",
    }[run.status]
    if run.status == "failed":
        st.error(text, icon=":material/error:")
    else:
        st.caption(f"{text} This is {run.name}; the address finds it again, also after a reload.")


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def _show_legend(names: list[str]) -> None:
    """Which colour is whose, over the curves."""
    marks = (
        f'<span><i style="background:{colour}"></i>{escape(name)}</span>'
        for name, colour in zip(names, COLOURS, strict=False)
    )
    st.html(f'<div class="learners-legend">{"".join(marks)}</div>')


def _take_away(run: Run, saved: int) -> None:
    """What was saved after so many steps, as a file, and beside the committed captioners."""
    keep(run.folder, saved)
    with st.container(horizontal=True, vertical_alignment="center", key="saved"):
        download("Download", lambda: pack(run.folder), f"glimpse-{run.name}.zip", name="download")
        if st.button(
            "Look closer", icon=":material/zoom_in:", key=key("look closer"), on_click=_go_closer, args=(run,)
        ):
            st.rerun()  # the tabs, too, which are not in the part that runs again by itself
        leads_to("look closer", run=run.name, learn="Look closer")
        st.caption(f"Saved after {saved:,} steps.", width="content")


def _go_closer(run: Run) -> None:
    """To the second tab, with what was saved beside the committed captioner of the same kind."""
    models = list_models()
    own = [name for name, model in models.items() if model.root == str(run.folder)]
    alike = {models[name].attention for name in own}
    shipped = [name for name, model in models.items() if model.version is None and model.attention in alike]
    st.session_state[key("learn")], state(LearnLiveState).captioners = "Look closer", [*own, *shipped]


def _watch() -> None:
    """Status, curves and film; runs again by itself while a run goes on."""
    run, recorded = state(LearnLiveState).run, load_recorded()
    if run is not None:
        run.touch()
        if run.status != state(LearnLiveState).status:
            state(LearnLiveState).status = run.status
            st.rerun()  # other buttons
    _say(run, recorded)
    if run is not None and run.saved is not None:
        _take_away(run, run.saved)
    if run is not None and run.histories[-1].points:
        state(LearnLiveState).shown = run
    begun = state(LearnLiveState).shown
    films, settings = (begun.histories, begun.settings) if begun else (recorded.histories, recorded.settings)
    names = [_name(n, each, len(settings)) for n, each in enumerate(settings)]
    _show_legend(names)
    with st.container(key="curves"):
        for column, figure in zip(st.columns(3, gap="medium"), CURVES, strict=True):
            with column:
                st.markdown(f"**{CURVES[figure]}**")
                st.plotly_chart(
                    curve(films, names, figure), key=key(f"curve {figure}"), alt=curve_alt(films, names, figure),
                    config={"displayModeBar": False},
                )  # fmt: skip
    register_film()(
        key=key("film"),
        data=film.payload(
            id=begun.name if begun else "recorded",
            shown=begun.job.shown if begun else recorded.shown,
            names=names,
            films=[each.snapshots for each in films],
        ),
    )


def show_learning() -> None:
    _control()
    st.fragment(_watch, key="watch", run_every=EVERY if live_run() else None)()
