"""Compare, second tab: every model is made to say the same sentence."""

from dataclasses import replace
from itertools import combinations

import pandas as pd
import streamlit as st

from core.captioning import comparison
from core.captioning.comparison import GazeDistance
from core.captioning.session import CaptionRequest
from core.captioning.settings import Decisions
from core.trace import CaptionTrace
from core.views import charts, player
from pages.parts.loaders import caption, captions, label_of, vocabulary
from pages.parts.photo_view import mount
from pages.parts.state import PhotoView, fingerprint, key, linked, text_up_to


def show_same_sentence(view: PhotoView, request: CaptionRequest, credit: str) -> None:
    try:
        own = list(dict.fromkeys(trace.caption for trace in captions(request).values()))
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return
    words = _choose_sentence(own)
    models = _who_can_say(words, request.models)
    if not words or not models:
        return
    request, said = replace(request, models=tuple(models)), Decisions.caption(words)
    try:
        with st.spinner("Saying it …"):
            traces = {
                model: caption(request.photo_id, request.photo, model, request.settings, said) for model in models
            }
    except ValueError as error:
        st.warning(str(error), icon=":material/notes:")
        return
    ratio = request.photo.width / request.photo.height
    pairs = {
        f"{one} and {other}": comparison.compare(traces[one], traces[other], ratio)
        for one, other in combinations(models, 2)
    }
    _show_player(view, request, traces, pairs)
    st.caption(
        "The gazes are compared as distributions; a hard model's is the one that its cell was chosen from. "
        f"0 bits: the same look; 1 bit: no cell in common.  \n{credit}"
    )
    _show_numbers(traces, pairs)


def _choose_sentence(own: list[str]) -> list[str]:
    with linked("sentence", text_up_to(comparison.MAX_SENTENCE), own[0]) as place:
        sentence = st.text_input("A sentence for all of them", max_chars=comparison.MAX_SENTENCE, key=place)
    st.pills("Or one of theirs", [text for text in own if text], key=key("own sentence"), on_change=_take_own)
    words = comparison.split_words(sentence)
    if not words:
        st.info("Type a sentence, or pick one of theirs.", icon=":material/notes:")
    return words


def _take_own() -> None:
    if taken := st.session_state[key("own sentence")]:
        st.session_state[key("sentence")] = taken
    st.session_state[key("own sentence")] = None


def _who_can_say(words: list[str], models: tuple[str, ...]) -> list[str]:
    """The models that know all the words; of the others, which words they lack."""
    lacking: dict[str, list[str]] = {}
    for model in models:
        known = vocabulary(model)  # empty where the checkpoint is missing, which decoding will say
        unknown = comparison.unknown_words(words, known) if known else {}
        named = [f"“{word}”" + (f" (near it: {', '.join(near)})" if near else "") for word, near in unknown.items()]
        lacking.setdefault(", ".join(named), []).append(model)
    able = lacking.pop("", [])
    for unknown_to_them, unable in lacking.items():
        st.warning(f"Not known to {', '.join(unable)}: {unknown_to_them}.", icon=":material/dictionary:")
    return able


def _show_player(
    view: PhotoView,
    request: CaptionRequest,
    traces: dict[str, CaptionTrace],
    pairs: dict[str, list[GazeDistance]],
) -> None:
    views = [
        player.View(request.photo, trace, request.alt, title=model, about=label_of(model), key=model)
        for model, trace in traces.items()
    ]
    count = len(next(iter(traces.values())).steps)
    between = [
        [
            f"{pair}: {values[n].divergence:.2f} bits apart, centres {values[n].distance:.0f} % of the width"
            for pair, values in pairs.items()
        ]
        for n in range(count)
    ]
    id = fingerprint("same", request, next(iter(traces.values())).caption)
    payload = player.caption_payload(views, id, together=len(views) > 1, between=between, link=True)
    mount(view, payload, list(traces.values()))


def _show_numbers(traces: dict[str, CaptionTrace], pairs: dict[str, list[GazeDistance]]) -> None:
    words = next(iter(traces.values())).words
    probs = {model: [step.prob for step in trace.steps] for model, trace in traces.items()}
    left, right = st.columns(2, gap="large") if pairs else (st.container(), None)
    with left:
        st.subheader("How likely each finds each word", anchor=False)
        st.plotly_chart(
            charts.words_chart(words, probs, percents=True), key=key("probabilities"),
            alt=charts.words_alt("Each word's probability", words, probs, True), config={"displayModeBar": False},
        )  # fmt: skip
    if right:
        bits = {pair: [apart.divergence for apart in values] for pair, values in pairs.items()}
        with right:
            st.subheader("How far apart they look", anchor=False)
            st.plotly_chart(
                charts.words_chart(words, bits, percents=False, first=len(probs)), key=key("divergences"),
                alt=charts.words_alt("Jensen-Shannon divergence of the gazes", words, bits, False),
                config={"displayModeBar": False},
            )  # fmt: skip
    numbers = st.expander("All numbers", icon=":material/table:", key=key("numbers"), on_change="rerun")
    if numbers.open:
        with numbers:
            st.dataframe(_table(traces, pairs), hide_index=True, alt="All numbers, a row a word")


def _table(traces: dict[str, CaptionTrace], pairs: dict[str, list[GazeDistance]]) -> pd.DataFrame:
    columns: dict[str, list[str] | list[float]] = {"word": next(iter(traces.values())).words}
    for model, trace in traces.items():
        columns[f"{model}: probability, %"] = [round(100 * step.prob, 2) for step in trace.steps]
        columns[f"{model}: entropy, bits"] = [round(step.entropy, 2) for step in trace.steps]
    for pair, values in pairs.items():
        columns[f"{pair}: divergence, bits"] = [round(apart.divergence, 3) for apart in values]
        columns[f"{pair}: centres, % of width"] = [round(apart.distance, 1) for apart in values]
    return pd.DataFrame(columns)
