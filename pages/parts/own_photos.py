"""The visitor's own photos: given on the page, kept for the visit, and handed back by the browser after a reload.

On this side they live in the session's memory alone.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from core.captioning import own_photos
from core.captioning.own_photos import OwnPhoto
from core.captioning.photo import PhotoError, open_photo
from core.once import Kept
from core.views import photos
from pages.parts.loaders import once
from pages.parts.state import Shared, key, state

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

MAX_UPLOAD = 30  # MB
TOO_LARGE = f"The file is too large: photos of up to {MAX_UPLOAD} MB are taken."
MISSING = (
    "This link was made with somebody’s own photo, and a link does not carry photos. Give that photo here, drop it "
    "anywhere on the page or paste it; or choose another one above, without what was changed about that photo."
)


@st.cache_resource(show_spinner=False)
def register_photos() -> "ComponentRenderer":
    return st.components.v2.component("glimpse_photos", **photos.assets())


@st.cache_resource(max_entries=2, show_spinner=False, scope="session")
def open_own(sha256: str, _data: bytes) -> Kept[Image.Image]:
    return once.get(("photo", sha256), lambda: open_photo(_data))


def take(files: Iterable[bytes | None]) -> None:
    """Files that the visitor gives, None for one that is too large: the last photo among them is shown. What is no
    photo is said, and changes nothing.
    """
    shared = state(Shared)
    shared.problem = ""
    for file in files:
        try:
            if file is None:
                raise PhotoError(TOO_LARGE)
            photo = own_photos.take(file)
        except PhotoError as error:
            shared.problem = str(error)
            continue
        shared.photos = own_photos.with_photo(shared.photos, photo)
        shared.gone.discard(photo.name)
        shared.chosen = photo.name


def take_back(found: Mapping[str, str]) -> None:
    """What the browser had kept: name -> file, base64. It comes from outside like any other file."""
    shared = state(Shared)
    shared.looked = True
    for text in list(found.values())[: own_photos.MOST]:
        with suppress(ValueError, binascii.Error):  # PhotoError among them: something else was laid there
            photo = own_photos.take_back(base64.b64decode(text))
            shared.photos = own_photos.with_photo(shared.photos, photo)
            shared.kept.add(photo.name)


def remove(name: str) -> None:
    shared = state(Shared)
    shared.photos = {other: photo for other, photo in shared.photos.items() if other != name}
    shared.kept.discard(name)
    shared.gone.add(name)


def keep_photos(strip: str) -> None:
    """The browser's part, which is not seen; ``strip`` is the selector of the gallery's strip.

    It runs by itself: what it tells breaks off no caption that is being written.
    """
    place = key("kept photos")

    def told(name: str) -> object:
        return st.session_state[place].get(name)

    def take_found() -> None:
        if isinstance(found := told("found"), Mapping):
            asked = wanted(st.query_params.get_all("photo"))
            take_back(found)
            if found or asked:  # else there is nothing new to show, and a second run could meet the first click
                st.session_state[key("all again")] = True

    def take_given() -> None:
        if isinstance(given := told("given"), list):
            take(None if text is None else base64.b64decode(text) for text in given[: own_photos.MOST])
            st.session_state[key("all again")] = True

    def note_kept() -> None:
        if isinstance(kept := told("kept"), list):
            state(Shared).kept |= set(kept) & set(state(Shared).photos)

    @st.fragment(key="kept photos")
    def show() -> None:
        if st.session_state.pop(key("all again"), False):
            st.rerun()
        shared = state(Shared)
        payload = photos.payload(
            shared.photos, shared.kept, shared.gone, shared.looked, strip, MAX_UPLOAD * 1_000_000
        )  # fmt: skip
        register_photos()(
            key=place, data=payload, on_found_change=take_found, on_given_change=take_given, on_kept_change=note_kept
        )

    with st.container(key="kept_photos"):
        show()


def show_own_photos() -> None:
    """The button under which photos are given and removed."""
    with st.popover("Your photo", icon=":material/add_a_photo:", key="own_photo"):
        _show_uploader("upload")
        if st.toggle("Use the camera", key=key("use camera")):
            st.camera_input("Take a photo", key=key("camera"), on_change=_take_file, args=(key("camera"),))
        for name, photo in reversed(state(Shared).photos.items()):
            with st.container(horizontal=True, vertical_alignment="center", key=f"own {name}"):
                st.image(photo.face, width=88, alt="Your photo")
                st.button("Remove", icon=":material/delete:", key=key(f"remove {name}"), on_click=remove, args=(name,))
        st.caption(
            f"Or drop it anywhere on the page, or paste it. The last {own_photos.MOST} stay in this browser until you "
            "remove them; the machine that runs this app forgets them when you leave."
        )


def _show_uploader(name: str) -> None:
    st.file_uploader(
        "Upload a photo", key=key(name), max_upload_size=MAX_UPLOAD, on_change=_take_file,
        args=(key(name),),
    )  # fmt: skip


def _take_file(place: str) -> None:
    if (file := st.session_state[place]) is not None:
        take([file.getvalue()])


def wanted(names: Iterable[object]) -> list[str]:
    """Of what the page asks for, the own photos that are not here and were not removed."""
    shared = state(Shared)
    asked = [name for name in names if isinstance(name, str) and own_photos.is_name(name)]
    return [name for name in dict.fromkeys(asked) if name not in shared.photos and name not in shared.gone]


def ask_for_missing() -> None:
    """In place of the photo that the address names and that is not here; the page stops."""
    if state(Shared).looked:
        st.info(MISSING, icon=":material/add_photo_alternate:")
        with st.container(width=480):
            _show_uploader("upload missing")
    else:
        st.caption("Looking for your photo in this browser …")
    st.stop()


def own_photo(photo: OwnPhoto) -> tuple[str, Image.Image]:
    """Its id for the caches, and the photo."""
    return photo.sha256, open_own(photo.sha256, photo.data).value
