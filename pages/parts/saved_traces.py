"""Compare, fifth tab: traces that were taken away come back into the player, up to four beside each other."""

import streamlit as st
from PIL import Image

from core import exports
from core.captioning import gallery
from core.captioning.interventions import blank_out
from core.exports import SavedTrace
from core.views import figures, player
from core.views.text import escape_markdown
from pages.parts.choosers import MOST
from pages.parts.loaders import checkpoint_of
from pages.parts.own_photos import own_photo
from pages.parts.photo_view import mount
from pages.parts.state import PhotoView, Shared, fingerprint, key, state

MAX_UPLOAD = 32  # MB
GROUND = (128, 124, 120)  # in place of a photo that is not here
SIDE, NARROWEST = 800, 0.1  # pixels of that ground; its width over its height and the other way round at least


def show_saved_traces(view: PhotoView) -> None:
    """Whatever is in the files: none of it is believed before it was checked."""
    files = st.file_uploader(
        "Saved traces", ["json"], accept_multiple_files=True, key=key("saved"), max_upload_size=MAX_UPLOAD,
        help="What “Trace” below a caption saves, or “Traces” below a sentence that several models say.",
    )  # fmt: skip
    found: list[tuple[str, SavedTrace]] = []
    for file in files:
        try:
            found += [(file.name, saved) for saved in exports.read_traces_json(file.getvalue())]
        except exports.SavedTraceError as error:
            st.warning(f"{escape_markdown(file.name)}: {error}", icon=":material/draft:")
    if not found:
        st.info("A trace holds every look of a caption. Open one to step through it again.", icon=":material/history:")
        return
    if len(found) > MOST:
        st.caption(f"The first {MOST} of {len(found)} captions are shown.")
    shown = found[:MOST]
    photos: dict[object, Image.Image] = {}  # by what they are of, so that views of one photo share it
    views = []
    for _, saved in shown:
        of = (saved.photo, saved.blank)
        if of not in photos:
            photos[of] = _photo(saved) or _ground(saved)
        views.append(
            player.View(
                photos[of], saved.trace, saved.photo.name, title=saved.trace.model,
                about=saved.photo.name if len(shown) > 1 else "", chosen=tuple(saved.words), confined=saved.gazes,
            )
        )  # fmt: skip
    traces = [saved.trace for _, saved in shown]
    mount(view, player.caption_payload(views, fingerprint("saved", traces), link=True), traces)
    for name, saved in shown:
        _tell(name, saved)


def _photo(saved: SavedTrace) -> Image.Image | None:
    """The photo itself, where it is here: of the gallery, or the visitor's own."""
    photo = None
    if saved.photo.gallery in gallery.GALLERY:
        photo = gallery.load(saved.photo.gallery or "")
    for own in state(Shared).photos.values():
        if own.sha256 == saved.photo.sha256:
            _, photo = own_photo(own)
    return photo and blank_out(photo, saved.blank, saved.trace.grid)


def _ground(saved: SavedTrace) -> Image.Image:
    ratio = min(1 / NARROWEST, max(NARROWEST, saved.photo.width / saved.photo.height))
    size = (SIDE, round(SIDE / ratio)) if ratio > 1 else (round(SIDE * ratio), SIDE)
    return Image.new("RGB", size, GROUND)


def _tell(name: str, saved: SavedTrace) -> None:
    """What the file says of itself, as text."""
    trace, photo = saved.trace, saved.photo
    st.markdown(f"**{escape_markdown(name)}**: {escape_markdown(trace.caption)}")
    if doubt := figures.describe_distance(photo.distance):
        st.warning(doubt, icon=":material/question_mark:")
    told = [f"Photo: {photo.name}", photo.credit]
    if _photo(saved) is None:
        told.append("The photo is not in the file: give it under “Your photo” to see it below the heat")
    weights = checkpoint_of(trace.model)
    if weights and saved.checkpoint:
        same = weights == saved.checkpoint
        told.append(f"Written by the {trace.model} that is here" if same else f"Written by another {trace.model}")
    told.append(", ".join(f"{setting} {value}" for setting, value in saved.settings.items()))
    words = [f"“{word}” as word {step + 1}" for step, word in saved.words.items()]
    words += [f"not “{word}” as word {step + 1}" for step, without in saved.forbidden.items() for word in without]
    told.append(f"Decided: {', '.join(words)}" if words else "")
    st.caption("  \n".join(f"{escape_markdown(text.rstrip('.'))}." for text in told if text))
