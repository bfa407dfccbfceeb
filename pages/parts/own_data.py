"""Watch it learn, fourth tab: a training on the visitor's own photos with captions, or stories.

It is the command line's ``train``, a process of its own (``core.training.background``): data are chosen, looked at
before any training, and learnt from while the visitor may leave; the address finds the run again.
"""

import atexit
import shutil
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core import checkpoints
from core.captioning.registry import DEFAULT, FIRST
from core.data.errors import DataError
from core.data.unpacking import MAX_BYTES, MAX_FILES, unpack
from core.memory.registry import DEFAULT as NETWORK
from core.memory.registry import recipes
from core.training.background import BusyError, Trainings
from core.training.commands import PhotoWish, StoryWish
from core.views.text import escape_markdown
from pages.parts.address import linked, one_of, required, write
from pages.parts.options import options
from pages.parts.own_data_run import show_run
from pages.parts.state import OwnDataState, key, state

MAX_UPLOAD = 200  # MB
KINDS = ["Photos with captions", "Stories"]
ANEW = {False: "from ours", True: "anew"}
ZIP = "in a zip of mine"
EPOCHS = [1, 2, 4, 8, 16, 32]
ABOUT = {
    "Photos with captions": "A zip of photos and one file of captions: a CSV with the columns image and caption, "
    "Karpathy’s or COCO’s JSON, Flickr8k’s token file, or imagefolder’s metadata.",
    "Stories": "A zip of text files, each a task, written as bAbI’s are: numbered sentences, and questions with the "
    "answer behind a tab, and behind another the numbers of the sentences that it rests on.",
}
OFF = """
Train a captioner on your own photos and captions, or a memory network on your own stories: the data are checked first,
and the training goes on in the background. On this server that is switched off. Who starts it can allow it, and says in
which folder:

```sh
python -m streamlit run app.py -- --training trainings
```

Without a page, `python -m core train photos` and `train stories` do the same; with `--check` they only look at the
data.
"""


@st.cache_resource(show_spinner=False)
def load_trainings(home: str) -> Trainings:
    trainings = Trainings(Path(home))
    atexit.register(trainings.close)
    return trainings


def show_own_data() -> None:
    home = options().training
    if home is None:
        st.markdown(OFF)
        return
    trainings = load_trainings(str(home))
    _take_up(trainings)
    if state(OwnDataState).training is None:
        _choose(trainings)
    else:
        show_run(trainings)


def _take_up(trainings: Trainings) -> None:
    """The run that the address names, after a reload or from another device."""
    name, page = st.query_params.get("training", ""), state(OwnDataState)
    if not name or page.training is not None:
        return
    page.training = trainings.find(name)
    if page.training is None:
        write("training", [])
        st.toast("The training of this link is kept no longer.", icon=":material/link_off:")


def _choose(trainings: Trainings) -> None:
    """What is learnt from, and what is to learn it."""
    with linked("data", one_of(KINDS), KINDS[0]) as place:
        kind = required(st.segmented_control("Learn from", KINDS, required=True, key=place))
    source = _choose_source(kind)
    with st.container(horizontal=True, gap="medium", key="wish"):
        wish = _wish_photos() if kind == KINDS[0] else _wish_stories()
    if (
        st.button(
            "Check the data",
            type="primary",
            icon=":material/fact_check:",
            key=key("check_data"),
            disabled=source is None,
        )
        and source
    ):
        _begin(trainings, source, wish)
    if state(OwnDataState).problem:
        st.error(escape_markdown(state(OwnDataState).problem), icon=":material/error:")


def _choose_source(kind: str) -> UploadedFile | tuple[str, Path] | None:
    """A zip, or the name and the place of what the owner lets choose."""
    places = options().data
    if places:
        chosen = st.selectbox(
            "Where the data are", [ZIP, *places], key=key("place"), width=480,
            format_func=lambda name: name if name == ZIP else f"{name}, on this machine",
        )  # fmt: skip
        if chosen in places:
            return chosen, places[chosen]
    return st.file_uploader(
        ABOUT[kind], ["zip"], key=key("data_zip"), max_upload_size=MAX_UPLOAD,
        help=f"Up to {MAX_UPLOAD} MB; unpacked up to {MAX_FILES:,} files and {MAX_BYTES // 1_000_000:,} MB.",
    )  # fmt: skip


def _wish_photos() -> PhotoWish:
    captioners = st.pills(
        "Attention", FIRST, selection_mode="multi", default=[DEFAULT], key=key("captioners"),
        help="soft-free is soft attention whose looks are never taught by boxes.",
    )  # fmt: skip
    anew = required(
        st.segmented_control(
            "Begin",
            list(ANEW),
            format_func=ANEW.__getitem__,
            default=False,
            required=True,
            key=key("anew"),
            help="- **from ours**: the captioners know how to write, and keep the words that they know\n"
            "- **anew**: they learn the words of your captions, and nothing else; for many captions",
        )  # fmt: skip
    )
    epochs = st.select_slider("Epochs", EPOCHS, 4, key=key("epochs"), width=200, help="Passes over all captions.")
    return PhotoWish(tuple(captioners), anew, epochs)


def _wish_stories() -> StoryWish:
    names = [name for name, entry in recipes().items() if not entry.generated]
    networks = st.pills(
        "Networks", names, selection_mode="multi", default=[NETWORK], key=key("networks"),
        help="Those called memn2n learn from the answers alone, the others also from the sentences that answers rest "
        "on. The -only are blind baselines.",
    )  # fmt: skip
    return StoryWish(tuple(networks))


def _begin(trainings: Trainings, source: UploadedFile | tuple[str, Path], wish: PhotoWish | StoryWish) -> None:
    page, folder = state(OwnDataState), None
    page.problem = ""
    try:
        trainings.refuse_if_busy()
        folder = trainings.new_folder()
        if isinstance(source, tuple):
            about, place = source
        else:
            with st.spinner("Unpacking …"):
                about, place = source.name, unpack(source, folder / "data")
        arguments = wish.arguments(place, checkpoints.ROOT) if isinstance(wish, PhotoWish) else wish.arguments(place)
        page.training = trainings.check(folder, arguments, place, about, wish.in_words())
    except (DataError, BusyError, OSError) as error:
        page.problem = (
            f"The folder of trainings cannot be used: {error.strerror}." if isinstance(error, OSError) else str(error)
        )
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        return
    write("training", [page.training.name])
    st.rerun()
