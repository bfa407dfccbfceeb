"""The tour's exhibits on the way to transformers: one query scored in three ways, and many heads that look at once."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from core.captioning.comparison import furthest_heads
from core.captioning.photo import encode_jpeg
from core.captioning.settings import Decisions
from core.captioning.settings import Settings as DecodingSettings
from core.views import figures, lab
from pages.parts.loaders import caption
from pages.parts.tour_photo import Seen, choose, inside
from pages.parts.tour_show import Exhibits, Link, Settings


def show_maps(seen: Seen, maps: Mapping[str, tuple[np.ndarray, str]], columns: int) -> None:
    """Weights (S,) over the photo, each under its own words and with what it shows said for who cannot see it."""
    places = st.columns(columns, gap="small")
    for n, (name, (weights, alt)) in enumerate(maps.items()):
        rows, across = seen.trace.grid
        where = figures.region(*divmod(int(weights.argmax()), across), rows, across)
        over = figures.map_over(seen.photo, weights.reshape(rows, across))
        with places[n % columns]:
            st.image(encode_jpeg(over), name, width="stretch", alt=f"{alt}, over the photo; most in the {where}.")


def show_two_scores(settings: Settings) -> Link:
    seen = choose(settings, "scores")
    found = inside("scored", seen, seen.before)
    ways = {
        "added: w · tanh(k + q)": (found.additive, "The look by the additive score"),
        "multiplied: k · q": (found.dot, "The look by the dot product of the same numbers"),
        "multiplied, with a q made for it": (found.ready, "The look by a dot product with a query made for it"),
    }
    show_maps(seen, {name: (lab.weights(scores, 1.0), alt) for name, (scores, alt) in ways.items()}, 3)
    left, right = st.columns(2)
    left.metric("same numbers, multiplied", f"{found.agrees(found.dot):+.2f}")
    right.metric("with a query made for it", f"{found.agrees(found.ready):+.2f}")
    st.caption(
        "How well the scores of all cells agree with those that this network was trained with; +1 is perfectly, 0 not "
        "at all."
    )
    return seen.link


def show_heads(settings: Settings) -> Link:
    seen = choose(settings, "heads")
    step, other = seen.trace.steps[seen.word], settings["beside"]
    apart = furthest_heads(step.heads)
    count = sum(map(len, step.heads))
    maps = {f"{seen.model}: the mean of its {count} heads": (step.alpha, "The mean look of all heads")}
    try:
        same_words = Decisions.caption(seen.trace.words)
        beside = caption(seen.photo_id, seen.photo, other, DecodingSettings(), same_words)
        maps[f"{other}, before the same word"] = beside.steps[seen.word].alpha, f"The look of {other}"
    except ValueError as error:  # it is missing, or does not know these words
        st.caption(str(error))
    for layer, head in (apart.one, apart.other):
        maps[f"layer {layer + 1}, head {head + 1}"] = step.heads[layer][head], "The look of one head"
    show_maps(seen, {name: (np.ravel(alpha), alt) for name, (alpha, alt) in maps.items()}, 2)
    st.caption(
        f"The two heads that differ most diverge by {apart.bits:.2f} bits; 0 is the same look, 1 two looks that share "
        "no cell."
    )
    return seen.link


EXHIBITS: Exhibits = {"scores": show_two_scores, "heads": show_heads}
