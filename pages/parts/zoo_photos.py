"""What a captioner says of the gallery's pictures, beside what is on them; the strangest sentences first."""

import streamlit as st

from core.captioning import described, gallery
from core.captioning.described import Described
from core.captioning.gallery import Picture
from core.captioning.photo import encode_jpeg
from core.captioning.registry import DEFAULT
from core.captioning.settings import Settings
from core.trace import CaptionTrace
from core.views import figures
from core.views.text import escape_markdown
from pages.parts.loaders import attention_kinds, caption, load_captioners
from pages.parts.state import key

SHOWN = 9
SIDE = 560  # pixels


def show_wrong_photos() -> None:
    """Captions of the whole gallery, those first that share the fewest words with its descriptions."""
    models = list(attention_kinds())
    model = st.selectbox(
        "Captioner", models, models.index(DEFAULT) if DEFAULT in models else 0, key=key("failing photos"), width=220
    )
    told: list[tuple[Picture, CaptionTrace, Described]] = []
    names = load_captioners().get(model, {}).get("nouns", ())
    bar = st.progress(0.0, "Looking at the gallery …")
    try:
        for picture in gallery.GALLERY.values():
            trace = caption(picture.id, gallery.load(picture.id), model, Settings())
            told.append((picture, trace, described.compare(trace.words, f"{picture.title}. {picture.alt}", names)))
            bar.progress(len(told) / len(gallery.GALLERY), f"{len(told)} of {len(gallery.GALLERY)} pictures")
    finally:
        bar.empty()
    none = sum(not found.both for _, _, found in told)
    st.markdown(
        f"Of **{none} of {len(told)}** pictures {escape_markdown(model)} says no word that our description has, "
        "but for “a”, “on” and the like. Words are compared, not truth: a climber may well be called a man, and a "
        "description leaves things out."
    )
    told.sort(key=lambda one: (len(one[2].both), -len(one[2].alone)))
    st.caption("The sentences that share the fewest words with it come first; shared words are bold.")
    columns = st.columns(3, gap="medium")
    for n, (picture, trace, found) in enumerate(told[:SHOWN]):
        with columns[n % 3], st.container(border=True, key=f"photo {n}"):
            _show(picture, trace, found)


def _show(picture: Picture, trace: CaptionTrace, found: Described) -> None:
    shown = gallery.load(picture.id).convert("RGB")
    shown.thumbnail((SIDE, SIDE))
    step = next(iter(found.alone or found.both), None)
    look = ""
    if step is not None and trace.attention != "none":
        shown = figures.panel(shown, trace.steps[step], trace.grid)
        look = f"The heat is its look before “{trace.words[step]}”."
    st.image(encode_jpeg(shown), width="stretch", alt=f"{picture.alt}. {look}")
    words = [escape_markdown(word) for word in trace.words]
    for place in found.both:
        words[place] = f"**{words[place]}**"
    st.markdown(f"It says: {' '.join(words)}.")
    st.markdown(f"There is: {escape_markdown(picture.alt)}.")
    st.caption(f"{escape_markdown(look)}  \n{escape_markdown(picture.credit)}.")
    st.page_link(
        "pages/explore.py", label="Open it", icon=":material/arrow_outward:",
        query_params={"photo": picture.id, "model": trace.model},
    )  # fmt: skip
