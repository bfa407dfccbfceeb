"""The captions of one photo as a page shows them, with the viewer's what-ifs: branches, undo, and the link to them.

What a what-if means is decided in ``core.captioning.session``; here it is drawn, decoded and remembered.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Unpack

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.captioning.interventions import Changes, Grid
from core.captioning.session import Branch, CaptionRequest, CaptionSession, first_step
from core.trace import CaptionTrace
from core.turns import Turns
from core.views import figures, player
from core.views.text import escape_markdown
from pages.parts import loaders
from pages.parts.address import went_back, write
from pages.parts.loaders import distance, is_warm, label_of, picture, register_player, seen
from pages.parts.state import PhotoView, fingerprint, key
from pages.parts.waiting import working

MAX_VIEWS = 8  # whose sessions are remembered
WAITING_WIDTH = 740  # pixels of the photo before its caption is there, about as large as then
BESIDE = {"": "alone", "original": "beside the original", "parent": "beside the one before"}


class Captioning:
    """Who writes the captions that are shown, and what there is to say of them: here the captioners of photos."""

    def captions(self, request: CaptionRequest, changes: Changes, grid: Grid) -> dict[str, CaptionTrace]:
        """What every model of the request writes after changes; of what grid the blanked cells are.

        Raises:
            ValueError: a model cannot be loaded, or the decisions are none that it could follow.
        """
        return loaders.captions(request, changes, grid)

    def turns(self, request: CaptionRequest) -> Turns | None:
        """Whose turn it is with the models; None as long as they cannot be asked."""
        return loaders.caption_turns()

    def about(self, request: CaptionRequest, model: str, trace: CaptionTrace) -> str:
        """A few words under the model's name, where there are several."""
        return label_of(model) if len(request.models) > 1 else ""

    def boxes(self) -> Sequence[player.Marked]:
        """Around things whose places are known."""
        return ()

    def points(self, trace: CaptionTrace) -> Sequence[tuple[int, float | None] | None]:
        """For each word which box it names, and whether the look lies in it; see :class:`core.views.player.View`."""
        return ()

    def first(self, traces: Sequence[CaptionTrace]) -> int:
        """The word to begin with."""
        return loaders.word_to_show(traces)


PHOTOS = Captioning()


def settle(view: PhotoView, request: CaptionRequest, by: Captioning = PHOTOS) -> CaptionSession:
    """The session of a request, after what the link says and what the viewer has just asked for.

    Stops the page with a sentence where the models cannot caption the photo at all.
    """
    # One place for whatever comes and goes: what follows keeps its own, or the player would be made anew.
    place = st.empty()
    if request not in view.sessions:
        try:
            with _waiting(request, place, by):
                view.sessions[request] = CaptionSession.begin(by.captions(request, Changes(), (1, 1)))
        except ValueError as error:
            st.error(str(error), icon=":material/error:")
            st.stop()
        for old in list(view.sessions)[:-MAX_VIEWS]:
            del view.sessions[old]

    def turns() -> Turns | None:
        return by.turns(request)

    session = _try(place, turns, view.sessions[request], lambda session: _follow_link(view, request, session, by))
    change = view.change
    if change is not None and change.get("id") == view.mounted:
        try:
            session = _try(place, turns, session, lambda session: _grow(view, request, session, by))
        except Exception:  # a fault of ours, which must not come again at every rerun
            view.change = None
            raise
    view.sessions[request] = session
    view.change = None  # only now: a click elsewhere may break off this run before it is answered
    view.link = session.link()
    write("edits", [view.link] if view.link else [])
    return session


@contextmanager
def _waiting(request: CaptionRequest, place: DeltaGenerator, by: Captioning) -> Iterator[None]:
    """What is shown meanwhile: a spinner, and while the models have yet to be loaded the photo by itself."""
    if is_warm():
        with place.container(), working("Looking at the photo …", lambda: by.turns(request)):
            yield
        place.empty()
        return
    loading = "Loading the models, which takes some seconds the first time …"
    with place.container(), working(loading, lambda: by.turns(request)):
        st.image(picture(request.photo_id, request.photo), width=WAITING_WIDTH, alt=request.alt)
        yield
    place.empty()


def _try(
    place: DeltaGenerator,
    turns: Callable[[], Turns | None],
    session: CaptionSession,
    step: Callable[[CaptionSession], CaptionSession],
) -> CaptionSession:
    """The session after a step, or the old one and a sentence."""
    try:
        with place.container(), working("Writing again …", turns):
            grown = step(session)
        place.empty()
        return grown
    except ValueError as error:
        place.warning(str(error), icon=":material/call_split:")
        return session


def _follow_link(view: PhotoView, request: CaptionRequest, session: CaptionSession, by: Captioning) -> CaptionSession:
    """Go where the address bar says: when the visitor comes, and where Back or Forward led. A click may still carry an
    address from before the last what-if.
    """
    text = st.query_params.get("edits", "")
    if text == view.link or (view.link is not None and not went_back()):
        return session
    session, growth = session.follow(text)
    return session.grow(growth, by.captions(request, growth.changes, session.grid)) if growth else session


def _grow(view: PhotoView, request: CaptionRequest, session: CaptionSession, by: Captioning) -> CaptionSession:
    """Decode once more with what the player asks for."""
    session, growth = session.asked(view.change or {})
    grown = session.grow(growth, by.captions(request, growth.changes, session.grid))
    view.changed = growth.step
    return grown


# --- what is shown ------------------------------------------------------------------------------------------


@st.cache_data(max_entries=8, show_spinner=False, scope="session")
def _payload(
    mounted: str, _views: Sequence[player.View], **options: Unpack[player.CaptionOptions]
) -> player.CaptionPayload:
    return player.caption_payload(_views, mounted, **options)


def make_views(
    request: CaptionRequest, session: CaptionSession, beside: Branch | None = None, by: Captioning = PHOTOS
) -> list[player.View]:
    """A view a model: those of the branch beside, if any, then the current one's, compared with it or the original."""
    base = beside or session.original
    return [
        player.View(
            photo=seen(request, shown.changes, session.grid)[1],
            trace=shown.traces[model],
            alt=request.alt + (", a part blanked out" if shown.changes.blank else ""),
            title=_title(request, shown, model, beside is not None),
            about=by.about(request, model, shown.traces[model]),
            key=f"{shown.id}:{model}",
            original=base.traces[model],
            chosen=shown.changes.of(model).chosen,
            confined=shown.changes.of(model).cells(),
            boxes=by.boxes(),
            points=by.points(shown.traces[model]),
        )
        for shown in [*([beside] if beside else []), session.current]
        for model in request.models
    ]


def show_player(
    view: PhotoView,
    request: CaptionRequest,
    session: CaptionSession,
    beside: Branch | None,
    by: Captioning = PHOTOS,
    **options: Unpack[player.CaptionOptions],
) -> str:
    """The current branch to step through and to intervene in, another one beside it; returns the id of what is shown.

    ``beside`` comes first, with one row a branch where there are several models. ``options`` are the player's.
    """
    views = make_views(request, session, beside, by)
    branches = [*([beside] if beside else []), session.current]
    mounted = fingerprint(request, [(branch.id, branch.name, branch.changes.to_text()) for branch in branches])
    given = player.CaptionOptions(
        scene=fingerprint(request), per_row=max(2, len(request.models)), changeable=True, link=True
    )
    payload = _payload(mounted, views, **(given | options))
    mount(view, payload, [session.current.traces[model] for model in request.models], by)
    return mounted


def doubt(request: CaptionRequest, session: CaptionSession) -> str:
    """A sentence where what the models see is unlike all that they learnt from, else empty."""
    return figures.describe_distance(distance(*seen(request, session.current.changes, session.grid), request.models))


def show_doubt(request: CaptionRequest, session: CaptionSession) -> None:
    """That sentence, over the captions that it is about; it takes its place also where it is empty."""
    with st.container(key="doubt"):
        if remark := doubt(request, session):
            st.warning(remark, icon=":material/question_mark:")


def mount(
    view: PhotoView, payload: player.CaptionPayload, traces: Sequence[CaptionTrace], by: Captioning = PHOTOS
) -> None:
    """Show a player; ``traces`` are the captions in front, side by side."""
    place = key("player")
    if view.mounted != payload["id"]:
        kept = None
        if payload["scene"] and view.scene == payload["scene"]:
            kept = view.changed if view.changed is not None else chosen_word(view, view.mounted)
        link = st.query_params.get("word", "") if view.scene is None else ""
        view.step, view.changed = first_step(traces[-1], kept, link, by.first(traces)), None
    view.mounted, view.scene = payload["id"], payload["scene"]
    view.turn += 1

    def rerun_followers() -> None:
        """Only these change with the word; but a what-if that came together with it needs the whole page."""
        if view.followers and view.change is None and st.session_state[place].get("change") is None:
            st.rerun(view.followers)

    def remember_change() -> None:
        change = st.session_state[place].get("change")
        view.change = change if isinstance(change, dict) else None

    register_player()(
        key=place,
        data={**payload, "start": view.step, "turn": view.turn},
        on_chosen_change=rerun_followers,
        on_change_change=remember_change,
    )


def chosen_word(view: PhotoView, mounted: str) -> int:
    """The word on which the viewer has settled in what is shown; the one to begin with before that."""
    chosen = st.session_state[key("player")].get("chosen") if key("player") in st.session_state else None
    return chosen["word"] if chosen and chosen["id"] == mounted else view.step


def _title(request: CaptionRequest, branch: Branch, model: str, several: bool) -> str:
    parts = [model] if len(request.models) > 1 else []
    return ", ".join([*parts, *([branch.name] if several else [])])


def show_branches(view: PhotoView, request: CaptionRequest, session: CaptionSession) -> Branch | None:
    """The branches as a row, with undo and redo, names, and what to lay beside; returns that branch."""
    if len(session.branches) == 1:
        return None

    def go() -> None:
        view.sessions[request] = session.go(st.session_state[key("branch")])

    def rename() -> None:
        view.sessions[request] = session.rename(st.session_state[key("branch name")])

    def become(changed: CaptionSession) -> None:
        view.sessions[request] = changed

    st.session_state[key("branch")] = session.current_id
    with st.container(horizontal=True, vertical_alignment="center", key="branches"):
        names = {branch.id: branch.name for branch in session.branches}
        st.pills(
            "Branches", list(names), format_func=lambda id: escape_markdown(names.get(id, "")), required=True,
            key=key("branch"), on_change=go, label_visibility="collapsed", width="content",
        )  # fmt: skip
        st.button(
            "Undo", icon=":material/undo:", key=key("undo"), on_click=become, args=(session.undo(),),
            disabled=session.current is session.original, help="Back to what this branch grew from; none is lost.",
        )  # fmt: skip
        st.button(
            "Redo", icon=":material/redo:", key=key("redo"), on_click=become, args=(session.redo(),),
            disabled=session.redone is None,
        )  # fmt: skip
        with st.popover("Name", icon=":material/edit:", key="naming"):
            st.session_state[key("branch name")] = session.current.name
            st.text_input("Name of this branch", key=key("branch name"), max_chars=60, on_change=rename)
            st.button(
                "Remove this branch", icon=":material/delete:", key=key("remove"), on_click=become,
                args=(session.remove(),), disabled=session.current is session.original,
            )  # fmt: skip
        beside = st.segmented_control(
            "Shown", list(BESIDE), default="", format_func=BESIDE.__getitem__, required=True, key=key("beside"),
            label_visibility="collapsed",
        )  # fmt: skip
    current = session.current
    if not beside or current is session.original:
        return None
    return session.original if beside == "original" else session.branch(current.parent)
