"""How well the captioners' looks are on what they name: beside chance and papers, by kind of thing, and the worst."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.results import gaze, zoo
from core.results.files import CAPTIONS, LOOKS, Result, ResultError
from core.results.tables import gaze_frame, rounded, written
from core.results.zoo import NAMES
from core.views import figures
from core.views.text import escape_markdown
from pages.parts.state import key
from pages.parts.tour_show import html, table
from pages.parts.zoo_tables import measured, show_origin, whole_names

WHOSE = {"own": "Its own captions", "forced": "Captions that people wrote"}
SHOWN = [score for score in LOOKS if score != "entropy"]  # the spread says the same
OF_KINDS = [score for score in SHOWN if score != "divergence"]  # which is between things of two kinds
ABOUT = """
All of it is about the look before a word that names something, against boxes that people drew (Flickr30k Entities).
**Pointing** is how often the cell looked at most lies in the box, beside it how often the photo's middle does; **off
centre** the same where the middle does not, beside chance. **Weight inside** is the share of the attention in the box,
beside an even look's. **Spread** is how wide the looks are: 100 % is an even look. **Moves** is how far the looks at
two things of one caption are apart, from 0 to 1 bit. The paper's figures are for Flickr30k, another grid and another
encoder, and quoted from memory: they say roughly where others stand.
"""
SIDE = 336  # pixels of a drawn look


@st.cache_data(ttl=30, max_entries=32, show_spinner=False)
def load_details(result: Result) -> gaze.GazeDetails | str:
    """By kind of thing, and the worst looks; or why there are none."""
    try:
        return gaze.read_details(result)
    except ResultError as error:
        return str(error)


def show_looks() -> None:
    found = measured("gaze")
    if not found:
        return
    sets = list(dict.fromkeys(one.data for one in found))
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom", key="looks chosen"):
        data = sets[0]
        if len(sets) > 1:
            data = st.selectbox("Measured on", sets, key=key("looks data"), width=260)
        captions = st.segmented_control(
            "Looks along", CAPTIONS, format_func=WHOSE.__getitem__, default="own", required=True, key=key("looks along")
        )
    chosen = _show_table([*(one for one in found if one.data == data), *zoo.read_papers("gaze")], captions)
    st.caption(ABOUT)
    if not chosen.ours:
        return
    details = load_details(chosen)
    if isinstance(details, str):
        st.warning(details, icon=":material/draft:")
        return
    _show_kinds(chosen, details.kinds[captions])
    _show_wrong(chosen, details.wrong)


def _show_table(results: Sequence[Result], captions: str) -> Result:
    """A row a model, and where the figures of the chosen one come from; that one."""
    found = gaze_frame(results, captions)[["model", "source", *SHOWN, "n"]]
    for score in SHOWN:
        found[score] = rounded(found[score].astype(float), 2 if score == "divergence" else 1)
    rows = found.rename(columns={"n": "photos", **NAMES})
    numbers: dict[str, Any] = whole_names(rows, "model", "source")
    numbers |= {NAMES[score]: st.column_config.NumberColumn(format="%.1f") for score in SHOWN}
    numbers[NAMES["divergence"]] = st.column_config.NumberColumn(format="%.2f")
    picked = st.dataframe(
        rows, hide_index=True, column_config=numbers, key=key("looks table"), on_select="rerun", placeholder="–",
        selection_mode="single-row-required", height=36 * (len(rows) + 1) + 2,
        alt=f"How well the looks of {len(rows)} models are on what is named; a click on a row chooses a model.",
    ).selection.rows  # fmt: skip
    chosen = results[picked[0] if picked and picked[0] < len(results) else 0]
    show_origin(chosen)
    return chosen


def _show_kinds(chosen: Result, kinds: Mapping[str, gaze.Scores]) -> None:
    st.header(f"{chosen.model}, by kind of thing", anchor=False)
    heads = ["words", *OF_KINDS]
    rows = [
        (kind, [f"{int(written(own[head], 0)):,}" if head in own else "–" for head in heads])
        for kind, own in kinds.items()
    ]
    named = ["kind of thing", *(NAMES[head] for head in heads)]
    html(table(named, [("", [kind, *cells]) for kind, cells in rows], "How well the looks are on each kind of thing"))


def _show_wrong(chosen: Result, wrong: Sequence[gaze.WrongLook]) -> None:
    """The looks of its own captions that miss the most. The photos are their authors' and are not drawn."""
    if not wrong:
        return
    st.header(f"Where {chosen.model} looks wrongly", anchor=False)
    st.caption(
        "Of its own captions, the looks with the least weight on what the word names: the heat, and framed what people "
        "called so. The photos are not ours to show; their names are those of Flickr8k."
    )
    columns = st.columns(3, gap="medium")
    for n, one in enumerate(wrong):
        with columns[n % 3], st.container(border=True, key=f"wrong look {n}"):
            where = figures.describe_look(one.look, "hard" if one.look.glimpse else "soft")
            st.image(
                figures.png(figures.bare_look(one.look, one.boxes, SIDE)), width="stretch",
                alt=f"Before “{one.look.word}” it looks at {where}; {figures.percent(one.inside)} is on the thing.",
            )  # fmt: skip
            words = [escape_markdown(word) for word in one.words]
            words[one.place] = f"**{words[one.place]}**"
            st.markdown(" ".join(words))
            st.caption(f"{figures.percent(one.inside)} inside; {escape_markdown(f'{one.kind}; {one.photo}')}")
