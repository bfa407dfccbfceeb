"""The tour's exhibits on stories, each on the shipped memory networks. Each returns the address of what it shows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.memory.document import Document
from core.trace import Hop, StoryTrace
from core.views.figures import percent
from core.views.story_figures import WIDE
from core.views.text import escape, escape_markdown
from pages.parts.address import linked, numbered, required
from pages.parts.answering import answer, load_story_service
from pages.parts.loaders import weights_of
from pages.parts.tour_show import Exhibits, Link, Settings, bars, html, shade, signed, table

if TYPE_CHECKING:
    from core.tour.stories import HardHop, Soft

ABOUT = {"none": "the mean", "soft": "a weighted mean", "hard": "one sentence"}


def story_link(settings: Settings, networks: Sequence[str]) -> Link:
    """The address of the stories page with this story, this question and these networks."""
    story = Document("\n".join(settings["story"]), settings["question"]).to_text() or ""
    return {"story": story, "networks": list(networks)}


@st.cache_data(max_entries=64, show_spinner=False)
def _numbers(
    model: str, sha256: str, story: tuple[str, ...], question: str
) -> tuple["Soft | list[HardHop]", StoryTrace]:
    """The looks number by number, and the network's own trace."""
    from core.memory.memn2n import MemN2N
    from core.memory.memnn import MemNN
    from core.tour import stories

    service = load_story_service()
    network, (trace,) = service.network(model), service.answer(story, [question], model)
    if isinstance(network, MemNN):
        return stories.hard_hops(network, story, question), trace
    if isinstance(network, MemN2N):
        return stories.by_hand(network, story, question), trace
    raise ValueError(f"{model} is no network that is computed by hand here.")


def show_by_hand(settings: Settings) -> Link:
    story, question, model = settings["story"], settings["question"], settings["network"]
    numbers, trace = _numbers(model, weights_of(model), story, question)
    st.markdown(f"**{escape_markdown(question)}**")
    if isinstance(numbers, list):
        _show_hard(numbers, trace, settings["hop"])
    else:
        _show_soft(numbers, trace, settings["hop"])
    return story_link(settings, (model,))


def _choose_hop(count: int, first: int, name: str) -> int:
    with linked("hop", numbered(count), min(first, count) - 1, name) as place:
        return required(
            st.segmented_control(
                "Hop", range(count), format_func=lambda n: f"hop {n + 1}", required=True, key=place,
                label_visibility="collapsed",
            )
        )  # fmt: skip


def _show_soft(soft: "Soft", trace: StoryTrace, first: int) -> None:
    at = _choose_hop(len(soft.hops), first, "soft hop")
    hop = soft.hops[at]
    most = int(hop.weights.argmax())
    rows = [
        (
            "most" if n == most else "",
            (sentence, f"{score:.2f}", f"{e:,.1f}" if e < 1e6 else f"{e:.1e}", f"{weight:.3f}"),
        )
        for n, (sentence, score, e, weight) in enumerate(
            zip(trace.sentences, hop.scores, hop.exps, hop.weights, strict=True)
        )
    ]
    if hop.empty and trace.attention == "soft":
        rows.append(("rest", (f"{hop.empty} slots without a sentence", "0", f"{hop.empty} · 1", "")))
    html(table(["sentence i", "u · mᵢ", "exp", "pᵢ = exp / sum"], rows, f"Hop {at + 1} by hand"))
    if trace.attention == "soft":
        terms = " + ".join(rf"{signed(a)} \cdot {signed(b)}" for a, b in hop.products(most))
        st.latex(rf"u \cdot m_{{{most + 1}}} = {terms} + \ldots = {hop.scores[most]:.2f}")
        st.caption(
            f"The three largest of {len(hop.query)} products. The sentences have {percent(hop.gate)} of the sum; "
            "so much of what they say is let through."
        )
    html(bars(soft.answers[:3], "The likeliest answers, computed by hand"))
    same = abs(soft.answers[0][1] - trace.prob) < 1e-3 and soft.answers[0][0] == trace.answer
    sign = "✓ The same" if same else "✗ Not the same"
    st.markdown(f"{sign} as the network itself says: **{escape_markdown(trace.answer)}**, {percent(trace.prob)}.")


def _show_hard(hops: "list[HardHop]", trace: StoryTrace, first: int) -> None:
    at = _choose_hop(len(hops), first, "hard hop")
    hop = hops[at]
    rows = []
    for n, (sentence, fit, closest) in enumerate(zip(trace.sentences, hop.fit, hop.closest, strict=True)):
        if fit is None:
            rows.append(("rest", (sentence, "found already", "")))
        else:
            rows.append(("most" if n == hop.choice else "", (sentence, f"{fit:.2f}", f"{closest:+.2f}")))
    rows.append(("rest" if hop.choice is not None else "most", ("“I have enough”", f"{hop.enough:.2f}", "")))
    html(table(["sentence i", "fit", "wins by"], rows, f"Hop {at + 1}: how well each sentence fits"))
    favour = "later" if hop.later > 0 else "earlier"
    if hop.choice is None:
        st.markdown(f"No sentence fits better than having enough. It answers **{escape_markdown(trace.answer)}**.")
    else:
        st.markdown(
            f"Of two sentences the {favour} one gets {abs(hop.later):.2f} more. One sentence wins over all others: "
            f"**{escape_markdown(trace.sentences[hop.choice])}**"
        )
    html(bars(trace.candidates[:3], "The likeliest answers"))


def show_hops(settings: Settings) -> Link:
    story, question = settings["story"], settings["question"]
    traces: list[StoryTrace] = []
    problems: list[str] = []
    for model in settings["networks"]:
        try:
            traces.append(answer(story, (question,), model)[0])
        except ValueError as error:
            problems.append(str(error))
    if not traces:
        raise ValueError(problems[0])
    st.markdown(f"**{escape_markdown(question)}**")
    html(hop_table(story, traces))
    for sentence in problems:
        st.caption(sentence)
    return story_link(settings, [trace.model for trace in traces])


def hop_table(story: tuple[str, ...], traces: list[StoryTrace]) -> str:
    """Sentence x hop, a group of columns a network, with its answer below."""
    groups = "".join(
        f'<th scope="colgroup" colspan="{max(1, len(trace.hops))}" style="text-align:center">'
        f"<b>{escape(trace.model)}</b><br>{_about(trace)}</th>"
        for trace in traces
    )
    heads = "".join(
        f'<th scope="col" style="text-align:center">{n + 1}{_gate(hop)}</th>'
        for trace in traces
        for n, hop in enumerate(trace.hops)
    )
    rows = []
    for n, sentence in enumerate(story):
        cells = []
        for trace in traces:
            for hop in trace.hops:
                weight = hop.alpha[n]
                bold = "font-weight:700;" if hop.most == n else ""
                framed = " glimpse" if hop.glimpse == n else ""
                style = f"background-color:{shade(hop.through[n])};{bold}"  # what was used, not what was looked at
                cells.append(f'<td class="heat{framed}" style="{style}">{100 * weight:.0f}</td>')
        rows.append(f"<tr><td>{n + 1}&ensp;{escape(sentence)}</td>{''.join(cells)}</tr>")
    answers = "".join(
        f'<td colspan="{max(1, len(trace.hops))}" style="text-align:center"><b>{escape(trace.answer)}</b> '
        f"{percent(trace.prob)}</td>"
        for trace in traces
    )
    return (
        '<div class="tour-scroll"><table class="tour-table" aria-label="Hops over the story, in percent">'
        f'<thead><tr><th></th>{groups}</tr><tr><th scope="col">sentence, hop</th>{heads}</tr></thead><tbody>'
        f"{''.join(rows)}<tr><td>answers</td>{answers}</tr></tbody></table></div>"
    )


def _about(trace: StoryTrace) -> str:
    doors = any(not hop.normalised for hop in trace.hops)
    return "a gate for each sentence" if doors else ABOUT[trace.attention]


def _gate(hop: Hop) -> str:
    """How much came through a hop, where that is not all of it."""
    return f"<br><small>gate {percent(hop.gate)}</small>" if hop.gate < WIDE else ""


EXHIBITS: Exhibits = {"by-hand": show_by_hand, "hops": show_hops}
