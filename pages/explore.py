"""The decoding explorer: a photo, a sentence, where the model looked before each of its words, and what if it had not.

Stepping from word to word happens in the browser (``core.views.player``). The server is asked for a caption when
photo, model, settings or a what-if change, and for a chart when the viewer settles on a word. The finished example is
shown before any model has loaded.
"""

import math

import streamlit as st
from PIL import Image

from core.captioning.interventions import Grid
from core.captioning.photo import encode_jpeg
from core.captioning.session import CaptionRequest
from core.once import Kept
from core.trace import CaptionTrace
from core.views import charts, figures
from pages.parts.address import tabs
from pages.parts.beam_tree import show_beam
from pages.parts.choosers import choose_model, choose_photo, choose_settings, show_head
from pages.parts.door import enter
from pages.parts.gaze_matters import show_gaze_matters
from pages.parts.loaders import attention_kinds, describe_looks, once, seen, warm_up
from pages.parts.photo_view import chosen_word, settle, show_branches, show_doubt, show_player
from pages.parts.state import ExploreState, key, state
from pages.parts.take_away import show_take_away
from pages.parts.unfold import FRAGMENT, show_unfolding
from pages.parts.words_and_places import show_words_and_places

TAGLINE = "Attention: before each word, the model looks at a part of the photo"
PANEL = 168  # pixels, the width of a picture in the film strip
CLOSER = ["The whole sentence", "Words and places", "The beam", "From look to word"]


def describe(grid: Grid) -> str:
    """What the page is about, where the models look at a grid of these rows and columns."""
    rows, columns = grid
    cells = rows * columns
    return f"""
**The heat.** Before each word the model spreads 100 % of its attention over the {rows} × {columns} cells of the
photo. The hotter a cell, the larger its share; the brightest colour is the word's largest share, written beside the
scale.

**The entropy** says how widely it looked, in bits: 0 for a single cell, {math.log2(cells):.2f} for an even look at all
{cells}.

**The gate** says how much of what it saw the model lets through to the word, 0 to 100 %: some words need no look.

**In reverse.** “Which words looked here?” turns the question round: choose a place of the photo, and every word says
how much of its look lay there.

**The beam.** The model keeps several sentences at once and drops the unlikely ones. Below, the tab of that name shows
all that it weighed.

**What if.** Have it write another word, look elsewhere, or see less: the rest of the sentence is written again, and
what you changed becomes a branch to come back to. The address bar holds all of it.

**Not an explanation.** The heat shows where the model looked, not why it chose the word. Much of a sentence comes from
the words before it, and quite different heat can lead to the same word.
"""


@st.cache_resource(max_entries=8, show_spinner=False, scope="session")
def draw_panels(mounted: str, photo_id: str, _photo: Image.Image, _trace: CaptionTrace) -> Kept[list[bytes]]:
    """The film strip's panels as JPEG files, as wide as they are shown: wider ones Streamlit encodes anew each time."""
    side = PANEL * max(_photo.size) // _photo.width

    def draw() -> list[bytes]:
        return [encode_jpeg(panel) for panel in figures.panels(_photo, _trace, side)]

    return once.get(("panels", photo_id, _trace), draw)


@st.fragment(key="charts")
def show_charts(trace: CaptionTrace, mounted: str) -> None:
    """The chosen word among the others; runs again by itself when the viewer settles on another word."""
    n = min(chosen_word(state(ExploreState).view, mounted), len(trace.steps) - 1)
    st.subheader("How widely it looked", anchor=False)
    st.caption("Entropy of the attention: 0 bits is one cell; every further bit means twice as many cells.")
    st.plotly_chart(
        charts.entropy_chart(trace, n), key=key("entropy"), alt=charts.entropy_alt(trace),
        config={"displayModeBar": False},
    )  # fmt: skip


def show_film_strip(panels: list[bytes], trace: CaptionTrace) -> None:
    """Every word with its heat."""
    with st.container(horizontal=True, gap="small", key="strip"):
        for panel, step in zip(panels, trace.steps, strict=True):
            alt = f"Before “{step.word}” the model looks at {figures.describe_look(step, trace.attention)}."
            st.image(panel, step.word, width=PANEL, alt=alt)


view = state(ExploreState).view
if enter("explore"):
    view.arrive()
about = show_head("Glimpse", TAGLINE, own_models=True)
photo_id, photo, alt, credit = choose_photo()
with st.container(horizontal=True, gap="medium", key="settings"):
    model = choose_model()
    settings = choose_settings(hard=attention_kinds()[model] == "hard")
request = CaptionRequest(photo_id, photo, alt, (model,), settings)
session = settle(view, request)
about.markdown(describe(session.grid))

place = st.container()  # the player stands above the row that says what is laid beside it
beside = show_branches(view, request, session)
trace = session.current.traces[model]
looks = trace.attention != "none"  # of one that looks everywhere alike there is nothing to tell about its looks
with place:
    show_doubt(request, session)
    unfolds = st.session_state.get(key("closer"), st.query_params.get("closer")) == CLOSER[-1]
    view.followers = [*(["charts"] if looks else []), *([FRAGMENT] if unfolds else [])]
    mounted = show_player(view, request, session, beside, tool="word", report=bool(view.followers))
st.caption(f"{describe_looks(model)} The heat shows where it looked, not why it chose the word.  \n{credit}")

if trace.steps:
    if looks:
        left, right = st.columns(2, gap="large")
        with left:
            show_charts(trace, mounted)
        with right:
            show_gaze_matters(view, request, session)
    strip, places, tree, unfolded = tabs("closer", CLOSER)
    if strip.open:
        with strip:
            seen_id, seen_photo = seen(request, session.current.changes, session.grid)
            show_film_strip(draw_panels(mounted, seen_id, seen_photo, trace).value, trace)
    if places.open:
        with places:
            show_words_and_places(trace)
    if tree.open:
        with tree:
            show_beam(view, request, session)
    if unfolded.open:
        with unfolded:
            show_unfolding(view, request, session, mounted)
    show_take_away(view, request, session, beside, trace.caption, credit)
else:
    st.info("The model ended the sentence before its first word.", icon=":material/notes:")
warm_up()
