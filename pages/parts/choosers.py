"""What is looked at and how: the photo, the models, the settings of decoding. The link carries every choice."""

import hashlib

import streamlit as st
from PIL import Image

from core.captioning import gallery
from core.captioning.photo import PhotoError, open_photo
from pages.parts.loaders import ABOUT_MODELS, attention_kinds, load_example, thumbnail

METHODS = {
    "greedy": "always the likeliest next word",
    "beam": "the likeliest sentence among the few kept at every step",
    "sample": "each word drawn by its probability",
}
OWN = "yours"  # the button of an uploaded photo, after those of the gallery
MAX_UPLOAD = 30  # MB
PHOTO_TYPES = ["jpg", "jpeg", "png", "webp", "gif", "tif", "tiff"]

# A button of the gallery is named by its label, which the link carries, and shows a picture of our own encoding. On a
# phone the controls draw together, so that the photo is on the first screen.
STYLE = """
.st-key-photo button {
  position: relative; flex: none; width: 5.2rem; height: 3.5rem; padding: 0; border-width: 2px; border-radius: 0.6rem;
  background-size: cover; background-position: center;
}
.st-key-photo button p { position: absolute; opacity: 0; }
@media (max-width: 640px) {
  .st-key-tagline { display: none; }
  .st-key-head { gap: 0.5rem; }
  .st-key-head h1 { font-size: 1.7rem; }
  .st-key-settings { gap: 0.25rem 0.75rem; }
  .st-key-settings button { padding-inline: 0.5rem; }
}
"""


def show_head(title: str, tagline: str, about: str, own_photo: bool = True) -> None:
    """Title, the viewer's own photo, and what the page is about."""
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title(title, anchor=False, width="content")
        with st.container(key="tagline", width="stretch"):
            st.markdown(tagline)
        if own_photo:
            with st.popover("Your photo", icon=":material/add_a_photo:", key="own_photo"):
                st.file_uploader(
                    "Upload a photo", PHOTO_TYPES, key="upload", max_upload_size=MAX_UPLOAD,
                    on_change=_take_photo, args=("upload",),
                )  # fmt: skip
                if st.toggle("Use the camera", key="use_camera"):
                    st.camera_input("Take a photo", key="camera", on_change=_take_photo, args=("camera",))
                st.caption("It stays with the machine that runs this app and is forgotten when you leave.")
        with st.popover("About", icon=":material/help:", key="about"):
            st.markdown(about)
    if "photo_error" in st.session_state:
        st.error(st.session_state["photo_error"], icon=":material/broken_image:")


def _take_photo(key: str) -> None:
    """A new upload or camera picture: show it if it is a photo, else keep what is shown and say why."""
    file = st.session_state[key]
    st.session_state.pop("photo_error", None)
    if file is None:
        return
    data = file.getvalue()
    try:
        st.session_state[OWN] = (hashlib.sha256(data).hexdigest(), open_photo(data))
        st.session_state["photo"] = OWN
    except PhotoError as error:
        st.session_state["photo_error"] = str(error)


def choose_photo() -> tuple[str, Image.Image, str, str]:
    """The gallery; returns the photo's id for the caches, the photo, its alt text, its title and credit."""
    photos = {id: (id, gallery.load(id)) for id in gallery.GALLERY}
    if OWN in st.session_state:
        photos[OWN] = st.session_state[OWN]
    faces = (
        f".st-key-photo button:nth-of-type({n}) {{ background-image: url({thumbnail(id, photo)}) }}"
        for n, (id, photo) in enumerate(photos.values(), start=1)
    )
    st.html(f"<style>{STYLE}{''.join(faces)}</style>")
    chosen = st.pills(
        "Photo", list(photos), default=load_example().photo, required=True, key="photo", bind="query-params",
        wrap=False, label_visibility="collapsed",
    )  # fmt: skip
    photo_id, photo = photos[chosen]
    if chosen == OWN:
        return photo_id, photo, "Your photo", "Your photo."
    picture = gallery.GALLERY[chosen]
    return photo_id, photo, picture.alt, f"{picture.title}. {picture.credit}."


def choose_model() -> str:
    kinds = attention_kinds()
    return st.segmented_control(
        "Model", list(kinds), default="soft" if "soft" in kinds else next(iter(kinds)), required=True, key="model",
        bind="query-params", help="\n".join(f"- {text}" for text in ABOUT_MODELS.values()),
    )  # fmt: skip


def choose_models(label: str = "Models") -> list[str]:
    """Two to four models, in the order of the list; with any other number the page stops with a sentence."""
    kinds = attention_kinds()
    chosen = st.pills(
        label, list(kinds), selection_mode="multi", default=[name for name in kinds if name in ABOUT_MODELS],
        key="models", bind="query-params", help="Two to four. Every captioner in checkpoints/ is listed.",
    )  # fmt: skip
    if not 2 <= len(chosen) <= 4:
        st.info("Choose two to four models.", icon=":material/compare:")
        st.stop()
    return [name for name in kinds if name in chosen]


def choose_settings(hard: bool) -> dict:
    """The controls of decoding; ``hard``: a model with hard attention is among those chosen. Fields of ``Settings``."""
    default = load_example().settings
    method = st.segmented_control(
        "Words chosen by", list(METHODS), default=default["method"], required=True, key="method",
        bind="query-params", help="\n".join(f"- **{name}**: {text}" for name, text in METHODS.items()),
    )  # fmt: skip
    settings = {"method": method}
    if method == "beam":
        settings["beam"] = st.slider("Beam width", 1, 10, default["beam"], key="beam", bind="query-params", width=190)
    if method == "sample":
        settings["temperature"] = st.slider(
            "Temperature", 0.1, 2.0, default["temperature"], 0.1, key="temperature", bind="query-params", width=190,
            help="Below 1 the likeliest words are favoured, above 1 the others get more of a chance.",
        )  # fmt: skip
    if hard:
        settings["glimpse"] = st.segmented_control(
            "Cell", ["likely", "sampled"], default=default["glimpse"], required=True, key="glimpse",
            bind="query-params", help="Hard attention looks at the likeliest cell, or draws one from the distribution.",
        )  # fmt: skip
    if method == "sample" or settings.get("glimpse") == "sampled":
        settings["seed"] = st.number_input("Seed", 0, 9999, default["seed"], key="seed", bind="query-params", width=130)
    return settings
