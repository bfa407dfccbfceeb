"""What a visitor's session holds, and what the address bar says of it.

Every page keeps one typed object, under a key of its own, and its widgets' keys begin with its name; so no page can
break another. A choice that a link carries is a widget inside :func:`linked`: the address sets it, and follows it.
Streamlit's own ``bind="query-params"`` names the parameter after the key, and saved links have shorter names.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import streamlit as st
from streamlit.elements.lib.mutable_tab_container import TabContainer
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import get_session_state
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.captioning.album_table import AlbumRow
from core.captioning.own_photos import OwnPhoto
from core.captioning.session import CaptionRequest, CaptionSession
from core.checkpoints.own import OwnModels
from core.checkpoints.service import Service
from core.memory.document import Document
from core.memory.session import StorySession

if TYPE_CHECKING:
    from core.scenes.editing import SceneSession
    from core.scenes.live.runs import Run
    from core.training.background import Training

T = TypeVar("T")
Number = TypeVar("Number", int, float)
Address = dict[str, list[str]]  # parameter -> its values, as a link carries them

WHAT_IF = ("edits", "word")  # parameters that say something about one photo and certain models only
SUBJECT = {  # parameter -> those that say something about what it names, and are gone when it names another
    **dict.fromkeys(("photo", "model", "models", "things"), WHAT_IF),
    **dict.fromkeys(("split", "scene_number"), ("things", *WHAT_IF)),
}
SHARED = ("photo", "method", "beam", "temperature", "glimpse", "seed")  # parameters of Explore and Compare alike
SHARING = ("explore", "compare")
SCREEN = ("tour", "step")  # parameters of Learn that say what screen is open; all others are about what is on it


# --- one object a page -------------------------------------------------------------------------------------------


@dataclass
class Visit:
    """Which page is open, and the addresses of those that were.

    Attributes:
        entered: by ``app.py``.
        page: its name, that of its file; empty before the first.
        addresses: page -> its address when it was last seen.
        read: parameter -> what the address said when its widget was last set by it.
        restored: what the browser is to put into the address, as the visitor comes back to a page; else empty.
    """

    entered: bool = False
    page: str = ""
    addresses: dict[str, Address] = field(default_factory=dict)
    read: dict[str, list[str]] = field(default_factory=dict)
    restored: Address = field(default_factory=dict)


@dataclass
class Shared:
    """What Explore and Compare have in common.

    Attributes:
        photos: the visitor's own photos by their names, the newest last.
        kept: the names of those that the browser has said that it keeps.
        gone: the names of those that were removed.
        looked: the browser has said what it kept from before.
        chosen: the name of the one to show next; empty where nothing was given since.
        problem: why the last file is no photo; empty where it is one.
        address: the part of the address that both understand, see :data:`SHARED`.
    """

    photos: dict[str, OwnPhoto] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    looked: bool = False
    chosen: str = ""
    problem: str = ""
    address: Address = field(default_factory=dict)


@dataclass
class KeptTexts:
    """Texts that the browser keeps, by name.

    Attributes:
        known: those of this visit, and those that the browser has handed back.
        kept: the names of those that the browser has said that it keeps.
        asked: the names of those that the browser has yet to tell of.
        answered: of those that it has told of, also where it keeps none.
    """

    known: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)


@dataclass
class OwnState:
    """The visitor's own models, on every page.

    Attributes:
        uploads: the newest last.
        services: kind of model -> the service that knows those of :attr:`uploads`, made when it is first asked for.
        chosen: the names of those to show next; empty where none was given since.
        problem: why the last file is no model; empty where it is one.
        turn: counts the files given: each has an uploader of its own, or Streamlit would keep the file.
    """

    uploads: list[OwnModels] = field(default_factory=list)
    services: dict[str, Service[Any]] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    problem: str = ""
    turn: int = 0


@dataclass
class PhotoView:
    """A photo with its captions, on whichever page.

    Attributes:
        sessions: what was done to each request's captions, the latest last.
        change: the what-if that the player has asked for and that was not answered yet.
        mounted: the id of what the player shows.
        scene: within what the chosen word stays; None before anything was shown.
        step: the word to begin with.
        changed: the word that the last what-if was about, to begin with next time.
        turn: counts what the player was given.
        link: the what-ifs that this page wrote into the address itself; None where the address is to be followed.
        hidden: the request and what-ifs for which it was asked whether the gaze matters.
        followers: the keys of the page's fragments that are about the chosen word.
    """

    sessions: dict[CaptionRequest, CaptionSession] = field(default_factory=dict)
    change: Mapping[str, object] | None = None
    mounted: str = ""
    scene: str | None = None
    step: int = 0
    changed: int | None = None
    turn: int = 0
    link: str | None = None
    hidden: tuple[CaptionRequest, str] | None = None
    followers: Sequence[str] = ()

    def arrive(self) -> None:
        """The visitor comes from another page: the player is a new one, and the address says where it begins."""
        self.change, self.mounted, self.scene, self.changed, self.link = None, "", None, None, None


@dataclass
class ExploreState:
    view: PhotoView = field(default_factory=PhotoView)


@dataclass(frozen=True)
class Table:
    """What was asked for or opened last: an id of it, a row a photo, the scores of each model, and what there is to
    say of it; ``file`` is the name of the one that it was opened from.
    """

    asked: str
    rows: list[AlbumRow]
    models: list[str]
    scores: dict[str, dict[str, float | None]]
    notes: list[str]
    file: str = ""


@dataclass
class CompareState:
    """What lies before the visitor on the page that compares.

    Attributes:
        view: the photo that is compared.
        files: those given for the table of many photos, by the name of their uploader.
        table: of many photos; None before one was asked for.
        problem: why the last file is no table; empty where it is one.
    """

    view: PhotoView = field(default_factory=PhotoView)
    files: dict[str, list[UploadedFile]] = field(default_factory=dict)
    table: Table | None = None
    problem: str = ""


@dataclass
class StoriesState:
    """What lies before the visitor on the page of stories.

    Attributes:
        session: the story, its questions, and what was changed; None before the page was opened.
        link: what of it this page wrote into the address itself.
        kept: the visitor's own stories by their names in the chooser, while another one is looked at.
        falls: story, question, network -> how the answer's probability falls without each sentence.
        wish: what the table has asked for and was not answered yet.
        mounted: the id of what the table shows; empty before anything was shown.
        turn: counts what the table was given.
        problem: why no new story could be made.
        waits: the address names a story that the browser may keep, and it has yet to say.
    """

    session: StorySession | None = None
    waits: bool = False
    link: dict[str, str] = field(default_factory=dict)
    kept: dict[str, Document] = field(default_factory=dict)
    falls: dict[tuple[tuple[str, ...], str, str], tuple[float, ...]] = field(default_factory=dict)
    wish: Mapping[str, object] | None = None
    mounted: str = ""
    turn: int = 0
    problem: str = ""


@dataclass
class LearnLiveState:
    """What the visitor trains, and which captioners of scenes there are for this visitor.

    Attributes:
        run: the training that goes on, or the last one.
        shown: the run whose film is shown, the one before until the new one has begun; None for the recorded one.
        status: of the run, as it was last drawn.
        own: folder with the visitor's own checkpoints -> a number that changes whenever these do.
        opened: the folders of saved runs that were opened; they go when the visitor goes.
        captioners: those that are looked at closer; None before any was chosen.
        problem: why the last file is no saved run; empty where it is one.
        scenes: split and number -> what was made of that scene, the latest last.
        wish: what was asked for of the scene's things and was not answered yet.
        refused: why the last wish was not fulfilled; empty where it was.
        turn: counts the wishes.
        things: what of the scene this page wrote into the address itself; None where the address is to be followed.
        view: the captions of the scene that is looked at closer.
    """

    run: "Run | None" = None
    shown: "Run | None" = None
    status: str = ""
    own: dict[str, int] = field(default_factory=dict)
    opened: list[TemporaryDirectory[str]] = field(default_factory=list)
    captioners: list[str] | None = None
    problem: str = ""
    scenes: "dict[tuple[str, int], SceneSession]" = field(default_factory=dict)
    wish: Mapping[str, object] | None = None
    refused: str = ""
    turn: int = 0
    things: str | None = None
    view: PhotoView = field(default_factory=PhotoView)

    def arrive(self) -> None:
        """The visitor comes from another page, and the address says what is looked at."""
        self.wish, self.refused, self.things = None, "", None
        self.view.arrive()


@dataclass
class OwnDataState:
    """A training on the visitor's own data.

    Attributes:
        training: the one that is looked at; None while data are chosen.
        status: of it, as it was last drawn.
        problem: why the last wish was not granted; empty where it was.
    """

    training: "Training | None" = None
    status: str = ""
    problem: str = ""


def state(kind: type[T]) -> T:
    """The session's object of a kind; with its defaults when it is first asked for."""
    place = f"state of {kind.__qualname__}"
    if place not in st.session_state:
        st.session_state[place] = kind()
    held: T = st.session_state[place]
    return held


def key(name: str) -> str:
    """The key of one of the open page's widgets."""
    return f"{state(Visit).page}.{name}"


def fingerprint(*parts: object) -> str:
    """A short id of plain data: the same for the same."""
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()[:16]


# --- the address -------------------------------------------------------------------------------------------------


def _address(without: Collection[str] = ()) -> dict[str, list[str]]:
    """What the address says: parameter -> values."""
    return {name: st.query_params.get_all(name) for name in st.query_params if name not in without}


def arrive(page: str) -> bool:
    """Note which page is open; whether the visitor comes to it from another one, or for the first time.

    Who comes back without a link finds the page as it was left.
    """
    visit, shared = state(Visit), state(Shared)
    shares = page in SHARING
    new = visit.page != page
    visit.restored = {}
    if new:
        visit.page, shared.problem = page, ""
        visit.read.clear()
        left = visit.addresses.get(page, {})
        if shares:
            own = {name: values for name, values in left.items() if name in SHARED}
            gone = WHAT_IF if own != shared.address else ()  # another picture by now: what-ifs were about the old one
            kept = {name: values for name, values in left.items() if name not in (*SHARED, *gone)}
            left = kept | shared.address
        if left and not st.query_params and not went_back():
            _restore(left)
    visit.addresses[page] = _address()
    if shares:
        shared.address = {name: values for name, values in visit.addresses[page].items() if name in SHARED}
    return new


def _restore(address: Address) -> None:
    """Have the address say this, in place of the bare one: the browser writes it, see ``core.views.address``. Streamlit
    would add an entry to the browser's history, under the page before.
    """
    with get_session_state().query_params() as params:
        for name, values in address.items():
            params.set_with_no_forward_msg(name, values)
    state(Visit).restored = address


def write(parameter: str, values: Sequence[str]) -> None:
    """Have the address say this; without values nothing. Every writing is an entry in the browser's history."""
    if list(values) == st.query_params.get_all(parameter):
        return
    if parameter in SCREEN:
        gone = {parameter, *st.query_params} - set(SCREEN)
    else:
        gone = {parameter, *SUBJECT.get(parameter, ())}
    address = _address(without=gone)
    address.pop(parameter, None)
    if values:
        address[parameter] = list(values)
    st.query_params.from_dict(address)
    visit = state(Visit)
    visit.addresses[visit.page] = address
    if parameter in SHARED and visit.page in SHARING:
        state(Shared).address = {name: values for name, values in address.items() if name in SHARED}


@dataclass(frozen=True)
class Form(Generic[T]):
    """How a value stands in an address.

    Attributes:
        read: the values of a parameter -> the value; raises ValueError or LookupError where they are none.
        write: the other way.
    """

    read: Callable[[list[str]], T]
    write: Callable[[T], list[str]]


def went_back() -> bool:
    """Whether the browser's Back or Forward led here. A click that was sent before the last choice was written into
    the address carries an old address, and must not undo that choice.
    """
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


@contextmanager
def linked(parameter: str, form: Form[T], default: T, name: str = "") -> Iterator[str]:
    """Around a widget that a link carries; gives its key. The address says nothing while the default is chosen.

    ``name``: of the widget, where the same parameter means another one elsewhere on the page.
    """
    place, read = key(name or parameter), state(Visit).read
    said = st.query_params.get_all(parameter)
    if place not in st.session_state or (said != read.get(parameter) and went_back()):
        try:
            st.session_state[place] = form.read(said) if said else default
        except (ValueError, LookupError):
            st.session_state[place] = default
            if parameter == "photo":
                leave_out_what_ifs("The photo of this link is not here, so its what-ifs are left out.")
        read[parameter] = said
        begun = st.session_state[place]
    else:
        begun = None
        if not _is_still(form, st.session_state[place]):  # an option that is gone, a model say whose folder went
            st.session_state[place] = default
    yield place
    chosen = st.session_state[place]
    if chosen != begun and not _says(form, st.query_params.get_all(parameter), chosen):
        # What a link says stays as it is until something else is chosen, though it be the default.
        write(parameter, [] if chosen == default else form.write(chosen))
        read[parameter] = st.query_params.get_all(parameter)


def _says(form: Form[T], said: list[str], value: T) -> bool:
    """Whether the address names this value already."""
    try:
        return bool(said) and form.read(said) == value
    except (ValueError, LookupError):
        return False


def _is_still(form: Form[T], value: T) -> bool:
    """Whether a value can be written and read back."""
    try:
        again = form.read(form.write(value))
    except (ValueError, LookupError, TypeError):
        return False
    return not isinstance(value, list) or value == again


def leave_out_what_ifs(why: str) -> None:
    """The link's photo or model is not here: what it changes about that one must not be laid on another one."""
    if "edits" in st.query_params:
        st.query_params.from_dict(_address(without=WHAT_IF))
        st.toast(why, icon=":material/link_off:")


def required(option: T | None) -> T:
    """What is chosen in a widget with ``required=True``: something always is, since its key has a value before it
    is drawn, which Streamlit's types do not know.
    """
    assert option is not None
    return option


def one_of(options: Sequence[T], text: Callable[[T], str] = str) -> Form[T]:
    """One of several, by its label."""
    labels = {text(option): option for option in options}
    return Form(lambda said: labels[said[-1]], lambda option: [text(option)])


def numbered(count: int) -> Form[int]:
    """A place among several, counted from 1 in the address."""
    return one_of(range(count), lambda place: str(place + 1))


def some_of(options: Sequence[str]) -> Form[list[str]]:
    """Several of several; of none an empty value tells."""

    def read(said: list[str]) -> list[str]:
        known = [value for value in dict.fromkeys(said) if value in options]
        if not known and any(said):
            raise ValueError(f"None of {said} is known.")
        return known

    return Form(read, lambda chosen: list(chosen) or [""])


def number_in(least: Number, most: Number) -> Form[Number]:
    """A number within bounds, whole where these are."""

    def read(said: list[str]) -> Number:
        number = type(least)(said[-1])
        if not least <= number <= most:
            raise ValueError(f"{number} is not from {least} to {most}.")
        return number

    return Form(read, lambda number: [f"{number:g}" if isinstance(number, float) else str(number)])


def text_up_to(most: int) -> Form[str]:
    """Text of so many characters."""
    return Form(lambda said: said[-1][:most], lambda text: [text])


SWITCH: Form[bool] = Form(lambda said: {"true": True, "false": False}[said[-1].lower()], lambda on: [str(on).lower()])


def tabs(parameter: str, names: Sequence[str]) -> Sequence[TabContainer]:
    """Tabs of which only the open one is drawn, and which the address names."""
    with linked(parameter, one_of(names), names[0]) as place:
        return st.tabs(names, key=place, on_change="rerun")
