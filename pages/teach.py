"""Teach: the document for teachers as a page, its exercises a click away, and handouts to print.

What is said here is ``docs/teaching.md``; nothing of it is written twice.
"""

import re
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

import streamlit as st

from core.exports import handout
from core.exports.addresses import is_own
from pages.parts import tour_show
from pages.parts.address import tabs
from pages.parts.choosers import show_head
from pages.parts.door import PAGES, enter
from pages.parts.download import download
from pages.parts.share import ALONE, shared_base
from pages.parts.state import key
from pages.parts.tour_handout import make_handout, tours

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "teaching.md"
ABOUT = """
**For teachers.** A lesson to hold tomorrow, exercises with what to expect, and handouts. The document is
`docs/teaching.md`; edit it, and this page follows.

**Handouts** are single files that open in any browser, offline, and print on A4. The teacher's copy has the answers.
"""
STYLE = """
<style>
.st-key-document { max-width: 56rem; }
.st-key-document [data-testid="stMarkdownContainer"] { font-size: 1.1rem; line-height: 1.55; }
.st-key-document table { font-size: 1rem; }
.st-key-document h2 { font-size: 1.3rem; }
</style>
"""
OPEN = re.compile(r"^Open: `(\w+)(?:\?([^`]*))?`[ \t]*$", re.MULTILINE)


def show_text(text: str) -> None:
    """Markdown, in which a line that says what to open becomes a link."""
    text = text.replace("```sh", "```")  # the colours of shell commands are too pale for many eyes
    at = 0
    for link in OPEN.finditer(text):
        st.markdown(text[at : link.start()], anchors=False)
        page = f"pages/{link[1]}.py"
        if page in PAGES:
            title = PAGES[page][0]
            st.page_link(
                page, label=f"Open in {title}", icon=":material/arrow_outward:", query_params=parse_qsl(link[2] or "")
            )
        at = link.end()
    st.markdown(text[at:], anchors=False)


def show_exercises(document: str) -> None:
    introduction = dict(handout.sections(document))["Exercises"].split("\n### ")[0]
    st.markdown(introduction, anchors=False)
    for title, text in handout.exercises(document):
        with st.container(border=True, key=f"exercise {title.split('.')[0]}"):
            st.header(title, anchor=False)
            show_text(text)


def show_handouts(document: str) -> None:
    st.markdown("Print them, or send the file: everything is inside.")
    answers = st.segmented_control(
        "Copy", ["For the class", "With answers"], default="For the class", required=True, key=key("copy")
    ) == "With answers"  # fmt: skip
    address = st.text_input(
        "Address that the class opens", shared_base(), key=key("address"), max_chars=200,
        help="It is printed on the handouts, with a QR code.",
    ).strip().rstrip("/")  # fmt: skip
    if address and is_own(address):
        st.info(ALONE, icon=":material/wifi_off:")
    suffix = "-answers" if answers else ""
    with st.container(horizontal=True, key="handouts"):
        for tour in tours().values():
            file = f"{tour.name}{suffix}.html"
            label, make = f"{tour.title}, {len(tour.steps)} steps", partial(make_handout, tour, answers, address)
            download(label, make, file, name=f"handout {tour.name}", icon="print")
        exercises = partial(handout.exercises_handout, document, answers, address=address)
        download("Exercises", exercises, f"exercises{suffix}.html", name="handout exercises", icon="print")


enter("teach")
st.html(tour_show.STYLE)
st.html(STYLE)
show_head("Teach", "A lesson, exercises with what to expect, and handouts", ABOUT, own_photos=False)
document = DOCUMENT.read_text(encoding="utf-8")
texts = dict(handout.sections(document))
names = [*texts, "Handouts"]
for name, tab in zip(names, tabs("teach", names), strict=True):
    if tab.open:
        with tab, st.container(key="document"):
            if name == "Handouts":
                show_handouts(document)
            elif name == "Exercises":
                show_exercises(document)
            else:
                show_text(texts[name])
