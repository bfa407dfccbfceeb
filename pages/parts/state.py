"""What a visitor's session holds.

Every page keeps one typed object, under a key of its own, and its widgets' keys begin with its name; so no page can
break another. What of it a link carries goes through :mod:`pages.parts.address`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st
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
Address = dict[str, list[str]]  # parameter -> its values, as a link carries them


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
        address: the part of the address that both understand, see :data:`~pages.parts.address.SHARED`.
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
