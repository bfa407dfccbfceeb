"""What is looked at and how: the photo, the models, the settings of decoding. The link carries every choice."""

import base64
from dataclasses import replace

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from core import checkpoints
from core.captioning import gallery
from core.captioning.registry import BESIDE, DEFAULT
from core.captioning.settings import Glimpse, Method, Settings
from core.views.text import escape_markdown
from pages.parts.address import linked, number_in, one_of, required, some_of
from pages.parts.loaders import attention_kinds, describe_looks, label_of, load_example, load_registry, thumbnail
from pages.parts.own_models import show_own_models, take_chosen, tell_missing
from pages.parts.own_photos import ask_for_missing, keep_photos, own_photo, show_own_photos, wanted
from pages.parts.state import Shared, key, state

METHODS: dict[Method, str] = {
    "greedy": "always the likeliest next word",
    "beam": "the likeliest sentence among the few kept at every step",
    "sample": "each word drawn by its probability",
}
CELLS: list[Glimpse] = ["likely", "sampled"]
MOST = 4  # models beside each other

STRIP = ":is(.st-key-explore-photo, .st-key-compare-photo) [role=radiogroup]"
FACE = f"{STRIP} button"
# A button of the gallery is named by its label, which the link carries, and shows a picture of our own encoding. Where
# there is room all are seen in one row; elsewhere, and with photos of one's own, the row is a strip, scrolled to the
# chosen one (``core.views.photos``).
# On a phone the controls draw together, so that photo and sentence are on the first screen.
STYLE = f"""
{FACE} {{
  position: relative; flex: none; width: 5.2rem; height: 3.5rem; padding: 0; border-width: 2px; border-radius: 0.6rem;
  background-size: cover; background-position: center;
}}
{FACE} p {{ position: absolute; opacity: 0; }}
.st-key-kept_photos {{ position: absolute; width: 0; height: 0; overflow: hidden; }}
@media (min-width: 1024px) {{
  {STRIP} {{ gap: 0.3rem; }}
  {FACE} {{
    width: clamp(2.6rem, (100vw - 10rem) / {len(gallery.GALLERY)} - 0.31rem, 4.5rem); height: auto; min-height: 0;
    aspect-ratio: 4 / 3; border-radius: 0.4rem;
  }}
}}
@media (max-width: 640px) {{
  .st-key-head button {{ padding-inline: 0.5rem; }}
  .st-key-settings {{ gap: 0.25rem 0.75rem; }}
  .st-key-settings > :has([data-testid=stSlider]) {{ width: 9rem; min-width: 0; flex: none; }}
  .st-key-settings [data-testid=stSlider] {{ width: 100%; }}
  .st-key-settings button {{ padding-inline: 0.5rem; }}
}}
"""


def show_head(
    title: str, tagline: str, about: str = "", own_photos: bool = True, own_models: bool = False
) -> DeltaGenerator:
    """Title, the viewer's own photo and model, and what the page is about; returns where that stands, for what is known
    later."""
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title(title, anchor=False, width="content")
        with st.container(key="tagline", width="stretch"):
            st.markdown(tagline)
        if own_photos:
            show_own_photos()
        if own_models:
            show_own_models()
        place = st.popover("About", icon=":material/help:", key="about")
    if about:
        place.markdown(about)
    if own_photos:
        keep_photos(STRIP)
        if state(Shared).problem:
            st.error(state(Shared).problem, icon=":material/broken_image:")
    return place


def choose_photo() -> tuple[str, Image.Image, str, str]:
    """The visitor's own photos and the gallery; returns the photo's id for the caches, the photo, its alt text, its
    title and credit. The page stops where the address names a photo of somebody's own that is not here.
    """
    shared, place = state(Shared), key("photo")
    if shared.chosen:
        st.session_state[place], shared.chosen = shared.chosen, ""
    missing = wanted([st.session_state.get(place), *st.query_params.get_all("photo")])
    own = list(reversed(shared.photos))  # the newest first
    called = {name: f"your photo {n}" if n > 1 else "your photo" for n, name in enumerate([*missing, *own], start=1)}
    faces = [
        *("none" for _ in missing),
        *(f"url(data:image/jpeg;base64,{base64.b64encode(shared.photos[name].face).decode('ascii')})" for name in own),
        *(f"url({thumbnail(id, gallery.load(id))})" for id in gallery.GALLERY),
    ]
    shown = (f"{FACE}:nth-of-type({n}) {{ background-image: {face} }}" for n, face in enumerate(faces, start=1))
    st.html(f"<style>{STYLE}{''.join(shown)}</style>")
    options = [*missing, *own, *gallery.GALLERY]
    with linked("photo", one_of(options), load_example().photo) as place:
        name = required(
            st.pills(
                "Photo", options, required=True, key=place, wrap=False, label_visibility="collapsed",
                format_func=lambda name: called.get(name, name),
            )
        )  # fmt: skip
    if name in missing:
        ask_for_missing()
    if name in shared.photos:
        return *own_photo(shared.photos[name]), "Your photo", "Your photo."
    picture = gallery.GALLERY[name]
    return name, gallery.load(name), picture.alt, f"{picture.title}. {picture.credit}."


def choose_model() -> str:
    models = list(attention_kinds())
    if given := take_chosen(models):
        st.session_state[key("model")] = given[0]
    tell_missing("model", models)
    with linked("model", one_of(models), DEFAULT if DEFAULT in models else models[0]) as place:
        chosen = required(st.segmented_control("Model", models, required=True, key=place, help=_describe(models)))
    _tell_unusable()
    return chosen


def choose_models() -> list[str]:
    """Two to four models, in the order of the list; with any other number the page stops with a sentence."""
    models = list(attention_kinds())
    usual = [name for name in models if name in BESIDE]
    if given := take_chosen(models)[: MOST - 1]:  # beside as many of those that were chosen as there is room for
        before = st.session_state.get(key("models"), usual)
        st.session_state[key("models")] = [*before[: MOST - len(given)], *given]
    tell_missing("models", models)
    with linked("models", some_of(models), usual if len(usual) > 1 else models[:MOST]) as place:
        chosen = st.pills(
            "Models", models, selection_mode="multi", key=place,
            help=f"Two to four. Every captioner in checkpoints/ is listed.\n\n{_describe(models)}",
        )  # fmt: skip
    _tell_unusable()
    if not 2 <= len(chosen) <= MOST:
        st.info("Choose two to four models.", icon=":material/compare:")
        st.stop()
    return [name for name in models if name in chosen]


def _tell_unusable() -> None:
    """Why a model that lies among the checkpoints is not offered."""
    for sentence in load_registry(str(checkpoints.ROOT)).unusable:
        st.caption(f":material/block: {escape_markdown(sentence)}")


def _describe(models: list[str]) -> str:
    """What each model is, as a list."""
    return "\n".join(f"- **{escape_markdown(name)}**: {describe_looks(name) or label_of(name)}" for name in models)


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
            beam = st.slider(
                "Beam width", 1, 10, key=place, width=190,
                help="How many sentences are kept at every step. More of them find a likelier sentence, which is not "
                "always a better one. Explore shows the search, in the tab “The beam”.",
            )  # fmt: skip
        settings = replace(settings, beam=beam)
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
                help="Hard attention uses one cell of the photo a word.\n- **likely**: the cell with the largest weight"
                "\n- **sampled**: one drawn by the weights, so that another seed looks elsewhere",
            )  # fmt: skip
        settings = replace(settings, glimpse=required(glimpse))
    if method == "sample" or settings.glimpse == "sampled":
        with linked("seed", number_in(0, 9999), settings.seed) as place:
            seed = st.number_input(
                "Seed", 0, 9999, key=place, width=130,
                help="The number that the dice begin with: the same one draws the same again.",
            )  # fmt: skip
        settings = replace(settings, seed=seed)
    return settings
