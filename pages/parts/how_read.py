"""How each sentence was read: what the networks are told of it, its names and what was left aside; and mending it."""

from typing import TYPE_CHECKING

import streamlit as st

from core.memory.reading import read
from core.memory.story import StoryError
from core.views.text import plain
from pages.parts.state import StoriesState, key
from pages.parts.story_editor import put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.memory.reading import ReadStory

MOST_ROWS = 100  # of the table

ABOUT = "People, places and things are told apart by what the story says of them."


def show_how_read(page: StoriesState, sentences: "Sequence[str]", question: str) -> None:
    """What is offered, one quiet line where something was not read as it stands, and the table behind it."""
    story, named = read(sentences, question), read(sentences, question, names=True)
    unread = [n for n, one in enumerate(story.sentences) if not one.understood]
    changed = [n for n, one in enumerate(story.sentences) if one.statements != (sentences[n],)]
    _offer(page, story, sentences, question)
    label = "How each sentence was read"
    if unread:
        label += f": {len(unread)} not understood"
    elif changed:
        label += f": {len(changed)} in other words"
    with st.expander(label, icon=":material/spellcheck:", key="how read"):
        rows = []
        for n, (text, one, its) in enumerate(zip(sentences, story.sentences, named.sentences, strict=True)):
            rows.append(
                {
                    "": n + 1,
                    "Sentence": plain(text),
                    "Read as": plain(" ".join(one.statements)) if one.understood else "not understood: given as it is",
                    "Names": plain(", ".join(f"{name} ({kind})" if kind else name for name, kind in its.names)),
                    "Left aside": plain(", ".join(one.aside)),
                }
            )
        st.dataframe(rows[:MOST_ROWS], hide_index=True, width="stretch", height="content" if len(rows) < 12 else 420)
        asked = story.names.shown(story.question)
        if story.outside:
            st.caption("The question is of no kind that is read here; the networks are asked it as it is.")
        elif asked != question:
            st.caption(f"The question was read as: {plain(asked)}")
        st.caption(ABOUT)
        _mend(page, sentences[:MOST_ROWS], unread)


def _offer(page: StoriesState, story: "ReadStory", sentences: "Sequence[str]", question: str) -> None:
    """Typing errors: what is answered is a guess until somebody says that the correction is meant."""
    offers = [(sentences[n], text) for n, text in story.offers.items()]
    offers += [(question, story.offer)] if story.offer else []
    for n, (old, new) in enumerate(offers):
        with st.container(horizontal=True, vertical_alignment="center", key=key(f"offer {n}")):
            st.markdown(f"Did you mean “{plain(new)}”?")
            st.button("Yes, correct it", key=key(f"correct {n}"), on_click=_change, args=(page, old, new))


def _mend(page: StoriesState, sentences: "Sequence[str]", unread: list[int]) -> None:
    """A sentence in other words, for one that was read wrongly."""

    def change() -> None:
        _change(page, st.session_state[key("mended")], st.session_state[key("other words")] or "")

    with st.container(horizontal=True, vertical_alignment="bottom", key=key("mend")):
        st.selectbox(
            "Read wrongly?", sentences, unread[0] if unread and unread[0] < len(sentences) else 0, plain,
            key=key("mended"), width=280,
        )  # fmt: skip
        st.text_input("Say it in other words", key=key("other words"), placeholder="Mary went to the park.", width=280)
        st.button("Use these words", key=key("mend it"), on_click=change)


def _change(page: StoriesState, old: str, new: str) -> None:
    if page.session is None:
        return
    try:
        put(page, page.session.mended(old, new))
    except StoryError as error:
        st.toast(str(error), icon=":material/edit_note:", duration="long")
