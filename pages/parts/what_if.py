"""The captions of one photo as a page shows them, with the viewer's what-ifs: branches, undo, and the link to them.

A what-if comes from the stepper as a trigger, is decoded with decisions, and becomes a branch of the view's history.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from core.captioning.interventions import COLUMNS, Branch, Changes, History, blank_out
from core.trace import CaptionTrace
from core.views import figures, player
from pages.parts.loaders import caption, distance, is_warm, load_example, picture, register_stepper

MAX_VIEWS = 8  # whose histories are remembered
WAITING_WIDTH = 740  # pixels of the photo before its caption is there, about as large as then
BESIDE = {"": "alone", "original": "beside the original", "parent": "beside the one before"}


@st.cache_resource(max_entries=32, show_spinner=False)
def _blank_out(photo_id: str, cells: tuple[int, ...], _photo: Image.Image) -> Image.Image:
    """One object for one picture, so that views know that they share it."""
    return blank_out(_photo, cells)


@dataclass(frozen=True)
class Scene:
    """What is looked at: one photo, some models, and how they decode."""

    photo_id: str
    photo: Image.Image
    alt: str
    models: tuple[str, ...]
    settings: Mapping

    @property
    def id(self) -> str:
        told = repr((self.photo_id, self.models, sorted(self.settings.items())))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def seen(self, changes: Changes) -> tuple[str, Image.Image]:
        """The photo as the models see it, and its id for the caches."""
        if not changes.blank:
            return self.photo_id, self.photo
        return f"{self.photo_id} without {changes.blank}", _blank_out(self.photo_id, changes.blank, self.photo)

    def distance(self, changes: Changes) -> float | None:
        """How far what the models see lies from what they learnt from, as :func:`loaders.distance` gives it."""
        photo_id, photo = self.seen(changes)
        example = load_example()
        return example.distance if photo_id == example.photo else distance(photo_id, photo)

    def caption(self, changes: Changes) -> dict[str, CaptionTrace]:
        """What every model writes; the finished example where that is what is asked for.

        Raises:
            ValueError: a model cannot be loaded, or the changes are none that it could follow.
        """
        example = load_example()
        photo_id, photo = self.seen(changes)
        traces = {}
        for model in self.models:
            edits = changes.of(model)
            shown = (photo_id, model) if self.settings.items() <= example.settings.items() else None
            if shown == (example.photo, model) and model in example.traces and edits.free:
                traces[model] = example.traces[model]
            else:
                settings = tuple(sorted(self.settings.items()))
                text = Changes(edits={model: edits}).to_text()
                traces[model] = caption(photo_id, model, settings, text, photo, edits)
        return traces


def settle(scene: Scene) -> History:
    """The history of a scene, after what the link says and what the viewer has just asked for.

    Stops the page with a sentence where the models cannot caption the photo at all.
    """
    histories: dict[str, History] = st.session_state.setdefault("histories", {})
    # One place for whatever comes and goes: what follows keeps its own, or the stepper would be made anew.
    place = st.empty()
    if scene.id not in histories:
        try:
            with _waiting(scene, place):
                histories[scene.id] = History.begin(scene.caption(Changes()))
        except ValueError as error:
            st.error(str(error), icon=":material/error:")
            st.stop()
        for old in list(histories)[:-MAX_VIEWS]:
            del histories[old]
    history = _follow_link(place, scene, histories[scene.id])
    change = st.session_state.get("change")
    if change is not None and change.get("id") == st.session_state.get("mounted"):
        try:
            history = _try(place, history, lambda: _grow(scene, history, change))
        except Exception:  # a fault of ours, which must not come again at every rerun
            st.session_state["change"] = None
            raise
    histories[scene.id] = history
    st.session_state["change"] = None  # only now: a click elsewhere may break off this run before it is answered
    _write_link(history)
    return history


@contextmanager
def _waiting(scene: Scene, place: DeltaGenerator) -> Iterator[None]:
    """What is shown meanwhile: a spinner, and while the models have yet to be loaded the photo by itself."""
    if is_warm():
        with place, st.spinner("Looking at the photo …"):
            yield
        return
    with place.container(), st.spinner("Loading the models, which takes some seconds the first time …"):
        st.image(picture(scene.photo_id, scene.photo), width=WAITING_WIDTH, alt=scene.alt)
        yield
    place.empty()


def _try(place: DeltaGenerator, history: History, grow: Callable[[], History]) -> History:
    """The new history, or the old one and a sentence."""
    try:
        with place, st.spinner("Writing again …"):
            return grow()
    except (ValueError, TypeError, KeyError) as error:
        sentence = str(error) if isinstance(error, ValueError) else "This what-if cannot be read."
        place.warning(sentence, icon=":material/call_split:")
        return history


def _grow(scene: Scene, history: History, change: Mapping) -> History:
    """Decode once more with what the stepper asks for, on the branch whose view it was asked in."""
    branch_id, _, model = str(change["view"]).partition(":")
    step = change["step"]
    if not (branch_id.isdecimal() and model in scene.models and isinstance(step, int)):
        raise KeyError(change["view"])
    history = history.go(int(branch_id))
    branch = history.current
    trace, edits = branch.traces[model], branch.changes.of(model)
    prefix = f"{model}: " if len(scene.models) > 1 else ""
    if change["kind"] == "word":
        word = str(change["word"])
        changes = branch.changes.with_edits(model, edits.with_word(trace, step, word))
        name = f"{prefix}“{word}” for “{trace.words[step]}”"
    elif change["kind"] == "gaze":
        onward = bool(change["onward"])
        changes = branch.changes.with_edits(model, edits.with_gaze(trace, step, change["cells"], onward))
        reach = "from" if onward else "before"
        name = f"{prefix}{_region(change['cells'])} {reach} “{trace.words[step]}”{' on' * onward}"
    else:
        changes = branch.changes.with_blank(change["cells"])
        name = f"without the {_region(change['cells'])}"
    st.session_state["start"] = step
    return history.grow(name, changes, scene.caption(changes))


def _region(cells: Sequence[int]) -> str:
    row = sum(cell // COLUMNS for cell in cells) / len(cells)
    column = sum(cell % COLUMNS for cell in cells) / len(cells)
    return figures.region(row, column, COLUMNS, COLUMNS)


# --- the link -----------------------------------------------------------------------------------------------


def _follow_link(place: DeltaGenerator, scene: Scene, history: History) -> History:
    """Go where the address bar says, where it says something that this page has not written itself."""
    text = st.query_params.get("edits", "")
    if text == st.session_state.get("edits written", ""):
        return history
    for branch in history.branches:
        if branch.changes.to_text() == text:
            return history.go(branch.id)

    def grow() -> History:
        changes = Changes.from_text(text)
        kept = {model: edits for model, edits in changes.edits.items() if model in scene.models}
        changes = Changes(changes.blank, kept)
        return history.grow("From the link", changes, scene.caption(changes))

    return _try(place, history, grow)


def _write_link(history: History) -> None:
    text = history.current.changes.to_text()
    if text != st.query_params.get("edits", ""):  # every writing is an entry in the browser's history
        if text:
            st.query_params["edits"] = text
        else:
            del st.query_params["edits"]
    st.session_state["edits written"] = text


def _first_step(scene: str, trace: CaptionTrace) -> int:
    """The word to begin with: in a scene that stays the one just chosen, else the link's, else the trace's sharpest."""
    told = st.query_params.get("word", "") if "scene" not in st.session_state else ""
    step = int(told) - 1 if told.isdecimal() and len(told) < 4 else -1
    if scene and st.session_state.get("scene") == scene:
        chosen = st.session_state["stepper"].get("chosen")
        step = chosen["word"] if chosen and chosen["id"] == st.session_state["mounted"] else st.session_state["step"]
        step = min(st.session_state.pop("start", step), len(trace.steps) - 1)
    return step if 0 <= step < len(trace.steps) else figures.sharpest(trace)


# --- what is shown ------------------------------------------------------------------------------------------


@st.cache_data(max_entries=32, show_spinner=False)
def _payload(mounted: str, _views: Sequence[player.View], **how: object) -> dict:
    return player.caption_payload(_views, mounted, changeable=True, link=True, **how)


def make_views(scene: Scene, branch: Branch, beside: Branch | None = None) -> list[player.View]:
    """A view a model: those of the branch beside, if any, then the branch's, compared with it or else the original."""
    base = beside or st.session_state["histories"][scene.id].original
    return [
        player.View(
            photo=scene.seen(shown.changes)[1],
            trace=shown.traces[model],
            alt=scene.alt + (", a part blanked out" if shown.changes.blank else ""),
            title=_title(scene, shown, model, beside is not None),
            key=f"{shown.id}:{model}",
            original=base.traces[model],
            chosen=shown.changes.of(model).chosen,
            confined=shown.changes.of(model).cells(),
        )
        for shown in [*([beside] if beside else []), branch]
        for model in scene.models
    ]


def show_stepper(scene: Scene, history: History, beside: Branch | None, **how: object) -> str:
    """The current branch to step through and to intervene in, another one beside it; returns the id of what is shown.

    ``beside`` comes first, with one row a branch where there are several models. ``how`` is as
    ``player.caption_payload`` takes it: ``tool``, ``report``.
    """
    views = make_views(scene, history.current, beside)
    branches = [*([beside] if beside else []), history.current]
    told = repr((scene.id, [(branch.id, branch.name, branch.changes.to_text()) for branch in branches]))
    mounted = hashlib.sha256(told.encode()).hexdigest()[:16]
    payload = _payload(mounted, views, scene=scene.id, per_row=max(2, len(scene.models)), **how)
    mount(payload, views[-1].trace)
    return mounted


def show_doubt(scene: Scene, changes: Changes) -> None:
    """A sentence where what the models see is unlike all that they learnt from."""
    if remark := figures.describe_distance(scene.distance(changes)):
        st.warning(remark, icon=":material/question_mark:")


def mount(payload: dict, trace: CaptionTrace) -> None:
    """Show a stepper; ``trace`` is the caption in front."""
    if st.session_state.get("mounted") != payload["id"]:
        st.session_state["step"] = _first_step(payload["scene"], trace)
    st.session_state["mounted"], st.session_state["scene"] = payload["id"], payload["scene"]
    turn = st.session_state["turn"] = st.session_state.get("turn", 0) + 1
    register_stepper()(
        key="stepper",
        data={**payload, "start": st.session_state["step"], "turn": turn},
        on_chosen_change=_rerun_charts,
        on_change_change=_remember_change,
    )


def _title(scene: Scene, branch: Branch, model: str, several: bool) -> str:
    parts = [model] if len(scene.models) > 1 else []
    return ", ".join([*parts, *([branch.name] if several else [])])


def _rerun_charts() -> None:
    """Only the charts change with the word; but a what-if that came together with it needs the whole page."""
    if st.session_state.get("change") is None and st.session_state["stepper"].get("change") is None:
        st.rerun("charts")


def _remember_change() -> None:
    change = st.session_state["stepper"].get("change")
    st.session_state["change"] = change if isinstance(change, dict) else None


def show_branches(scene: Scene, history: History) -> Branch | None:
    """The branches as a row, with undo, names, and what to lay beside; returns that branch."""
    if len(history.branches) == 1 and not history.before:
        return None
    histories = st.session_state["histories"]

    def go() -> None:
        histories[scene.id] = history.go(st.session_state["branch"])

    def undo() -> None:
        histories[scene.id] = history.undo()

    def rename() -> None:
        histories[scene.id] = history.rename(st.session_state["branch name"])

    st.session_state["branch"] = history.current_id
    with st.container(horizontal=True, vertical_alignment="center", key="branches"):
        names = {branch.id: branch.name for branch in history.branches}
        st.pills(
            "Branches", list(names), format_func=lambda id: _plain(names.get(id, "")), required=True, key="branch",
            on_change=go, label_visibility="collapsed", width="content",
        )  # fmt: skip
        st.button("Undo", icon=":material/undo:", key="undo", on_click=undo, disabled=not history.before)
        with st.popover("Name", icon=":material/edit:", key="naming"):
            st.session_state["branch name"] = history.current.name
            st.text_input("Name of this branch", key="branch name", max_chars=60, on_change=rename)
        beside = st.segmented_control(
            "Shown", list(BESIDE), default="", format_func=BESIDE.get, required=True, key="beside",
            label_visibility="collapsed",
        )  # fmt: skip
    current = history.current
    if not beside or current is history.original:
        return None
    return history.original if beside == "original" else history.branch(current.parent)


def _plain(text: str) -> str:
    """Streamlit reads Markdown in labels; a name is only ever text."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|<>~:$" else letter for letter in text)
