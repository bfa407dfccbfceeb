"""Compare, fourth tab: up to fifty photos in a table, with scores where there are reference captions."""

import base64
import io

import pandas as pd
import streamlit as st
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core import exports
from core.captioning import album, gallery
from core.captioning.photo import encode_jpeg, open_photo
from core.captioning.settings import Settings
from core.views import player
from core.views.text import escape_markdown
from pages.parts.choosers import choose_models, choose_settings
from pages.parts.loaders import attention_kinds, label_of, load_caption_service
from pages.parts.photo_view import mount
from pages.parts.state import Captions, CompareState, Table, fingerprint, key, state

MAX_UPLOAD = 200  # MB a file: a zip of photos


def show_many_photos() -> None:
    left, right = st.columns(2, gap="large")
    with left:
        files = st.file_uploader(
            f"Up to {album.MAX_PHOTOS} photos, or a zip of them", accept_multiple_files=True,
            key=key("photos"), max_upload_size=MAX_UPLOAD,
        )  # fmt: skip
    with right:
        answers = st.file_uploader(
            "Captions by people, to score against (if you have them)", ["csv", "json"], key=key("references"),
            max_upload_size=MAX_UPLOAD, help="A CSV of photos and captions, or a data set in Karpathy's JSON.",
        )  # fmt: skip
    with st.container(horizontal=True, gap="medium", key="settings"):
        models = choose_models()
        settings = choose_settings(hard=any(attention_kinds()[model] == "hard" for model in models))
    given = [(file.name, file.file_id) for file in [*files, *([answers] if answers else [])]]
    asked, page = fingerprint(given, models, settings), state(CompareState)
    if st.button(
        "Caption them", type="primary", icon=":material/play_arrow:", key=key("caption_all"), disabled=not files
    ):
        page.table = _caption_all(asked, files, answers, models, settings) or page.table
    if page.table is None:
        return
    if page.table.asked != asked:
        st.caption("Files, models or settings have changed since. This is the table from before.")
    for note in page.table.notes:
        st.warning(escape_markdown(note), icon=":material/info:")
    _show_table(page.table)


def _caption_all(
    asked: str, files: list[UploadedFile], answers: UploadedFile | None, models: list[str], settings: Settings
) -> Table | None:
    """The table; None, and a sentence on the page, where the files cannot be used at all."""
    from core.captioning.stream import caption_stream

    notes: list[str] = []
    references: dict[str, list[str]] = {}
    bar = st.progress(0.0, "Reading the files …")
    try:
        opened = album.open_album([(file.name, file.getvalue()) for file in files])
        notes += opened.notes
        if answers is not None:
            references = album.read_references(answers.name, answers.getvalue())
        read = dict(opened.sources)
        rows: list[Captions] = []
        for outcome in caption_stream(load_caption_service(), opened.sources, models, settings, batch=4):
            jpeg = b"" if outcome.problem else encode_jpeg(open_photo(read[outcome.name]()), player.PHOTO_SIDE)
            rows.append(Captions(outcome.name, jpeg, outcome.traces, outcome.problem or ""))
            bar.progress(len(rows) / len(read), f"{len(rows)} of {len(read)} photos")
        rows += [Captions(name, b"", {}, reason) for name, reason in opened.left_out]
        captions = {row.name: {m: trace.caption for m, trace in row.traces.items()} for row in rows}
        scores: dict[str, dict[str, float | None]] = {}
        if references:
            for n, model in enumerate(models):
                bar.progress(n / len(models), f"Scoring {model} …")
                scores[model] = album.score_album(model, captions, references)
            missing = sum(1 for name, by_model in captions.items() if by_model and not references.get(name))
            if missing:
                notes.append(f"{missing} of the photos have no captions by people and are not in the scores.")
    except ValueError as error:  # DataError, CheckpointError: sentences for the person who gave the files
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return None
    finally:
        bar.empty()
    return Table(asked, rows, models, scores, notes)


def _show_table(done: Table) -> None:
    rows, models, scores = done.rows, done.models, done.scores
    if scores:
        st.subheader("Scores", anchor=False)
        st.dataframe(
            pd.DataFrame(scores).T.round(1),
            column_config={"_index": "model"},
            alt="Scores, a row a model",
            width="content",
        )
        alone = any(score["CIDEr"] is None for score in scores.values() if score)
        cider = "CIDEr needs several photos." if alone else "CIDEr depends on which photos these are."
        st.caption(f"Times 100, over the photos that have captions by people. {cider}")
    table = pd.DataFrame(
        {
            "": [_thumbnail(row.jpeg) for row in rows],
            "photo": [row.name for row in rows],
            **{m: [row.traces[m].caption if m in row.traces else row.problem for row in rows] for m in models},
        }
    )
    columns = {"": st.column_config.ImageColumn(width=80), "photo": st.column_config.TextColumn(width=170)}
    width = 930 // len(models)
    columns |= {model: st.column_config.TextColumn(width=width, help=label_of(model)) for model in models}
    event = st.dataframe(
        table, hide_index=True, key=key("table"), on_select="rerun", selection_mode="single-row", row_height=64,
        column_config=columns, alt="Captions, a row a photo",
    )  # fmt: skip
    report = [
        exports.Row(
            row.name,
            _small(row.jpeg) if row.jpeg else b"",
            {m: trace.caption for m, trace in row.traces.items()},
            problem=row.problem,
        )
        for row in rows
    ]
    with st.container(horizontal=True):
        st.download_button(
            "Table (CSV)", lambda: exports.report_csv(report), "glimpse.csv", "text/csv", icon=":material/table:",
            key=key("take_csv"),
            on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Report (page)", lambda: exports.report_html(report, totals=scores or None), "glimpse.html", "text/html",
            icon=":material/description:", on_click="ignore",
        )  # fmt: skip
    if not event.selection.rows:
        st.caption("Choose a row to step through its captions.")
        return
    row = rows[min(event.selection.rows[0], len(rows) - 1)]
    st.subheader(escape_markdown(row.name), anchor=False)
    if row.problem:
        st.warning(row.problem, icon=":material/broken_image:")
        return
    photo = Image.open(io.BytesIO(row.jpeg))
    views = [
        player.View(photo, trace, row.name, title=model, about=label_of(model), key=model)
        for model, trace in row.traces.items()
    ]
    payload = player.caption_payload(views, fingerprint(done.asked, row.name))
    mount(state(CompareState).view, payload, list(row.traces.values()))


@st.cache_data(max_entries=200, show_spinner=False)
def _small(jpeg: bytes) -> bytes:
    return encode_jpeg(gallery.thumbnail(Image.open(io.BytesIO(jpeg))))


def _thumbnail(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(_small(jpeg)).decode('ascii')}" if jpeg else ""
