"""Results: every model that is here, what was measured on it, beside what papers report, and where it fails.

All numbers are read from ``results/`` and the checkpoints. A tab that is not open computes nothing.
"""

import streamlit as st

from pages.parts.address import tabs
from pages.parts.choosers import show_head
from pages.parts.door import enter
from pages.parts.tour_show import STYLE
from pages.parts.zoo_failures import show_failures
from pages.parts.zoo_looks import show_looks
from pages.parts.zoo_tables import show_kind, show_models, show_speeds

ABOUT = """
**Every number** here was written into a file by a command, with the seed, the date, the commit and the weights; choose
a row to see the command.

**Photos.** BLEU, METEOR, ROUGE-L and CIDEr compare a caption with what five people wrote; more is better, and none of
them knows whether a caption is true.

**Looks.** Where the captioners look before they name something, against boxes that people drew around it.

**Stories.** The share of wrong answers over bAbI's twenty kinds of question. A task counts as failed above 5 %. “Facts”
is how often the looks cover all sentences that one needs.

**Scenes.** Pictures that this program draws, so that it is known what is right.
"""

enter("results")
st.html(STYLE)
show_head("Results", "What every model here can do, and what it cannot", ABOUT, own_photos=False, own_models=True)
names = ["Photos", "Looks", "Stories", "Scenes", "Models", "Speed", "Failures"]
opened = dict(zip(names, tabs("results", names), strict=True))
for name, show in {
    "Photos": lambda: show_kind("photos"),
    "Looks": show_looks,
    "Stories": lambda: show_kind("stories"),
    "Scenes": lambda: show_kind("scenes"),
    "Models": show_models,
    "Speed": show_speeds,
    "Failures": show_failures,
}.items():
    if opened[name].open:
        with opened[name]:
            show()
