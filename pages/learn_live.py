"""Watch it learn: small captioners train live on scenes, and hard attention's gradient is taken apart.

Training happens in processes of its own (``core.scenes.live.runs``); a fragment of the page asks every two seconds how
they are doing. A recorded run is on the screen before the first press.
"""

import streamlit as st

from core.scenes.live.settings import EXAMINED
from pages.parts.address import tabs
from pages.parts.choosers import show_head
from pages.parts.door import enter
from pages.parts.kept_texts import show_keeper
from pages.parts.live_run import keep_alive, load_recorded, show_learning
from pages.parts.state import LearnLiveState, state

rows, columns = load_recorded().histories[0].snapshots[0].traces[0].grid
ABOUT = f"""
**A world with known truth.** Every picture here is drawn by this program: twelve things in eight colours, one or two at
a time, and exactly one sentence that is right. So it can be said, of every word, whether it is right, and whether the
model looked at the thing that the word names.

**What is learnt.** The eyes are ready; they were trained before and say what there is to see in each of
{rows} × {columns} cells. What you watch being learnt is the rest: which word comes next, and where to look before it.
Nobody tells the model where. It finds out because looking at the right place makes the next word easier.

**Exactly right** counts sentences that are right word for word, on {EXAMINED} scenes that training never shows.
**Pointing** counts the words that name something: was the cell with the most weight inside the thing's box?
An even look has no such cell, and points by chance, to about one word in seven.
"""

STYLE = """
.st-key-learners { gap: 0.3rem; }
.learners-legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1.4rem; }
.learners-legend i { display: inline-block; width: 0.7rem; height: 0.7rem; margin-right: 0.4rem; border-radius: 50%; }
@media (max-width: 640px) {
  .st-key-closer, .st-key-draw_settings { gap: 0.25rem 0.75rem; }
  :is(.st-key-curves, .st-key-maps, .st-key-own_curves) [data-testid="stHorizontalBlock"] {
    position: relative; flex-wrap: nowrap; overflow-x: auto;
  }
  :is(.st-key-curves, .st-key-maps, .st-key-own_curves) [data-testid="stColumn"] { flex: 0 0 80%; min-width: 0; }
}
"""

if enter("learn_live"):
    state(LearnLiveState).arrive()
st.html(f"<style>{STYLE}</style>")
show_head("Watch it learn", "From noise to sense: where to look, learnt before your eyes", ABOUT, own_photos=False)
keep_alive()
learn, closer, draws, data = tabs("learn", ["Live", "Look closer", "Draw by draw", "Your own data"])
if learn.open:
    with learn:
        show_learning()
if closer.open:
    from pages.parts.live_closer import show_closer  # torch comes along, which the first tab needs not

    with closer:
        show_closer()
if draws.open:
    from pages.parts.live_draws import show_draws

    with draws:
        show_draws()
if data.open:
    from pages.parts.own_data import show_own_data

    with data:
        show_own_data()
show_keeper()
