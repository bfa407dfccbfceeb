"""Explore, second tab below: the words of the sentence against what it names, parts of the photo, or each other."""

import streamlit as st

from core.captioning import look_table
from core.captioning.look_table import LookTable
from core.trace import CaptionTrace
from pages.parts.loaders import load_captioners
from pages.parts.state import key
from pages.parts.tour_show import STYLE, heat_table, html

AGAINST = {"things": "what it names", "regions": "parts of the photo", "words": "each other"}
ABOUT = {
    "things": "How much of each word's look, in percent, lies where the model looked before each thing that it names: "
    "the fewest cells that hold half of that look. So the naming word itself has 50 or a little more there; where "
    "another word has as much, it looked at the same thing. Nobody drew these places, so they may be wrong.",
    "regions": "How much of each word's look, in percent, lies in each ninth of the photo.",
    "words": "How much of their looks two words have in common, in percent: 100 for the same look, 0 for two that "
    "share no cell.",
}


def show_words_and_places(trace: CaptionTrace) -> None:
    """A table of shares, of one kind of three."""
    if trace.attention == "none":
        st.info("This model looks everywhere alike before every word, so no place has its words.")
        return
    st.html(STYLE)
    against = st.segmented_control(
        "The words against", list(AGAINST), format_func=AGAINST.__getitem__, default="things", required=True,
        key=key("against"),
    )  # fmt: skip
    table = _table(trace, against)
    if not table.columns:
        st.info("The sentence names nothing that the model knows a place for.", icon=":material/notes:")
        return
    even = [("an even look", table.even)] if table.even else []
    rows = [*zip(trace.words, table.shares, strict=True), *even]
    html(heat_table("before …", table.columns, rows, f"The words against {AGAINST[against]}, in percent"))
    st.caption(ABOUT[against])


def _table(trace: CaptionTrace, against: str) -> LookTable:
    if against == "regions":
        return look_table.words_by_regions(trace)
    if against == "words":
        return look_table.words_by_words(trace)
    return look_table.words_by_things(trace, load_captioners().get(trace.model, {}).get("nouns", ()))
