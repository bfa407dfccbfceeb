"""Ask a story: type it, ask, and watch networks look over the sentences, hop by hop, until they answer.

The table sentence x hop is played in the browser (``core.views.player``). The server is asked for answers when the
story, the questions, the networks or a what-if change. The finished example is shown before any network has loaded.
"""

from typing import TYPE_CHECKING

import streamlit as st

from core.exports import stories
from core.memory.document import is_name
from core.memory.session import StorySession
from core.memory.story import StoryError, split_questions, split_story
from core.views import player, story_figures
from core.views.figures import png
from pages.parts.answering import Reading, choose_networks, load_story_service, read_all
from pages.parts.choosers import show_head
from pages.parts.door import enter
from pages.parts.download import download
from pages.parts.how_often import show_how_often
from pages.parts.how_read import show_how_read
from pages.parts.state import StoriesState, fingerprint, key, state
from pages.parts.story_editor import settle, show_chooser, show_editor, write_link
from pages.parts.waiting import working

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

MAX_QUESTIONS = 50  # that are answered here; the command line answers more

TAGLINE = "Type a story, ask, and watch networks look for the answer, hop by hop"
ABOUT = """
**A hop** is one look over the sentences of the story. The first looks with the question in mind, each further one also
with what was found before; after the last hop the network answers.

**The weights** are how a hop spread its look, 100 % over all sentences: **soft** attention mixes sentences by their
weights, **hard** attention uses a single one, **none** the plain mean of all of them.

**Without it** tells what was *needed*: how the answer's probability changes when the sentence is left out. A sentence
may be looked at and not needed, and needed without being looked at much.

**What if.** Click a weight to have that hop look at another sentence; click a sentence to change or remove it. The
address bar holds all of it.

**What it cannot know.** The networks learned from a small world of people who walk about, carry things and hand them
on. They know the story and nothing else: not what milk is, nor that kitchens have doors. Probabilities are calibrated
on stories of that world; on others they may be too bold.
"""


# On a phone the controls draw together.
STYLE = """
<style>
@media (max-width: 640px) {
  .st-key-stories-story textarea { height: 9.5rem !important; }
  .st-key-stories-questions textarea { height: 5.5rem !important; }
}
</style>
"""


@st.cache_resource(show_spinner=False)
def register_hops() -> "ComponentRenderer":
    return st.components.v2.component("glimpse_hops", **player.assets("story"))


def follow_wish(session: StorySession, sentences: list[str], questions: list[str]) -> StorySession:
    """The session after what the viewer asked for in the table; where that cannot be, as it was, and a sentence."""
    wish, page.wish = page.wish, None
    if wish is None or wish.get("id") != page.mounted:
        return session
    try:
        wished = session.asked(wish, sentences)
        if wish["kind"] == "look":
            Reading(wished, sentences, questions).answer(str(wish["model"]))
    except ValueError as error:
        st.toast(str(error), icon=":material/call_split:", duration="long")
        return session
    page.session = wished
    return wished


def show_hops(reading: Reading, networks: list[str]) -> None:
    """The answers to one question and the table, with the answers to the others."""
    answers = reading.answers(networks)
    mounted = fingerprint(reading.session, networks, [(one.name, one.error) for one in answers])
    hop = "" if page.mounted else st.query_params.get("hop", "")
    payload = player.story_payload(
        mounted,
        reading.sentences,
        reading.session.changes,
        [(question, reading.traces(n, networks)) for n, question in enumerate(reading.questions)],
        reading.current,
        answers,
        reading.label,
        step=int(hop) - 1 if hop.isdecimal() and 0 < len(hop) < 3 else None,
        undoable=bool(reading.session.past),
    )
    page.mounted = mounted
    page.turn += 1
    place = key("hops")

    def remember_wish() -> None:
        wish = st.session_state[place].get("wish")
        page.wish = wish if isinstance(wish, dict) else None

    register_hops()(key=place, data={**payload, "turn": page.turn}, on_wish_change=remember_wish)


def show_downloads(reading: Reading, networks: list[str]) -> None:
    """The answers to take away: all of them as JSON and CSV, the table as a picture."""
    asked = reading.asked(networks)
    if not any(one.traces for one in asked):
        return
    current = next(one for one in asked if one.question == reading.questions[reading.current])

    def picture() -> bytes:
        traces = list(current.traces.values())
        rows = reading.session.changes.rows(reading.sentences)
        return png(story_figures.story_table(traces, rows, current.facts, current.falls))

    def data() -> bytes:
        return stories.story_json(reading.sentences, reading.session.changes, asked)

    with st.container(horizontal=True, key="downloads"):
        download("JSON", data, "story.json", "All answers with all weights.")
        download("CSV", lambda: stories.story_csv(asked), "story.csv", "A row a weight, for a spreadsheet.")
        download("PNG", picture, "story.png", "The table of this question.", disabled=not current.traces)


page = state(StoriesState)
if arrived := enter("stories"):
    page.wish, page.mounted = None, ""  # the table is a new one
st.html(STYLE)
show_head("Ask a story", TAGLINE, ABOUT, own_photos=False, own_models=True)
session = settle(page, arrived)
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="choices"):
    show_chooser(page)
    networks = choose_networks()
show_editor(page)
try:
    sentences, questions = split_story(session.document.story), split_questions(session.document.questions)
except StoryError as error:
    write_link(page, session)
    st.info(str(error), icon=":material/edit_note:")
    st.stop()
session = follow_wish(session, sentences, questions[:MAX_QUESTIONS])
write_link(page, session)
if len(questions) > MAX_QUESTIONS:
    st.info(f"The first {MAX_QUESTIONS} of {len(questions)} questions are answered here.", icon=":material/edit_note:")
if is_name(session.link().get("story", "")):
    st.caption(
        "The story is too long for a link: this browser keeps it, and in this browser alone the address leads to it."
    )
reading = Reading(session, sentences, questions[:MAX_QUESTIONS])
with working("Reading the story …", lambda: load_story_service().turns):
    show_hops(reading, networks)
st.caption(
    "A hop is one look over the story: the question, and what was found so far, decide how much of the look each "
    "sentence gets. The networks learned from a small world of people, places and things; they know what the story "
    "says and nothing else."
)
show_how_read(page, reading.story, reading.questions[reading.current])
show_how_often(session, networks)
show_downloads(reading, networks)
if read_all(reading, networks):
    st.rerun()
