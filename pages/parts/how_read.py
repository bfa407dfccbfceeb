"""How each sentence was read: what the networks are told of it, its names and what was left aside."""

from typing import TYPE_CHECKING

import streamlit as st

from core.memory.reading import read
from core.memory.reading.typos import offered
from core.views.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.memory.reading import ReadStory

MOST_ROWS = 100  # of the table

ABOUT = (
    "A sentence that was read wrongly is best put in other words: click it in the table above. People, places and "
    "things are told apart by what the story says of them."
)


def show_how_read(sentences: "Sequence[str]", question: str) -> None:
    """One quiet line where something was not read as it stands, and the table behind it."""
    story, named = read(sentences, question), read(sentences, question, names=True)
    unread = [n for n, one in enumerate(story.sentences) if not one.understood]
    changed = [n for n, one in enumerate(story.sentences) if one.statements != (sentences[n],)]
    offers = _offers(sentences, story, unread)
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
        for offer in offers:
            st.caption(f"Did you mean: {plain(offer)}")
        st.caption(ABOUT)


def _offers(sentences: "Sequence[str]", story: "ReadStory", unread: list[int]) -> list[str]:
    """Sentences and the question without what looks like typing errors."""
    names = {word.lower() for sentence in sentences for word in sentence.split() if word[:1].isupper()}
    found = [offered(sentences[n], names) for n in unread]
    return [text for text in (*found, story.offer) if text]
