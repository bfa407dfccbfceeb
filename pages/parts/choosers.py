"""What is looked at and how: the photo, the models, the settings of decoding. The link carries every choice."""

import hashlib
from dataclasses import replace

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from core.captioning import gallery
from core.captioning.photo import PhotoError, open_photo
from core.captioning.registry import DEFAULT, FIRST
from core.captioning.settings import Glimpse, Method, Settings
from core.views.text import escape_markdown
from pages.parts.loaders import attention_kinds, label_of, load_example, thumbnail
from pages.parts.state import Shared, key, linked, number_in, one_of, required, some_of, state

METHODS: dict[Method, str] = {
    "greedy": "always the likeliest next word",
    "beam": "the likeliest sentence among the few kept at every step",
    "sample": "each word drawn by its probability",
}
CELLS: list[Glimpse] = ["likely", "sampled"]
OWN = "yours"  # the button of an uploaded photo, before those of the gallery
MOST = 4  # models beside each other
MAX_UPLOAD = 30  # MB

STRIP = ":is(.st-key-explore-photo, .st-key-compare-photo) [role=radiogroup]"
FACE = f"{STRIP} button"
# A button of the gallery is named by its label, which the link carries, and shows a picture of our own encoding. Where
# there is room all are seen, twelve in a row, or small ones where the screen is low; elsewhere they are one strip, at
# first scrolled to the chosen one.
# On a phone the controls draw together, so that the photo is on the first screen.
STYLE = f"""
{FACE} {{
  position: relative; flex: none; width: 5.2rem; height: 3.5rem; padding: 0; border-width: 2px; border-radius: 0.6rem;
  background-size: cover; background-position: center;
}}
{FACE} p {{ position: absolute; opacity: 0; }}
{FACE}[data-selected] {{ scroll-initial-target: nearest; }}
@media (min-width: 1024px) {{
  {STRIP} {{ flex-wrap: wrap; max-width: 56rem; }}
  {FACE} {{ width: 4.2rem; height: 2.85rem; }}
}}
@media (min-width: 1024px) and (max-height: 800px) {{
  {STRIP} {{ gap: 0.3rem; max-width: none; }}
  {FACE} {{ width: 2.8rem; height: 2.1rem; border-radius: 0.4rem; }}
}}
@media (max-width: 640px) {{
  .st-key-tagline {{ display: none; }}
  .st-key-head {{ gap: 0.5rem; }}
  .st-key-head h1 {{ font-size: 1.7rem; }}
  .st-key-settings {{ gap: 0.25rem 0.75rem; }}
  .st-key-settings button {{ padding-inline: 0.5rem; }}
}}
"""


def show_head(title: str, tagline: str, about: str = "", own_photo: bool = True) -> DeltaGenerator:
    """Title, the viewer's own photo, and what the page is about; returns where that stands, for what is known later."""
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title(title, anchor=False, width="content")
        with st.container(key="tagline", width="stretch"):
            st.markdown(tagline)
        if own_photo:
            with st.popover("Your photo", icon=":material/add_a_photo:", key="own_photo"):
                st.file_uploader(
                    "Upload a photo", key=key("upload"), max_upload_size=MAX_UPLOAD,
                    on_change=_take_photo, args=(key("upload"),),
                )  # fmt: skip
                if st.toggle("Use the camera", key=key("use camera")):
                    st.camera_input("Take a photo", key=key("camera"), on_change=_take_photo, args=(key("camera"),))
                st.caption("It stays with the machine that runs this app and is forgotten when you leave.")
        place = st.popover("About", icon=":material/help:", key="about")
    if about:
        place.markdown(about)
    if own_photo and state(Shared).problem:
        st.error(state(Shared).problem, icon=":material/broken_image:")
    return place


def _take_photo(place: str) -> None:
    """A new upload or camera picture: show it if it is a photo, else keep what is shown and say why."""
    file, shared = st.session_state[place], state(Shared)
    shared.problem = ""
    if file is None:
        return
    data = file.getvalue()
    try:
        shared.own = hashlib.sha256(data).hexdigest(), open_photo(data)
        st.session_state[key("photo")] = OWN
    except PhotoError as error:
        shared.problem = str(error)


def choose_photo() -> tuple[str, Image.Image, str, str]:
    """The gallery; returns the photo's id for the caches, the photo, its alt text, its title and credit."""
    own = state(Shared).own
    photos = ({OWN: own} if own else {}) | {id: (id, gallery.load(id)) for id in gallery.GALLERY}
    faces = (
        f"{FACE}:nth-of-type({n}) {{ background-image: url({thumbnail(id, photo)}) }}"
        for n, (id, photo) in enumerate(photos.values(), start=1)
    )
    st.html(f"<style>{STYLE}{''.join(faces)}</style>")
    with linked("photo", one_of(list(photos)), load_example().photo) as place:
        name = required(
            st.pills("Photo", list(photos), required=True, key=place, wrap=False, label_visibility="collapsed")
        )
    photo_id, photo = photos[name]
    if name == OWN:
        return photo_id, photo, "Your photo", "Your photo."
    picture = gallery.GALLERY[name]
    return photo_id, photo, picture.alt, f"{picture.title}. {picture.credit}."


def choose_model() -> str:
    models = list(attention_kinds())
    with linked("model", one_of(models), DEFAULT if DEFAULT in models else models[0]) as place:
        return required(st.segmented_control("Model", models, required=True, key=place, help=_describe(models)))


def choose_models() -> list[str]:
    """Two to four models, in the order of the list; with any other number the page stops with a sentence."""
    models = list(attention_kinds())
    shipped = [name for name in models if name in FIRST]
    with linked("models", some_of(models), shipped if len(shipped) > 1 else models[:MOST]) as place:
        chosen = st.pills(
            "Models", models, selection_mode="multi", key=place,
            help=f"Two to four. Every captioner in checkpoints/ is listed.\n\n{_describe(models)}",
        )  # fmt: skip
    if not 2 <= len(chosen) <= MOST:
        st.info("Choose two to four models.", icon=":material/compare:")
        st.stop()
    return [name for name in models if name in chosen]


def _describe(models: list[str]) -> str:
    """Names and labels as a list."""
    return "\n".join(f"- **{escape_markdown(name)}**: {label_of(name)}" for name in models)


def choose_settings(hard: bool) -> Settings:
    """The controls of decoding; ``hard``: a model with hard attention is among those chosen."""
    settings = Settings()
    with linked("method", one_of(list(METHODS)), settings.method) as place:
        method = st.segmented_control(
            "Words chosen by", list(METHODS), required=True, key=place,
            help="\n".join(f"- **{name}**: {text}" for name, text in METHODS.items()),
        )  # fmt: skip
    settings = replace(settings, method=required(method))
    if method == "beam":
        with linked("beam", number_in(1, 10), settings.beam) as place:
            settings = replace(settings, beam=st.slider("Beam width", 1, 10, key=place, width=190))
    if method == "sample":
        with linked("temperature", number_in(0.1, 2.0), settings.temperature) as place:
            temperature = st.slider(
                "Temperature", 0.1, 2.0, step=0.1, key=place, width=190,
                help="Below 1 the likeliest words are favoured, above 1 the others get more of a chance.",
            )  # fmt: skip
        settings = replace(settings, temperature=temperature)
    if hard:
        with linked("glimpse", one_of(CELLS), settings.glimpse) as place:
            glimpse = st.segmented_control(
                "Cell", CELLS, required=True, key=place,
                help="Hard attention looks at the likeliest cell, or draws one from the distribution.",
            )  # fmt: skip
        settings = replace(settings, glimpse=required(glimpse))
    if method == "sample" or settings.glimpse == "sampled":
        with linked("seed", number_in(0, 9999), settings.seed) as place:
            settings = replace(settings, seed=st.number_input("Seed", 0, 9999, key=place, width=130))
    return settings
