"""The tour's exhibits on photos, each on the shipped captioners. Each returns the address of what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st
from PIL import Image

from core.captioning import gallery
from core.captioning.photo import encode_jpeg
from core.captioning.settings import Settings as DecodingSettings
from core.trace import CaptionTrace
from core.views import figures, lab, player, street
from core.views.text import escape
from pages.parts.address import linked, number_in, numbered, one_of, required
from pages.parts.loaders import (
    caption,
    caption_turns,
    checkpoint_of,
    encode,
    load_caption_service,
    picture,
    register_player,
    word_to_show,
)
from pages.parts.state import key
from pages.parts.tour_show import Exhibits, Link, Settings, bars, html, signed, strip
from pages.parts.waiting import working

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

    from core.tour.chance import Trick

DRAWS = [1, 10, 100, 1000, 10_000]
THREE = (0.0, 1.0, float("inf"))  # hard, soft, none
SIDE = 520  # pixels of a photo that is shown small


@st.cache_resource(show_spinner=False)
def register_street() -> "ComponentRenderer":
    return st.components.v2.component("glimpse_street", **street.assets())


@st.cache_resource(show_spinner=False)
def register_lab() -> "ComponentRenderer":
    return st.components.v2.component("glimpse_lab", **lab.assets())


@dataclass(frozen=True)
class Seen:
    """A photo with its caption, and the word that is looked at."""

    photo_id: str
    photo: Image.Image
    alt: str
    model: str
    trace: CaptionTrace
    word: int

    @property
    def before(self) -> tuple[str, ...]:
        return tuple(self.trace.words[: self.word])

    @property
    def link(self) -> Link:
        return {"photo": self.photo_id, "model": self.model, "word": str(self.word + 1)}

    @property
    def id(self) -> str:
        return f"{self.photo_id} {self.model} {checkpoint_of(self.model)} {' '.join(self.trace.words)} {self.word}"


def choose(settings: Settings, exhibit: str, word: bool = True) -> Seen:
    """A gallery photo, captioned, and one of its words. The rest of the exhibit stays away where that cannot be.

    Raises:
        ValueError: the model cannot be loaded.
    """
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key=f"tour {exhibit}"):
        ids = list(gallery.GALLERY)
        with linked("photo", one_of(ids), settings["photo"], f"photo {exhibit}") as place:
            photo_id = st.selectbox(
                "Photo", ids, format_func=lambda id: gallery.GALLERY[id].title, key=place, width=190,
                label_visibility="collapsed",
            )  # fmt: skip
        photo, model = gallery.load(photo_id), settings["model"]
        trace = captioned(photo_id, model)
        if not trace.steps:
            raise ValueError("The model has nothing to say about this photo; choose another one.")
        at = 0
        if word:
            first = settings["word"] - 1 if settings["word"] else word_to_show([trace])
            first = min(max(first, 0), len(trace.steps) - 1)
            name = f"word {exhibit} {photo_id} {' '.join(trace.words)}"
            with linked("word", numbered(len(trace.steps)), first, name) as place:
                at = required(
                    st.pills(
                        "The look before", range(len(trace.steps)), format_func=labels(trace.words).__getitem__,
                        required=True, key=place, wrap=True,
                    )
                )  # fmt: skip
    return Seen(photo_id, photo, gallery.GALLERY[photo_id].alt, model, trace, at)


def labels(words: Sequence[str]) -> list[str]:
    """Words as buttons: Streamlit knows a button by its label, so one that comes again ends in a mark not seen."""
    return [word + "\N{ZERO WIDTH SPACE}" * words[:n].count(word) for n, word in enumerate(words)]


def captioned(photo_id: str, model: str) -> CaptionTrace:
    """A gallery photo's caption as the explorer shows it at first."""
    with working("Looking at the photo …", caption_turns):
        return caption(photo_id, gallery.load(photo_id), model, DecodingSettings())


@st.cache_data(max_entries=64, show_spinner=False)
def _inside(name: str, sha256: str, photo_id: str, model: str, _photo: Image.Image, *arguments: object) -> Any:
    """One of the functions of ``core.tour.captions`` on a captioner and a photo's grid."""
    from core.tour import captions

    grid = encode(photo_id, _photo, model)
    with load_caption_service().opened(model) as (captioner, vocabulary):
        return getattr(captions, name)(captioner, vocabulary, grid, *arguments)


def inside(name: str, seen: Seen, *arguments: object) -> Any:  # what the named function gives
    return _inside(name, checkpoint_of(seen.model), seen.photo_id, seen.model, seen.photo, *arguments)


# --- the exhibits -------------------------------------------------------------------------------------------


def show_street(settings: Settings) -> Link:
    register_street()(key=key("street"), data=street.payload())
    return {}


def show_next_word(settings: Settings) -> Link:
    seen = choose(settings, "next", word=False)
    words = ["", *dict.fromkeys([settings["last"], *seen.trace.words])]
    with linked("last", one_of(words), settings["last"], f"last {seen.photo_id}") as place:
        last = st.pills("The last word", words, format_func=lambda word: word or "(none yet)", required=True, key=place)
    (follow,), sentence = inside("after_last_word", seen, (last,))
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.image(picture(seen.photo_id, seen.photo, SIDE), width="stretch", alt=seen.alt)
    with right:
        st.markdown(f"After **{last or 'nothing'}**, this photo makes it write")
        html(bars(follow, "The likeliest next words"))
    st.markdown(f"Always the likeliest, nothing remembered: **{' '.join(sentence)}** …")
    st.markdown(f"The same network with its memory: **{seen.trace.caption}**.")
    return seen.link | {"word": "1"}


def show_recurrence(settings: Settings) -> Link:
    seen = choose(settings, "recurrence")
    found = inside("recurrence", seen, seen.before)
    left, right = st.columns([1.25, 1], gap="large")
    sees = "photo: the mean of its cells" if seen.trace.attention == "none" else "glimpse"
    with left:
        html(
            strip("The last word", f"word before: <b>{escape(found.last or 'start')}</b>", found.y, 0.3),
            strip("The photo", sees, found.z, 2),
            strip("The state before", "state before, h<sub>t-1</sub>", found.h),
            strip("The state after", "state after, <b>h<sub>t</sub></b>", found.h_new),
        )  # fmt: skip
    with right:
        st.markdown("and from the new state, the next word")
        html(bars(found.words[:4], "The likeliest next words"))
    most = len(found.h) - 1
    with linked("unit", number_in(0, most), min(settings["unit"], most)) as place:
        unit = st.slider("One of its numbers, by hand", 0, most, key=place)
    numbers = {name: float(getattr(found, name)[unit]) for name in ("i", "f", "g", "o", "c", "c_new", "h", "h_new")}
    n = {name: f"{value:.2f}" for name, value in numbers.items()}
    factor = {name: signed(value) for name, value in numbers.items()}
    st.latex(
        rf"""\begin{{aligned}}
        c_t &= f \cdot c_{{t-1}} + i \cdot g = {n["f"]} \cdot {factor["c"]} + {n["i"]} \cdot {factor["g"]}
        = \mathbf{{{n["c_new"]}}} \\
        h_t &= o \cdot \tanh c_t = {n["o"]} \cdot \tanh {factor["c_new"]} = \mathbf{{{n["h_new"]}}}
        \end{{aligned}}"""
    )
    kept, let_in = figures.percent(numbers["f"]), figures.percent(numbers["i"])
    st.caption(f"The forget gate keeps {kept} of the old memory, the input gate lets {let_in} of the new in.")
    return seen.link


def show_caption(settings: Settings) -> Link:
    seen = choose(settings, "caption", word=False)
    start = word_to_show([seen.trace]) if not settings["word"] else settings["word"] - 1
    start = min(start, len(seen.trace.steps) - 1)
    payload = _player_payload(seen.id, seen)
    register_player()(key=key(f"player {seen.photo_id}"), data={**payload, "start": start})
    return seen.link | {"word": str(start + 1)}


@st.cache_data(max_entries=16, show_spinner=False)
def _player_payload(id: str, _seen: Seen) -> player.CaptionPayload:
    return player.caption_payload([player.View(_seen.photo, _seen.trace, _seen.alt)], f"tour {id}")


def _show_lab(mode: lab.Mode, settings: Settings, temperatures: tuple[float, ...] | None = None) -> Link:
    seen = choose(settings, mode)
    found = inside("query", seen, seen.before, *([temperatures] if temperatures else []))
    data = lab.payload(mode, seen.photo, seen.alt, found, seen.before, seen.trace.grid, f"{mode} {seen.id}")
    register_lab()(key=key(f"lab {mode}"), data=data)
    return seen.link


def show_temperature(settings: Settings) -> Link:
    return _show_lab("temperature", settings)


def show_glimpses(settings: Settings) -> Link:
    return _show_lab("glimpses", settings, THREE)


def show_draws(settings: Settings) -> Link:
    return _show_lab("draws", settings, (1.0,))


@st.cache_data(max_entries=64, show_spinner=False)
def _trick(id: str, count: int, seed: int, _seen: Seen) -> "Trick":
    from core.tour.chance import score_function

    grid = encode(_seen.photo_id, _seen.photo, _seen.model)
    with load_caption_service().opened(_seen.model) as (captioner, vocabulary):
        return score_function(
            captioner, vocabulary, grid[0], _seen.trace.grid, _seen.trace.words, _seen.word, count, seed
        )


def show_chance(settings: Settings) -> Link:
    seen = choose(settings, "chance")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="chance settings"):
        with linked("draws", one_of(DRAWS), 10) as place:
            count = st.select_slider("Draws", DRAWS, key=place, width=260, format_func=lambda n: f"{n:,}")
        with linked("seed", number_in(0, 9999), 0) as place:
            seed = st.number_input("Seed", 0, 9999, key=place, width=120)
    trick = _trick(seen.id, count, seed, seen)
    rows, columns = seen.trace.grid
    maps = {
        "α: where it may draw": (trick.alpha, "The distribution α"),
        "where a draw would pay": (trick.better, "Cells with a reward above the expected one"),
    }
    for column, (name, (weights, alt)) in zip(st.columns(2, gap="medium"), maps.items(), strict=True):
        with column:
            over = figures.map_over(seen.photo, weights.reshape(rows, columns))
            at_row, at_column = divmod(int(weights.argmax()), columns)
            where = figures.region(at_row, at_column, rows, columns)
            st.image(encode_jpeg(over), name, width="stretch", alt=f"{alt}, over the photo; most in the {where}.")
    first = trick.draws[0]
    better = first.reward > trick.expected
    st.markdown(
        f"**First draw.** A cell with α = {figures.percent(first.chance)}. Reward "
        f"R = log p(“{' '.join(seen.trace.words[seen.word :])}”) = {first.reward:.2f}; the mean of all "
        f"{rows * columns} is b = {trick.expected:.2f}. So R − b = {first.reward - trick.expected:+.2f}, and this "
        f"cell becomes **{'likelier' if better else 'rarer'}**."
    )
    left, right = st.columns(2)
    left.metric(f"{count:,} draws without baseline", f"{trick.agrees['none']:.2f}")
    right.metric(f"{count:,} draws with the baseline", f"{trick.agrees['expected reward']:.2f}")
    st.caption("How well the mean of the draws agrees in direction with the exact gradient; 1 is the same.")
    return seen.link


EXHIBITS: Exhibits = {
    "street": show_street,
    "next-word": show_next_word,
    "recurrence": show_recurrence,
    "caption": show_caption,
    "temperature": show_temperature,
    "glimpses": show_glimpses,
    "draws": show_draws,
    "chance": show_chance,
}
