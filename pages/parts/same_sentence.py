"""Compare, second tab: every model is made to say the same sentence."""

import math
from dataclasses import replace
from itertools import combinations

import pandas as pd
import streamlit as st

from core import exports
from core.captioning import comparison, gallery
from core.captioning.comparison import GazeDistance
from core.captioning.session import CaptionRequest
from core.captioning.settings import Decisions
from core.exports.names import stem
from core.trace import CaptionTrace
from core.views import charts, figures, player
from pages.parts.address import linked, text_up_to
from pages.parts.download import download
from pages.parts.loaders import caption, caption_turns, captions, checkpoint_of, distance, label_of, vocabulary
from pages.parts.photo_view import mount
from pages.parts.state import PhotoView, fingerprint, key
from pages.parts.take_away import PAGE
from pages.parts.waiting import working


def show_same_sentence(view: PhotoView, request: CaptionRequest, credit: str) -> None:
    try:
        with working("Looking at the photo …", caption_turns):
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
        with working("Saying it …", caption_turns):
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
    views, between = _views(request, traces), _between(traces, pairs)
    id = fingerprint("same", request, " ".join(words))
    payload = player.caption_payload(views, id, together=len(views) > 1, between=between, link=True)
    mount(view, payload, list(traces.values()))
    st.caption(
        "The gazes are compared as distributions; a hard model's is the one that its cell was chosen from. "
        f"0 bits: the same look; 1 bit: no cell in common.  \n{credit}"
    )
    _show_whole(traces)
    _show_numbers(traces, pairs)
    _offer(request, said, traces, pairs, views, between, credit)


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


def _views(request: CaptionRequest, traces: dict[str, CaptionTrace]) -> list[player.View]:
    return [
        player.View(request.photo, trace, request.alt, title=model, about=label_of(model), key=model)
        for model, trace in traces.items()
    ]


def _between(traces: dict[str, CaptionTrace], pairs: dict[str, list[GazeDistance]]) -> list[list[str]]:
    """For each word, how far the models' looks are apart."""
    return [
        [
            f"{pair}: {values[n].divergence:.2f} bits apart, centres {values[n].distance:.0f} % of the width"
            for pair, values in pairs.items()
        ]
        for n in range(len(next(iter(traces.values())).steps))
    ]


def _show_whole(traces: dict[str, CaptionTrace]) -> None:
    """Each model's probability of the whole sentence."""
    st.subheader("How likely each finds the whole sentence", anchor=False)
    with st.container(horizontal=True, gap="large", key="whole sentence"):
        for model, trace in traces.items():
            mean = math.exp(trace.log_prob / (len(trace.steps) + 1))
            st.metric(
                model, figures.odds(trace.log_prob), f"{figures.percent(mean)} a word", delta_color="off",
                delta_arrow="off", width="content",
                help="The product of its probabilities for every word and for ending there; and their geometric mean.",
            )  # fmt: skip
    best, *others = sorted(traces.values(), key=lambda trace: trace.log_prob, reverse=True)
    if others:
        apart = min(best.log_prob - others[0].log_prob, 700)
        times = f"{math.exp(apart):,.1f} times" if apart < math.log(1e6) else f"e^{apart:.0f} times"
        st.caption(f"{best.model} finds it likeliest, {times} as likely as {others[0].model} does.")


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
            rows = pd.DataFrame(exports.sentence_rows(traces, pairs))
            st.dataframe(rows, hide_index=True, placeholder="–", alt="All numbers, a row a word")


def _offer(
    request: CaptionRequest,
    said: Decisions,
    traces: dict[str, CaptionTrace],
    pairs: dict[str, list[GazeDistance]],
    views: list[player.View],
    between: list[list[str]],
    credit: str,
) -> None:
    """Downloads: the numbers, the traces, and a page with the player inside."""
    own = request.photo_id not in gallery.GALLERY  # then the id is the sha256 of the upload
    name = stem(["photo" if own else request.photo_id, *traces, "same-sentence"])
    title = next(iter(traces.values())).caption
    shas = {model: checkpoint_of(model) for model in traces if checkpoint_of(model)}
    far = distance(request.photo_id, request.photo, list(traces))  # here: a download is made outside of the visit

    def saved() -> bytes:
        photo = exports.Photo(
            request.alt, *request.photo.size, sha256=request.photo_id if own else None,
            gallery=None if own else request.photo_id, credit=credit,
            distance=far,
        )  # fmt: skip
        return exports.traces_json(
            [
                exports.trace_json(trace, photo, shas.get(model, ""), request.settings, said)
                for model, trace in traces.items()
            ]
        )

    def page() -> bytes:
        return exports.standalone_html(
            views, title, doubt=figures.describe_distance(far), credit=credit,
            checkpoints=shas, together=len(views) > 1, between=between,
        )  # fmt: skip

    with st.container(horizontal=True, key="take_away"):
        download(
            "Table (CSV)", lambda: exports.sentence_csv(traces, pairs), f"{name}.csv", "Every number, a row a word."
        )
        download("Traces", saved, f"{name}.json", "Every look of every model; opens again under “Saved traces”.")
        download("Page", page, f"{name}.html", PAGE)
