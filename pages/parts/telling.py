"""The story and its questions: the editor, the examples, a new story made to order, and the link to all of it."""

import streamlit as st

from core.memory.document import Document, Label
from core.memory.examples import read_stories
from core.memory.session import LINKED, NEW, YOURS, StorySession, follow

NAMES = {"babi": "bAbI’s few", "large": "thousands"}
MAX_SEED = 9_999

PLACEHOLDER = """Mary went to the kitchen.
Mary picked up the milk.
Mary moved to the garden."""


def settle_desk() -> StorySession:
    """What lies before the viewer, after what the link says."""
    link = {name: st.query_params.get(name, "") for name in LINKED}
    if "desk" not in st.session_state or (link != st.session_state.get("desk link") and any(link.values())):
        desk, complaints = follow(link)
        put(desk)
        for complaint in complaints:
            st.toast(complaint, icon=":material/link_off:", duration="long")
    return st.session_state["desk"]


def put(desk: StorySession) -> None:
    """Have a desk lie before the viewer; what is in the editor follows."""
    st.session_state["desk"] = desk
    # To set what a text area holds already would take from it what is being typed meanwhile.
    for key, value in (("story", desk.told.story), ("questions", desk.told.questions), ("told", desk.name)):
        if st.session_state.get(key) != value:
            st.session_state[key] = value
    if desk.name in (YOURS, NEW):
        st.session_state[f"told {desk.name}"] = desk.told


def write_link(desk: StorySession) -> None:
    """The address bar names what lies before the viewer."""
    link = desk.link()
    for name in LINKED:
        if name in link and st.query_params.get(name) != link[name]:
            st.query_params[name] = link[name]
        elif name not in link and name in st.query_params:
            del st.query_params[name]
    st.session_state["desk link"] = {name: link.get(name, "") for name in LINKED}


def _retype() -> None:
    """Something was typed: it is the viewer's own story now, whatever it was made from."""
    desk = st.session_state["desk"].retyped(st.session_state["story"] or "", st.session_state["questions"] or "")
    if desk != st.session_state["desk"]:
        put(desk)


def _choose() -> None:
    """Another story is chosen; the viewer's own one can be chosen again."""
    name = st.session_state["told"]
    if name in read_stories():
        put(StorySession.example(name))
    else:
        put(StorySession(st.session_state.get(f"told {name}", Document("", "")), name))


def _tell() -> None:
    """A new story from the generator, and the next seed for the next one."""
    from core.data.stories import generate
    from core.data.stories.settings import StorySettings

    chosen = st.session_state
    settings = StorySettings(style="babi", names=chosen["new names"], sentences=chosen["new length"])
    try:
        asked = generate(int(chosen["new kind"]), int(chosen["new seed"]), settings)
    except ValueError as error:
        chosen["new trouble"] = str(error)
        return
    last = max((question.sentences for question in asked), key=len)
    labels = [Label(one.question, one.answer, one.facts) for one in asked if one.sentences == last]
    put(StorySession(Document.of(last, list(dict.fromkeys(labels))), NEW))
    chosen["new seed"] = (chosen["new seed"] + 1) % (MAX_SEED + 1)


def show_chooser() -> None:
    """The examples, the viewer's own story, and the generator."""
    stories = read_stories()
    kinds = {story.task: story.title for story in reversed(stories.values())}
    made = [name for name in (YOURS, NEW) if name == YOURS or f"told {name}" in st.session_state]
    titles = {YOURS: "Your own story", NEW: "The new story"}
    titles |= {id: f"{story.task} {story.title}" for id, story in stories.items()}
    if "told" not in st.session_state:  # the viewer comes back from another page
        st.session_state["told"] = st.session_state["desk"].name
    st.selectbox(
        "Story", [*made, *stories], format_func=titles.get, key="told", on_change=_choose, width=200,
        help="An example for each of the twenty kinds of question; your own story is kept while you look at others.",
    )  # fmt: skip
    with st.popover("New story", icon=":material/casino:", key="new"):
        st.selectbox(
            "Kind of question", sorted(kinds), 1, lambda task: f"{task} {kinds[task]}", key="new kind",
            persist_state="session",
        )  # fmt: skip
        st.slider("Sentences", 2, 60, 10, key="new length", persist_state="session")
        st.segmented_control(
            "Names", list(NAMES), format_func=NAMES.get, default="babi", required=True, key="new names",
            persist_state="session", help="Networks with a fixed vocabulary know bAbI’s few names only.",
        )  # fmt: skip
        st.number_input(
            "Seed", 0, MAX_SEED, 0, key="new seed", persist_state="session", help="The same seed, the same story."
        )
        st.button("Tell it", type="primary", key="tell", on_click=_tell, width="stretch")
        if trouble := st.session_state.pop("new trouble", None):
            st.error(trouble)


def show_editor() -> None:
    """The story and the questions, as typed."""
    desk = st.session_state["desk"]
    for key, text in (("story", desk.told.story), ("questions", desk.told.questions)):
        if key not in st.session_state:
            st.session_state[key] = text
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.text_area(
            "The story", key="story", height=172, on_change=_retype, placeholder=PLACEHOLDER,
            help="One sentence a line, or a pasted paragraph.",
        )  # fmt: skip
    with right:
        st.text_area(
            "Questions", key="questions", height=102, on_change=_retype, placeholder="Where is the milk?",
            help="One a line.",
        )  # fmt: skip
        st.button("Ask", type="primary", icon=":material/send:", key="ask", width="stretch")
