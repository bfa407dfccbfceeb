"""Galleries of failures: captions of the gallery's photos, wrong answers to generated stories, and wrong captions of
generated scenes.
"""

import streamlit as st

from core import checkpoints
from core.captioning.photo import encode_jpeg
from core.memory.document import Document, Label
from core.memory.failures import StoryFailure, story_failures
from core.memory.registry import DEFAULT
from core.scenes.failures import SceneFailure, scene_failures
from core.views import figures
from pages.parts.address import linked, one_of, required
from pages.parts.answering import load_networks, load_story_service
from pages.parts.loaders import weights_of
from pages.parts.state import key
from pages.parts.zoo_photos import show_wrong_photos

SHOWN = 6
SCALE = 3  # of a scene's picture


@st.cache_data(max_entries=64, show_spinner=False)
def _stories(model: str, root: str, weights: str, task: int) -> tuple[list[StoryFailure], int]:
    return story_failures(load_story_service(), model, [task])


@st.cache_data(max_entries=8, show_spinner=False)
def _scenes(model: str, root: str, weights: str) -> tuple[list[SceneFailure], int]:
    from core.scenes.service import SceneService

    return scene_failures(SceneService(checkpoints.ROOT), model)


def show_failures() -> None:
    worlds = {"Photos": show_wrong_photos, "Stories": show_wrong_stories, "Scenes": show_wrong_scenes}
    with linked("world", one_of(list(worlds)), "Photos") as place:
        what = required(st.segmented_control("Failures on", list(worlds), required=True, key=place))
    try:
        worlds[what]()
    except ValueError as error:
        st.error(str(error), icon=":material/error:")


def show_wrong_stories() -> None:
    from core.memory.examples import read_stories

    kinds = {story.task: story.title for story in read_stories().values()}
    networks = list(load_networks(str(checkpoints.ROOT)))
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="wrong stories"):
        model = st.selectbox(
            "Network", networks, networks.index(DEFAULT) if DEFAULT in networks else 0, key=key("failing network"),
            width=190,
        )  # fmt: skip
        task = st.selectbox(
            "Kind of question",
            sorted(kinds),
            2,
            lambda task: f"{task} {kinds[task]}",
            key=key("failing task"),
            width=260,
        )
    with st.spinner("Asking …"):
        wrong, asked = _stories(model, str(checkpoints.ROOT), weights_of(model), task)
    if not wrong:
        st.success(f"{model} answers all {asked} generated questions of this kind.", icon=":material/check:")
        return
    st.markdown(f"**{len(wrong)} of {asked}** generated questions of this kind are answered wrong by {model}.")
    columns = st.columns(2, gap="large")
    for n, failure in enumerate(wrong[:SHOWN]):
        with columns[n % 2], st.container(border=True, key=f"failure {n}"):
            _show_story(failure, n)


def _show_story(failure: StoryFailure, n: int) -> None:
    question, trace = failure.question, failure.trace
    st.markdown(f"**{question.question}**")
    st.markdown(f"It says **{trace.answer}** ({figures.percent(trace.prob)}); right is **{question.answer}**.")
    shown = sorted({*failure.most_attended, *question.facts})
    lines = []
    for i in shown:
        marks = ["needed"] * (i in question.facts) + ["looked at"] * (i in failure.most_attended)
        lines.append(f"- {question.sentences[i]} *({', '.join(marks)})*")
    left = len(question.sentences) - len(shown)
    st.markdown("\n".join(lines) + (f"\n- … and {left} other sentences" if left else ""))
    link = Document.of(question.sentences, [Label(question.question, question.answer, question.facts)]).to_text()
    if link:
        st.page_link(
            "pages/stories.py", label="Open this story", icon=":material/arrow_outward:",
            query_params={"story": link, "networks": trace.model},
        )  # fmt: skip


def show_wrong_scenes() -> None:
    from core.captioning.registry import list_captioners
    from core.scenes.registry import CAPTIONER

    names = [checkpoint.name for checkpoint in list_captioners(checkpoints.ROOT, CAPTIONER)]
    if not names:
        st.info("There is no captioner of scenes here yet. This trains them:", icon=":material/model_training:")
        st.code("python -m core train scenes --out runs/scenes", language=None)
        return
    model = st.selectbox("Captioner", names, key=key("failing captioner"), width=220)
    with st.spinner("Looking at scenes …"):
        wrong, shown = _scenes(model, str(checkpoints.ROOT), weights_of(model))
    if not wrong:
        st.success(f"{model} describes all {shown} generated scenes exactly.", icon=":material/check:")
        return
    st.markdown(f"**{len(wrong)} of {shown}** generated scenes are not described exactly by {model}.")
    columns = st.columns(3, gap="medium")
    for n, failure in enumerate(wrong[:SHOWN]):
        scene, trace = failure.scene, failure.trace
        with columns[n % 3], st.container(border=True, key=f"failure {n}"):
            step = _astray(failure)
            picture = scene.picture(SCALE)
            if step is not None:
                picture = figures.panel(picture, trace.steps[step], trace.grid)
            look = figures.describe_look(trace.steps[step], trace.attention) if step is not None else "nowhere"
            st.image(encode_jpeg(picture), width="stretch", alt=f"Scene: {scene.caption}. The model looks at {look}.")
            st.markdown(f"It says **{trace.caption}**; right is **{scene.caption}**.")
            if step is not None:
                st.caption(f"The heat is its look before “{trace.words[step]}”, where it goes astray.")


def _astray(failure: SceneFailure) -> int | None:
    """The first word that is not the right one."""
    words = failure.trace.words
    pairs = enumerate(zip(words, failure.scene.words, strict=False))
    return next((n for n, (said, right) in pairs if said != right), len(words) - 1 if words else None)
