"""Compare, fourth tab: a table of captions that was written elsewhere, opened beside the photos that are here."""

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.captioning import album
from core.captioning.album_table import AlbumRow
from core.captioning.photo import PhotoError, encode_jpeg, open_photo
from core.data.errors import DataError
from core.exports.read_tables import MAX_BYTES, by_photo, read_table
from core.views import player
from core.views.text import escape_markdown
from pages.parts.state import CompareState, Table, key, state

MAX_SHOWN = 5_000  # photos of a table


def open_table(photos: list[UploadedFile]) -> None:
    """The place where a table is given; whatever it is is opened once."""
    with st.expander("Open a table of captions", icon=":material/table_view:"):
        st.file_uploader(
            "What `caption FOLDER --out` wrote, or Parquet taken from here", ["parquet", "csv", "jsonl"],
            key=key("opened"), max_upload_size=MAX_BYTES // 1_000_000, on_change=_open, args=(photos,),
            help=f"The first {MAX_SHOWN:,} photos of it are shown; pictures stand beside those that are given above.",
        )  # fmt: skip
    if state(CompareState).problem:
        st.error(escape_markdown(state(CompareState).problem), icon=":material/error:")


def _open(photos: list[UploadedFile]) -> None:
    page, file = state(CompareState), st.session_state[key("opened")]
    page.problem = ""
    if file is None:
        return
    try:
        found = by_photo(file.name, read_table(file.name, file.getvalue()))
    except DataError as error:
        page.problem = str(error)
        return
    faces = _faces(photos, [one.name for one in found])
    rows = [
        AlbumRow(
            one.name, faces.get(one.name, b""), {}, "" if one.captions else one.problem,
            one.distance, said=one.captions,
        )
        for one in found[:MAX_SHOWN]
    ]  # fmt: skip
    models = list(dict.fromkeys(model for row in rows for model in row.captions))
    notes = [f"The first {MAX_SHOWN:,} of {len(found):,} photos are shown."] if len(found) > MAX_SHOWN else []
    page.table = Table(file.file_id, rows, models, {}, notes, file.name)


def _faces(photos: list[UploadedFile], names: list[str]) -> dict[str, bytes]:
    """Of the photos in a table those that are given beside it, at the size that is shown."""
    faces: dict[str, bytes] = {}
    try:
        opened = album.open_album([(file.name, file.getvalue()) for file in photos])
    except DataError:  # no photo is given
        return faces
    read = dict(opened.sources)
    for photo, name in album.found_in(opened, names).items():
        try:
            faces[name] = encode_jpeg(open_photo(read[photo]()), player.PHOTO_SIDE)
        except (DataError, PhotoError):
            continue
    return faces


def show_table_row(row: AlbumRow) -> None:
    """One photo of an opened table: what each model said of it."""
    left, right = st.columns([1, 2], gap="large") if row.jpeg else (None, st.container())
    if left:
        left.image(row.jpeg, alt=f"The photo {row.name}")
    right.table(pd.DataFrame({"caption": row.captions}))
    right.caption("A table holds no looks. Give the photo above and caption it here to step through them.")
