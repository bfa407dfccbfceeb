"""Compare: one photo, several models, side by side; many photos in a table; and traces that were saved before.

A tab that is not open computes nothing.
"""

import streamlit as st

from core.captioning.session import CaptionRequest
from pages.parts.address import tabs
from pages.parts.choosers import choose_models, choose_photo, choose_settings, show_head
from pages.parts.door import enter
from pages.parts.gaze_matters import show_gaze_matters
from pages.parts.hard_paths import show_hard_paths
from pages.parts.loaders import attention_kinds, eyes, vocabulary, warm_up
from pages.parts.many_photos import show_many_photos
from pages.parts.photo_view import settle, show_branches, show_doubt, show_player
from pages.parts.same_sentence import show_same_sentence
from pages.parts.saved_traces import show_saved_traces
from pages.parts.state import CompareState, state
from pages.parts.take_away import show_take_away

ABOUT = """
**Same eyes.** All models see one grid of one encoder. What differs is how they look, and what taught them to: in
training some were told where people had drawn boxes around what a caption names, others learnt from captions alone.

**The same sentence.** A model can be made to say any sentence; its probability for each word tells how much it would
have agreed.

**How far apart two gazes are.** The Jensen-Shannon divergence: 0 bits for the same look, 1 bit for two looks without a
cell in common. And the distance between the two centres of weight, in percent of the photo's width.

**Hard is a gamble.** Hard attention draws one cell before each word. Draw again, and the sentence may change.
"""


def choose_request() -> tuple[CaptionRequest, str]:
    """What is compared, and the photo's title and credit."""
    photo_id, photo, alt, credit = choose_photo()
    with st.container(horizontal=True, gap="medium", key="settings"):
        models = choose_models()
        settings = choose_settings(hard=any(attention_kinds()[model] == "hard" for model in models))
    return CaptionRequest(photo_id, photo, alt, tuple(models), settings), credit


def show_own_words(request: CaptionRequest, credit: str) -> None:
    """What each model writes by itself, stepped together, with what-ifs."""
    session = settle(view, request)
    place = st.container()
    beside = show_branches(view, request, session)
    with place:
        show_doubt(request, session)
        show_player(view, request, session, beside)
    same = "Same eyes, same words" if len({tuple(vocabulary(model)) for model in request.models}) == 1 else "Same eyes"
    alike = f"{same}: what differs is how they look."
    if len({eyes(model) for model in request.models}) > 1:
        alike = "Different eyes: some of these models see with another encoder, so more than their looks differs."
    st.caption(f"{alike} Heat is each photo's own.  \n{credit}")
    show_gaze_matters(view, request, session)
    show_take_away(view, request, session, beside, "Compared", credit)


view = state(CompareState).view
if enter("compare"):
    view.arrive()
show_head("Compare", "One photo, and what different kinds of attention make of it", ABOUT, own_models=True)
names = ["Own words", "The same sentence", "Hard is a gamble", "Many photos", "Saved traces"]
own, same, paths, many, saved = tabs("compare", names)
if own.open:
    with own:
        show_own_words(*choose_request())
if same.open:
    with same:
        show_same_sentence(view, *choose_request())
if paths.open:
    with paths:
        show_hard_paths(*choose_photo())
if many.open:
    with many:
        show_many_photos()
if saved.open:
    with saved:
        show_saved_traces(view)
warm_up()
