"""Compare, fourth tab: up to fifty photos in a table, in any order, with scores where people wrote captions."""

import base64
import io
from typing import Any

import pandas as pd
import streamlit as st
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core import exports
from core.captioning import album, album_table, gallery
from core.captioning.album_table import AlbumRow
from core.captioning.photo import encode_jpeg, open_photo
from core.captioning.settings import Settings
from core.data.captions import name_some
from core.data.errors import DataError
from core.exports.tables import table_bytes, table_rows
from core.results.caption_metrics import EACH
from core.views import figures, player
from core.views.text import escape_markdown
from pages.parts.choosers import choose_models, choose_settings
from pages.parts.download import download
from pages.parts.loaders import attention_kinds, label_of, load_caption_service
from pages.parts.own_photos import take
from pages.parts.photo_tables import open_table, show_table_row
from pages.parts.photo_view import mount
from pages.parts.state import CompareState, Shared, Table, fingerprint, key, state

MAX_UPLOAD = 200  # MB a file: a zip of photos
ABOUT_SCORES = {
    "BLEU-4": "How many runs of one to four words are also in what people wrote. Of one sentence almost 0 unless four "
    "words in a row are.",
    "CIDEr": "How much of what people wrote is in it, rare words counting most.",
}


def show_many_photos() -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.file_uploader(
            f"Up to {album.MAX_PHOTOS} photos, or a zip of them", accept_multiple_files=True,
            key=key("photos"), max_upload_size=MAX_UPLOAD, on_change=_keep_files, args=("photos",),
        )  # fmt: skip
        files = _kept_files("photos")
    with right:
        st.file_uploader(
            "Captions by people, to score against (if you have them)", album.REFERENCE_TYPES, key=key("references"),
            max_upload_size=MAX_UPLOAD, help="A table of photos and captions, JSON of Karpathy or COCO, or Flickr8k's.",
            on_change=_keep_files, args=("references",),
        )  # fmt: skip
        answers = next(iter(_kept_files("references")), None)
    with st.container(horizontal=True, gap="medium", key="settings"):
        models = choose_models()
        settings = choose_settings(hard=any(attention_kinds()[model] == "hard" for model in models))
    given = [(file.name, file.file_id) for file in [*files, *([answers] if answers else [])]]
    asked, page = fingerprint(given, models, settings), state(CompareState)
    if st.button(
        "Caption them", type="primary", icon=":material/play_arrow:", key=key("caption_all"), disabled=not files
    ):
        page.table = _caption_all(asked, files, answers, models, settings) or page.table
    open_table(files)
    if page.table is None:
        return
    if page.table.file:
        st.caption(f"Opened from {escape_markdown(page.table.file)}.")
    elif page.table.asked != asked:
        st.caption("Files, models or settings have changed since. This is the table from before.")
    for note in page.table.notes:
        st.warning(escape_markdown(note), icon=":material/info:")
    _show_scores(page.table)
    _show_table(page.table, files)


def _keep_files(name: str) -> None:
    """Streamlit forgets the files of an uploader as soon as another tab is looked at; they are kept here."""
    given = st.session_state[key(name)]
    state(CompareState).files[name] = given if isinstance(given, list) else [given] if given else []


def _kept_files(name: str) -> list[UploadedFile]:
    files = state(CompareState).files.get(name, [])
    if files and not st.session_state[key(name)]:
        names = ", ".join(escape_markdown(file.name) for file in files[:3]) + (", …" if len(files) > 3 else "")
        st.caption(f"Still here from before: {names}. What is given now takes their place.")
    return files


def _caption_all(
    asked: str, files: list[UploadedFile], answers: UploadedFile | None, models: list[str], settings: Settings
) -> Table | None:
    """The table; None, and a sentence on the page, where the files cannot be used at all."""
    from core.captioning.stream import Captioned, caption_stream

    notes: list[str] = []
    references: dict[str, list[str]] = {}
    bar = st.progress(0.0, "Reading the files …")
    try:
        opened = album.open_album([(file.name, file.getvalue()) for file in files])
        notes += opened.notes
        if answers is not None:
            references, said = album.read_references(answers.name, answers.getvalue())
            notes += said
            if alike := references.keys() & opened.alike:
                references = {name: own for name, own in references.items() if name not in alike}
                notes.append(f"Of several photos called {name_some(alike)} it cannot be told whose captions those are.")
        read = dict(opened.sources)
        done: list[tuple[Captioned, bytes]] = []  # with the photo as the player shows it
        for outcome in caption_stream(load_caption_service(), opened.sources, models, settings, batch=4):
            jpeg = b"" if outcome.problem else encode_jpeg(open_photo(read[outcome.name]()), player.PHOTO_SIDE)
            done.append((outcome, jpeg))
            bar.progress(len(done) / len(read), f"{len(done)} of {len(read)} photos")
        captions = {one.name: {m: trace.caption for m, trace in one.traces.items()} for one, _ in done}
        scores: dict[str, dict[str, float | None]] = {}
        each: dict[str, dict[str, dict[str, float]]] = {}  # model -> photo -> scores
        if references:
            for n, model in enumerate(models):
                bar.progress(n / len(models), f"Scoring {model} …")
                scores[model], each[model] = album.score_album(model, captions, references)
            missing = sum(1 for name, by_model in captions.items() if by_model and not references.get(name))
            if missing:
                notes.append(f"{missing} of the photos have no captions by people and are not in the scores.")
    except ValueError as error:  # DataError, CheckpointError: sentences for the person who gave the files
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return None
    finally:
        bar.empty()
    rows = [
        AlbumRow(
            one.name, jpeg, one.traces, one.problem or "", one.distance, tuple(references.get(one.name, ())),
            {model: photos[one.name] for model, photos in each.items() if one.name in photos},
        )
        for one, jpeg in done
    ]  # fmt: skip
    rows += [AlbumRow(name, b"", {}, reason) for name, reason in opened.left_out]
    return Table(asked, rows, models, scores, notes)


def _basis(done: Table) -> str:
    """On which photos the scores rest."""
    scored, count = sum(bool(row.scores) for row in done.rows), len(done.rows)
    return f"{scored} of {count} {'photo' if count == 1 else 'photos'}"


def _show_scores(done: Table) -> None:
    if not any(done.scores.values()):
        return
    st.subheader("Scores", anchor=False)
    scores = pd.DataFrame(done.scores).T.dropna(axis=1, how="all")
    st.dataframe(
        scores,
        column_config={"_index": "model", **{s: st.column_config.NumberColumn(format="%.1f") for s in scores}},
        alt="Scores, a row a model",
        width="content",
    )
    st.caption(
        f"Times 100, over {_basis(done)}: those that have captions by people. CIDEr depends on which photos these are, "
        "and says nothing of a single one."
    )


def _arranged(rows: list[AlbumRow]) -> tuple[list[AlbumRow], str]:
    """The rows as the visitor wants them, and how that is, in words; empty for all of them as they came."""
    orders, choices = album_table.orders(rows), album_table.choices(rows)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="arranged"):
        order = st.selectbox(
            "Order", orders, key=key("order"), width=230,
            help="The worst have the lowest CIDEr against what people wrote. Models disagree where they share few "
            "words. A photo is doubtful where it is unlike those that the models learnt from.",
        ) or orders[0]  # fmt: skip
        only = "all"
        if len(choices) > 1:
            only = st.segmented_control("Only", choices, default="all", required=True, key=key("only"))
        word = st.text_input("With the word", key=key("word"), max_chars=40, width=180)
    told = (
        [order] * (order != "as given") + [f"only {only}"] * (only != "all") + [f"with “{word}”"] * bool(word.strip())
    )
    return album_table.arrange(rows, order, only, word), ", ".join(told)


def _show_table(done: Table, files: list[UploadedFile]) -> None:
    rows, how = _arranged(done.rows)
    if not rows:
        st.info("None of the photos is like that.", icon=":material/filter_alt_off:")
        return
    pictured = any(row.jpeg for row in rows)
    event = st.dataframe(
        _frame(rows, done.models), hide_index=True, key=key(f"table {how}"), on_select="rerun",
        row_height=64 if pictured else 40, selection_mode="single-row", placeholder="–",
        column_config=_columns(done.models, any(row.references for row in rows)),
        alt="Captions, a row a photo",
    )  # fmt: skip
    if how:
        st.caption(f"{len(rows)} of {len(done.rows)} photos: {how}.")
    _offer_reports(done, rows, how)
    if not event.selection.rows:
        st.caption("Choose a row to see more of it." if done.file else "Choose a row to step through its captions.")
        return
    _show_row(done, rows[min(event.selection.rows[0], len(rows) - 1)], files)


def _frame(rows: list[AlbumRow], models: list[str]) -> pd.DataFrame:
    columns: dict[str, list[object]] = {
        **({"": [_thumbnail(row.jpeg) for row in rows]} if any(row.jpeg for row in rows) else {}),
        "photo": [row.name for row in rows],
        **{m: [row.captions.get(m, row.problem) for row in rows] for m in models},
    }
    referenced = any(row.references for row in rows)
    if referenced:
        columns["people wrote"] = [" / ".join(row.references) for row in rows]
    if any(row.doubtful for row in rows):
        columns["doubt"] = [f"a guess ({row.distance:.1f})" if row.doubtful else "" for row in rows]
    if len(models) > 1:
        columns["disagreement"] = [None if row.disagreement is None else round(100 * row.disagreement) for row in rows]
    if referenced:
        for score in reversed(EACH):
            for model in models:
                columns[f"{model} {score}"] = [row.scores.get(model, {}).get(score) for row in rows]
    return pd.DataFrame(columns)


def _columns(models: list[str], referenced: bool) -> dict[str, Any]:
    width = max(230, 930 // (len(models) + referenced))
    return {
        "": st.column_config.ImageColumn(width=80),
        "photo": st.column_config.TextColumn(width=140),
        **{model: st.column_config.TextColumn(width=width, help=label_of(model)) for model in models},
        "people wrote": st.column_config.TextColumn(width=width),
        **{
            f"{model} {score}": st.column_config.NumberColumn(format="%.1f", width=100, help=ABOUT_SCORES[score])
            for model in models
            for score in EACH
        },
        "disagreement": st.column_config.ProgressColumn(
            format="%d %%", min_value=0, max_value=100, width=120,
            help="0 % where all models use the same words, 100 % where they share none.",
        ),
        "doubt": st.column_config.TextColumn(
            width=130, help="The photo is unlike those that the models learnt from: 19 in 20 of these stay below 1."
        ),
    }  # fmt: skip


def _offer_reports(done: Table, rows: list[AlbumRow], how: str) -> None:
    # Made here, for a download is made outside of the visit in which the small pictures are kept.
    small = [_small(row.jpeg) if row.jpeg else b"" for row in rows]

    def report() -> list[exports.Row]:
        return [
            exports.Row(
                row.name, jpeg, row.captions, row.scores, row.problem, row.references,
                figures.describe_distance(row.distance),
            )
            for row, jpeg in zip(rows, small, strict=True)
        ]  # fmt: skip

    def page() -> bytes:
        about = [f"{len(rows)} of {len(done.rows)} photos are shown: {how}."] if how else []
        totals = done.scores if any(done.scores.values()) else None
        return exports.report_html(report(), totals=totals, basis=_basis(done), about=[*about, *done.notes])

    with st.container(horizontal=True):
        download(
            "Table (CSV)", lambda: exports.report_csv(report()), "glimpse.csv", "The rows shown, with every score."
        )
        download(
            "Table (Parquet)", lambda: table_bytes(table_rows(rows)), "glimpse.parquet",
            "The rows shown, one a photo and model, as caption FOLDER --out writes them; opens here again.",
        )  # fmt: skip
        download("Report (page)", page, "glimpse.html", "The rows shown, with pictures and the scores.")


def _show_row(done: Table, row: AlbumRow, files: list[UploadedFile]) -> None:
    st.subheader(escape_markdown(row.name), anchor=False)
    if row.problem:
        st.warning(row.problem, icon=":material/broken_image:")
        return
    if doubt := figures.describe_distance(row.distance):
        st.warning(doubt, icon=":material/question_mark:")
    if not row.traces:
        show_table_row(row)
        return
    photo = Image.open(io.BytesIO(row.jpeg))  # one object, so that the views share it
    views = [
        player.View(photo, trace, row.name, title=model, about=label_of(model), key=model)
        for model, trace in row.traces.items()
    ]
    mount(
        state(CompareState).view, player.caption_payload(views, fingerprint(done.asked, row.name)),
        list(row.traces.values()),
    )  # fmt: skip
    if row.references:
        st.markdown("**People wrote**  \n" + "  \n".join(map(escape_markdown, row.references)))
    with st.container(horizontal=True):
        for model in row.traces:
            if st.button(f"Open {model} in Explore", icon=":material/visibility:", key=key(f"open {model}")):
                _open_in_explore(row, model, files)


def _open_in_explore(row: AlbumRow, model: str, files: list[UploadedFile]) -> None:
    """Make the photo the visitor's own and go there, with the settings of this page."""
    data = row.jpeg  # smaller than the file, which may be gone by now
    try:
        sources = album.open_album([(file.name, file.getvalue()) for file in files]).sources
        data = dict(sources)[row.name]()
    except (DataError, KeyError):
        pass
    take([data])
    shared = state(Shared)
    st.switch_page("pages/explore.py", query_params={**shared.address, "photo": [shared.chosen], "model": [model]})


@st.cache_data(max_entries=60, show_spinner=False, scope="session")
def _small(jpeg: bytes) -> bytes:
    return encode_jpeg(gallery.thumbnail(Image.open(io.BytesIO(jpeg))))


def _thumbnail(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(_small(jpeg)).decode('ascii')}" if jpeg else ""
