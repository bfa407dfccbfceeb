"""Compare: one photo, several models, side by side; and many photos in a table.

A tab that is not open computes nothing.
"""

import streamlit as st

from pages.parts.choosers import choose_models, choose_photo, choose_settings, show_head
from pages.parts.door import enter
from pages.parts.hard_paths import show_hard_paths
from pages.parts.loaders import attention_kinds, warm_up
from pages.parts.many_photos import show_many_photos
from pages.parts.own_words import show_own_words
from pages.parts.same_sentence import show_same_sentence
from pages.parts.what_if import Scene

ABOUT = """
**Same eyes, same words.** All models see one grid of one encoder and know the same words. Only how they look differs.

**The same sentence.** A model can be made to say any sentence; its probability for each word tells how much it would
have agreed.

**How far apart two gazes are.** The Jensen-Shannon divergence: 0 bits for the same look, 1 bit for two looks without a
cell in common. And the distance between the two centres of weight, in percent of the photo's width.

**Hard is a gamble.** Hard attention draws one cell before each word. Draw again, and the sentence may change.
"""


def choose_scene() -> tuple[Scene, str]:
    photo_id, photo, alt, credit = choose_photo()
    with st.container(horizontal=True, gap="medium", key="settings"):
        models = choose_models()
        settings = choose_settings(hard=any(attention_kinds()[model] == "hard" for model in models))
    return Scene(photo_id, photo, alt, tuple(models), settings), credit


enter()
show_head("Compare", "One photo, and what different kinds of attention make of it", ABOUT)
own, same, paths, many = st.tabs(
    ["Own words", "The same sentence", "Hard is a gamble", "Many photos"], key="compare", bind="query-params"
)
if own.open:
    with own:
        show_own_words(*choose_scene())
if same.open:
    with same:
        show_same_sentence(*choose_scene())
if paths.open:
    with paths:
        show_hard_paths(*choose_photo())
if many.open:
    with many:
        show_many_photos()
warm_up()
