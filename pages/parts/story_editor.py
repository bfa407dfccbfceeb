"""The story and its questions: the editor, the examples, a new story made to order, and the link to all of it."""

import streamlit as st

from core.memory.document import Document, Label, is_name
from core.memory.examples import read_stories
from core.memory.session import LINKED, NEW, YOURS, StorySession, follow
from core.memory.story import StoryError
from pages.parts.address import went_back, write
from pages.parts.kept_texts import is_asked, keep_text, kept_text, show_keeper
from pages.parts.state import StoriesState, key

NAMES = {"babi": "bAbI’s few", "large": "thousands"}
MAX_SEED = 9_999

PLACEHOLDER = """Mary went to the kitchen.
Mary picked up the milk.
Mary moved to the garden."""


def settle(page: StoriesState, arrived: bool) -> StorySession:
    """What lies before the viewer, after what the link says when they come, and where Back or Forward led."""
    link = {name: st.query_params.get(name, "") for name in LINKED}
    linked_here = went_back() or (arrived and any(link.values()))
    if page.session is None or page.waits or (link != page.link and linked_here):
        # A story that is too long for a link is asked of the browser; until it has answered an example is shown.
        text = kept_text(link["story"]) if is_name(link["story"]) else None
        page.waits = is_name(link["story"]) and is_asked(link["story"])
        page.session, complaints = follow(link, _read_kept(link["story"], text))
        put(page, page.session)
        for complaint in () if page.waits else complaints:
            st.toast(complaint, icon=":material/link_off:", duration="long")
    return page.session


def _read_kept(name: str, text: str | None) -> dict[str, Document]:
    """The story that the browser has handed back: it comes from outside like any other."""
    if text is None:
        return {}
    try:
        document = Document.from_json(text)
    except StoryError:
        return {}
    return {name: document} if document.name == name else {}


def put(page: StoriesState, session: StorySession) -> None:
    """Have a session lie before the viewer; what is in the editor follows."""
    page.session = session
    # To set what a text area holds already would take from it what is being typed meanwhile.
    document = session.document
    for name, value in (("story", document.story), ("questions", document.questions), ("told", session.name)):
        if st.session_state.get(key(name)) != value:
            st.session_state[key(name)] = value
    if session.name in (YOURS, NEW):
        page.kept[session.name] = session.document


def write_link(page: StoriesState, session: StorySession) -> None:
    """The address bar names what lies before the viewer; what is too long for it the browser keeps."""
    link = session.link()
    if is_name(link.get("story", "")):
        keep_text(link["story"], session.document.to_json())
    show_keeper()
    if page.waits:
        return
    page.link = {name: link.get(name, "") for name in LINKED}
    for name in LINKED:
        write(name, [link[name]] if name in link else [])


def show_chooser(page: StoriesState) -> None:
    """The examples, the viewer's own story, and the generator."""
    stories = read_stories()
    made = [name for name in (YOURS, NEW) if name == YOURS or name in page.kept]
    titles = {YOURS: "Your own story", NEW: "The new story"}
    titles |= {id: f"{story.task} {story.title}" for id, story in stories.items()}
    if page.session is not None:  # the viewer comes back from another page
        st.session_state.setdefault(key("told"), page.session.name)

    def choose() -> None:
        """Another story is chosen; the viewer's own one can be chosen again."""
        name = st.session_state[key("told")]
        if name in stories:
            put(page, StorySession.example(name))
        else:
            put(page, StorySession(page.kept.get(name, Document("", "")), name))

    st.selectbox(
        "Story", [*made, *stories], format_func=titles.__getitem__, key=key("told"), on_change=choose, width=200,
        help="An example for each of the twenty kinds of question; your own story is kept while you look at others.",
    )  # fmt: skip
    with st.popover("New story", icon=":material/casino:", key="new"):
        _show_generator(page, {story.task: story.title for story in reversed(stories.values())})


def _show_generator(page: StoriesState, kinds: dict[int, str]) -> None:
    """A new story made to order, and the next seed for the next one."""
    st.selectbox(
        "Kind of question", sorted(kinds), 1, lambda task: f"{task} {kinds[task]}", key=key("new kind"),
        persist_state="session",
    )  # fmt: skip
    st.slider("Sentences", 2, 60, 10, key=key("new length"), persist_state="session")
    st.segmented_control(
        "Names", list(NAMES), format_func=NAMES.__getitem__, default="babi", required=True, key=key("new names"),
        persist_state="session", help="Networks with a fixed vocabulary know bAbI’s few names only.",
    )  # fmt: skip
    st.number_input(
        "Seed", 0, MAX_SEED, 0, key=key("new seed"), persist_state="session", help="The same seed, the same story."
    )

    def tell() -> None:
        from core.data.stories import generate
        from core.data.stories.settings import StorySettings

        chosen = st.session_state
        settings = StorySettings(style="babi", names=chosen[key("new names")], sentences=chosen[key("new length")])
        try:
            asked = generate(int(chosen[key("new kind")]), int(chosen[key("new seed")]), settings)
        except ValueError as error:
            page.problem = str(error)
            return
        last = max((question.sentences for question in asked), key=len)
        labels = [Label(one.question, one.answer, one.facts) for one in asked if one.sentences == last]
        put(page, StorySession(Document.of(last, list(dict.fromkeys(labels))), NEW))
        chosen[key("new seed")] = (chosen[key("new seed")] + 1) % (MAX_SEED + 1)

    st.button("Tell it", type="primary", key=key("tell"), on_click=tell, width="stretch")
    if page.problem:
        st.error(page.problem)
        page.problem = ""


def show_editor(page: StoriesState) -> None:
    """The story and the questions, as typed."""
    session = page.session or StorySession.example()
    for name, text in (("story", session.document.story), ("questions", session.document.questions)):
        st.session_state.setdefault(key(name), text)

    def retype() -> None:
        """Something was typed: it is the viewer's own story now, whatever it was made from."""
        retyped = session.retyped(st.session_state[key("story")] or "", st.session_state[key("questions")] or "")
        if retyped != session:
            put(page, retyped)

    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.text_area(
            "The story", key=key("story"), height=172, on_change=retype, placeholder=PLACEHOLDER,
            help="One sentence a line, or a pasted paragraph.",
        )  # fmt: skip
    with right:
        st.text_area(
            "Questions", key=key("questions"), height=102, on_change=retype, placeholder="Where is the milk?",
            help="One a line.",
        )  # fmt: skip
        st.button("Ask", type="primary", icon=":material/send:", key=key("ask"), width="stretch")
