"""Tables and charts of what was measured: every row sorted by a click, and by a click the command that measured it."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from core import checkpoints
from core.checkpoints.catalog import Catalog
from core.checkpoints.labels import looks_label
from core.results import files, zoo
from core.results.files import SCORES, Result
from core.results.report import BEAM
from core.results.tables import frame, rounded, written
from core.results.zoo import NAMES
from core.views import results_charts
from pages.parts.options import options
from pages.parts.state import OwnState, key, state
from pages.parts.tour_show import heat_table, html

MAIN = {"photos": "BLEU-4", "gaze": "own.pointing", "stories": "mean_error", "scenes": "exact"}
LEAST = {"mean_error", "failed", "calibration_error", "mixed_up_relational"}  # the smaller the better
UNITS = {"photos": "photos", "stories": "questions", "scenes": "scenes"}
NOTHING = {
    "photos": "python -m core evaluate photos --dataset dataset.json --images images.zip --results results",
    "gaze": "python -m core evaluate gaze --dataset dataset.json --images images.zip --phrases phrases.json "
    "--results results",
    "stories": "python -m core evaluate stories --dir babi/en --hold-out 0.1 --results results",
    "scenes": "python -m core evaluate scenes --results results",
}
PAPERS = {
    "photos": "Papers report the 1,000 test photos of Flickr8k. Our own figures are on other photos, those named, so "
    "they stand beside the papers' and not in one contest with them. Our encoder is smaller than today's.",
    "stories": "Papers report bAbI's test questions. Ours are on stories held out from its training files, or on those "
    "named. Blind baselines see half of what they are given: what they get right needs no reading.",
}


@st.cache_data(ttl=30, max_entries=4, show_spinner=False)
def load_measured(kind: str, root: str) -> tuple[list[Result], list[str]]:
    """What was measured on models of a kind, best first within each set of data; looked up again soon."""
    weights = zoo.by_weights(checkpoints.ROOT)
    complaints: list[str] = []
    found = files.read_results(
        kind, weights=weights, complain=lambda error: complaints.append(f"{str(error)[:-1]}, so it is not shown.")
    )
    data = {one.data: one.n for one in found}
    ranked = results_charts.ranked(found, MAIN[kind], MAIN[kind] in LEAST)
    usual = f"beam {BEAM}"
    order = {name: (-_flickr(name), -(n or 0), not name.endswith(usual), name) for name, n in data.items()}
    return sorted(ranked, key=lambda one: order[one.data]), complaints


def _flickr(data: str) -> bool:
    return data.startswith(("flickr8k", "en, held-out", "test"))


def measured(kind: str) -> list[Result]:
    """As :func:`load_measured`; the page says which files are left out, and how to measure where nothing was."""
    found, complaints = load_measured(kind, str(checkpoints.ROOT))
    for sentence in complaints:
        st.warning(sentence, icon=":material/draft:")
    if not found:
        st.info("Nothing was measured yet. This measures it:", icon=":material/straighten:")
        st.code(NOTHING[kind], language=None, wrap_lines=True)
    return found


def show_kind(kind: str) -> None:
    """Chart and table of one kind of model."""
    found = measured(kind)
    if not found:
        return
    papers = zoo.read_papers(kind)
    sets = list(dict.fromkeys(one.data for one in found))
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom", key=f"{kind} chosen"):
        data = sets[0]
        if len(sets) > 1:
            data = st.selectbox("Measured on", sets, key=key(f"{kind} data"), width=260)
        scores = [score for score in SCORES[kind] if any(one.scores.get(score) is not None for one in found)]
        score = st.segmented_control(
            "Score", scores, format_func=lambda name: NAMES.get(name, name), default=MAIN[kind], required=True,
            key=key(f"{kind} score"),
        )  # fmt: skip
    shown = [one for one in found if one.data == data]
    if _flickr(data):
        shown += papers
    least = score in LEAST
    st.plotly_chart(
        results_charts.dots(shown, score, least), key=key(f"{kind} dots"),
        alt=results_charts.dots_alt(shown, score, least), config={"displayModeBar": False},
    )  # fmt: skip
    if kind in PAPERS:
        st.caption(PAPERS[kind])
    if tasks := [one for one in found if one.tasks and one.data == data]:
        st.header("Task by task", anchor=False)
        html(_task_table(tasks))
        st.caption("Wrong answers in percent, for each of bAbI's twenty kinds of question.")
    st.header("Every number, and how to get it again", anchor=False)
    _show_table(kind, [*found, *papers], scores)


def whole_names(rows: pd.DataFrame, *columns: str) -> dict[str, Any]:
    """The configuration of columns of text that are wide enough for their longest name."""
    return {name: st.column_config.TextColumn(width=_width([name, *rows[name].astype(str)])) for name in columns}


def _width(texts: Iterable[str]) -> int:
    """Pixels for the longest of some texts in a table's cell."""
    return min(580, 40 + math.ceil(6.7 * max(map(len, texts))))


def _task_table(results: Sequence[Result]) -> str:
    numbers = sorted({number for one in results for number in one.tasks})
    rows = [
        (one.model, [one.tasks[number] / 100 if number in one.tasks else None for number in numbers]) for one in results
    ]
    return heat_table("model, task", [str(number) for number in numbers], rows, "Wrong answers in percent, by task")


def _show_table(kind: str, results: Sequence[Result], scores: Sequence[str]) -> None:
    found = frame(results)[["model", "source", "data", "n", *scores]]
    found[list(scores)] = found[list(scores)].astype(float).apply(rounded)
    rows = found.rename(columns={"n": UNITS[kind], **NAMES})
    numbers: dict[str, Any] = whole_names(rows, "model", "source", "data")
    numbers |= {NAMES.get(score, score): st.column_config.NumberColumn(format="%.1f") for score in scores}
    numbers |= {NAMES["failed"]: st.column_config.NumberColumn(format="%d")}
    chosen = st.dataframe(
        rows, hide_index=True, column_config=numbers, key=key(f"{kind} table"), on_select="rerun", placeholder="–",
        selection_mode="single-row-required", height=36 * (len(rows) + 1) + 2,
        alt=f"The scores of {len(rows)} models; a click on a column's name sorts, a click on a row chooses.",
    )  # fmt: skip
    picked = chosen.selection.rows
    show_origin(results[picked[0] if picked and picked[0] < len(results) else 0])


def show_origin(one: Result) -> None:
    """Where a row's numbers come from."""
    with st.container(border=True, key="origin"):
        st.markdown(f"**{one.model}**, {one.data}")
        if not one.ours:
            st.markdown(f"As reported by [{one.source}]({one.file}).")
            return
        if not one.here:
            st.caption("Measured on weights that are not the ones here now: evaluate again.")
        st.code(one.command, language=None, wrap_lines=True)
        st.caption(", ".join(f"{name}: {value}" for name, value in one.about.items() if value))


def show_models() -> None:
    """Every checkpoint: what it is, made from what, its size, its licence, and how it was trained."""
    complaints: list[str] = []
    found = Catalog(checkpoints.ROOT, options().checkpoints).list(complain=lambda error: complaints.append(str(error)))
    found += [replace(one, name=name) for upload in state(OwnState).uploads for name, one in upload.models.items()]
    for sentence in complaints:
        st.warning(sentence, icon=":material/broken_image:")
    if not found:
        st.info("There are no checkpoints here.", icon=":material/folder_off:")
        return
    rows = [
        {
            "name": one.name,
            "kind": one.config["kind"],
            "attention": one.config.get("attention") or "-",
            "looks": looks_label(one.config).removeprefix("looks ") or "-",
            "parameters": one.config["parameters"],
            "MB": one.bytes / 1e6,
            "trained on": str(one.config.get("data") or "-"),
            "licence": str(one.config.get("licence") or "-"),
            "sha256": one.config["sha256"],
        }
        for one in found
    ]
    chosen = st.dataframe(
        rows, hide_index=True, key=key("models table"), on_select="rerun", selection_mode="single-row-required",
        column_config={
            "MB": st.column_config.NumberColumn(format="%.1f"),
            "parameters": st.column_config.NumberColumn(format="localized"),
            "sha256": st.column_config.TextColumn(width="small"),
            **whole_names(pd.DataFrame(rows), "name", "kind", "looks", "licence"),
        },
        height=36 * (len(rows) + 1) + 2,
        alt=f"{len(rows)} checkpoints with their sizes, data and licences; a click on a row opens its card.",
    )  # fmt: skip
    picked = chosen.selection.rows
    one = found[picked[0] if picked and picked[0] < len(found) else 0]
    if command := one.config.get("command"):
        st.markdown(f"**{one.name}** was trained by")
        st.code(str(command), language=None, wrap_lines=True)
    card = one.path / checkpoints.CARD
    if card.is_file() and card.stat().st_size < 100_000:
        with st.container(border=True, key="card"):
            st.markdown(_without_links(card.read_text(encoding="utf-8", errors="replace")), anchors=False)


def _without_links(card: str) -> str:
    """A model card as the page shows it: its headings no larger than its text, its links to files as text."""
    text = re.sub(r"\[([^\]]*)\]\((?!https?:)[^)]*\)", r"\1", card)
    text = re.sub(r"<!--.*?-->", "", text)
    return re.sub(r"^#+ (.*)$", r"**\1**", text, flags=re.MULTILINE)


def show_speeds() -> None:
    """What the benchmarks measured."""
    speeds = zoo.read_speeds()
    if not speeds:
        st.info("Speeds were not measured yet. This measures them, on an idle machine:", icon=":material/speed:")
        st.code("python -m benchmarks.photos\npython -m benchmarks.stories\npython -m benchmarks.load", language=None)
        return
    rows = [
        {
            "what": one.what,
            "model": one.name.partition(", ")[2] or "-",
            "measured": float(written(one.measured, 2)),
            "we want": one.target,
            "reached": "✓ yes" if one.met else "not yet",
            "date": one.date,
        }
        for one in speeds
    ]
    widths = whole_names(pd.DataFrame(rows), "what", "model", "we want", "reached")
    chosen = st.dataframe(
        rows, hide_index=True, key=key("speeds table"), on_select="rerun", selection_mode="single-row-required",
        column_config=widths | {"measured": st.column_config.NumberColumn(format="%.2f")},
        height=36 * (len(rows) + 1) + 2,
        alt="; ".join(f"{one.what}: {written(one.measured, 2)}, {one.target}" for one in speeds),
    )  # fmt: skip
    picked = chosen.selection.rows
    one = speeds[picked[0] if picked and picked[0] < len(speeds) else 0]
    st.code(one.command, language=None, wrap_lines=True)
    st.caption(f"On {one.processor}. Ratios are within one run, so that they say something about other machines, too.")
