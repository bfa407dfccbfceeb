"""The decoding explorer: a photo, a sentence, and where the model looked before each of its words.

Stepping from word to word happens in the browser (``core.stepper``). The server is asked for a caption when photo,
model or settings change, and for two charts when the viewer settles on a word. The finished example is shown before
any model has loaded.
"""

import base64
import hashlib

import streamlit as st
from PIL import Image

from core import examples, figures, gallery, stepper
from core.captioning.photo import PhotoError, encode_jpeg, open_photo
from core.trace import CaptionTrace

MODELS = {
    "none": "No attention: the photo's mean, the same at every word, so there is nowhere to look.",
    "soft": "Soft attention: all cells at once, each by its weight. The weights are the heat.",
    "hard": "Hard attention: one cell, framed. The heat behind it is the distribution it was chosen from.",
}
METHODS = {
    "greedy": "always the likeliest next word",
    "beam": "the likeliest sentence among the few kept at every step",
    "sample": "each word drawn by its probability",
}
OWN = "yours"  # the button of an uploaded photo, after those of the gallery
MAX_UPLOAD = 30  # MB

ABOUT = """
**The heat.** Before each word the model spreads 100 % of its attention over the 14 × 14 cells of the photo. The
hotter a cell, the larger its share; the brightest colour is the word's largest share, written beside the scale.

**The entropy** says how widely it looked, in bits: 0 for a single cell, 7.61 for an even look at all 196.

**Not an explanation.** The heat shows where the model looked, not why it chose the word. Much of a sentence comes from
the words before it, and quite different heat can lead to the same word.
"""

# A button of the gallery is named by its label, which the link carries, and shows a picture of our own encoding. On a
# phone the controls draw together, so that the photo is on the first screen.
STYLE = """
.st-key-photo button {
  position: relative; flex: none; width: 5.2rem; height: 3.5rem; padding: 0; border-width: 2px; border-radius: 0.6rem;
  background-size: cover; background-position: center;
}
.st-key-photo button p { position: absolute; opacity: 0; }
@media (max-width: 640px) {
  .st-key-tagline { display: none; }
  .st-key-head { gap: 0.5rem; }
  .st-key-head h1 { font-size: 1.7rem; }
  .st-key-settings { gap: 0.25rem 0.75rem; }
  .st-key-settings button { padding-inline: 0.5rem; }
}
"""


# --- what is kept between reruns ----------------------------------------------------------------------------


@st.cache_resource(show_spinner=False)
def load_studio():
    from core.captioning.studio import Studio

    return Studio()


@st.cache_resource(show_spinner=False)
def load_example() -> examples.Example:
    return examples.read_example()


@st.cache_resource(show_spinner=False)
def register_stepper():
    return st.components.v2.component("glimpse_stepper", **stepper.assets())


@st.cache_data(max_entries=16, show_spinner=False)
def encode(photo_id: str, _photo: Image.Image):
    """The grid (1, 196, 1280) of one photo: one encoder pass, whatever models and settings follow."""
    return load_studio().encode([_photo])


@st.cache_data(max_entries=256, show_spinner=False)
def caption(photo_id: str, model: str, settings: tuple, _photo: Image.Image) -> CaptionTrace:
    from core.captioning.decoding import Settings

    return load_studio().caption(encode(photo_id, _photo), model, Settings(**dict(settings)))[0]


@st.cache_data(max_entries=32, show_spinner=False)
def draw(view_id: str, _photo: Image.Image, _trace: CaptionTrace, _alt: str) -> tuple[dict, list[bytes]]:
    """What the browser is sent of a view: the stepper's payload, and the film strip's panels as JPEG files."""
    panels = [encode_jpeg(panel) for panel in figures.panels(_photo, _trace)]
    return stepper.payload(_photo, _trace, _alt, view_id), panels


@st.cache_data(max_entries=64, show_spinner=False)
def thumbnail(photo_id: str, _photo: Image.Image) -> str:
    """A small JPEG as a data URL."""
    return f"data:image/jpeg;base64,{base64.b64encode(encode_jpeg(gallery.thumbnail(_photo))).decode('ascii')}"


# --- photo, model, settings ---------------------------------------------------------------------------------


def take_photo(key: str) -> None:
    """A new upload or camera picture: show it if it is a photo, else keep what is shown and say why."""
    file = st.session_state[key]
    st.session_state.pop("photo_error", None)
    if file is None:
        return
    data = file.getvalue()
    try:
        st.session_state[OWN] = (hashlib.sha256(data).hexdigest(), open_photo(data))
        st.session_state["photo"] = OWN
    except PhotoError as error:
        st.session_state["photo_error"] = str(error)


def show_head() -> None:
    """Title, the viewer's own photo, and what the page is about."""
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title("Glimpse", anchor=False, width="content")
        with st.container(key="tagline", width="stretch"):
            st.markdown("A sentence for a photo, and where the model looked before each word")
        with st.popover("Your photo", icon=":material/add_a_photo:", key="own_photo"):
            st.file_uploader(
                "Upload a photo", ["jpg", "jpeg", "png", "webp", "gif", "tif", "tiff"], key="upload",
                max_upload_size=MAX_UPLOAD, on_change=take_photo, args=("upload",),
            )  # fmt: skip
            if st.toggle("Use the camera", key="use_camera"):
                st.camera_input("Take a photo", key="camera", on_change=take_photo, args=("camera",))
            st.caption("It stays with the machine that runs this app and is forgotten when you leave.")
        with st.popover("About", icon=":material/help:", key="about"):
            st.markdown(ABOUT)
    if "photo_error" in st.session_state:
        st.error(st.session_state["photo_error"], icon=":material/broken_image:")


def choose_photo() -> tuple[str, Image.Image, str, str]:
    """The gallery; returns the photo's id for the caches, the photo, its alt text, its title and credit."""
    photos = {id: (id, gallery.load(id)) for id in gallery.GALLERY}
    if OWN in st.session_state:
        photos[OWN] = st.session_state[OWN]
    faces = (
        f".st-key-photo button:nth-of-type({n}) {{ background-image: url({thumbnail(id, photo)}) }}"
        for n, (id, photo) in enumerate(photos.values(), start=1)
    )
    st.html(f"<style>{STYLE}{''.join(faces)}</style>")
    chosen = st.pills(
        "Photo", list(photos), default=example.photo, required=True, key="photo", bind="query-params", wrap=False,
        label_visibility="collapsed",
    )  # fmt: skip
    photo_id, photo = photos[chosen]
    if chosen == OWN:
        return photo_id, photo, "Your photo", "Your photo."
    picture = gallery.GALLERY[chosen]
    return photo_id, photo, picture.alt, f"{picture.title}. {picture.credit}."


def choose_settings() -> tuple[str, dict]:
    """The controls of model and decoding; returns the model's name and fields of ``Settings``."""
    default = example.settings
    with st.container(horizontal=True, gap="medium", key="settings"):
        model = st.segmented_control(
            "Attention", list(MODELS), default="soft", required=True, key="model", bind="query-params",
            help="\n".join(f"- {text}" for text in MODELS.values()),
        )  # fmt: skip
        method = st.segmented_control(
            "Words chosen by", list(METHODS), default=default["method"], required=True, key="method",
            bind="query-params", help="\n".join(f"- **{name}**: {text}" for name, text in METHODS.items()),
        )  # fmt: skip
        settings = {"method": method}
        if method == "beam":
            settings["beam"] = st.slider(
                "Beam width", 1, 10, default["beam"], key="beam", bind="query-params", width=190
            )
        if method == "sample":
            settings["temperature"] = st.slider(
                "Temperature", 0.1, 2.0, default["temperature"], 0.1, key="temperature", bind="query-params", width=190,
                help="Below 1 the likeliest words are favoured, above 1 the others get more of a chance.",
            )  # fmt: skip
        if model == "hard":
            settings["glimpse"] = st.segmented_control(
                "Cell", ["likely", "sampled"], default=default["glimpse"], required=True, key="glimpse",
                bind="query-params", help="Look at the likeliest cell, or draw one from the distribution.",
            )  # fmt: skip
        if method == "sample" or settings.get("glimpse") == "sampled":
            settings["seed"] = st.number_input(
                "Seed", 0, 9999, default["seed"], key="seed", bind="query-params", width=130
            )
    return model, settings


def find_trace(photo_id: str, photo: Image.Image, model: str, settings: dict) -> CaptionTrace:
    """The example's trace where that is what is asked for, else the model's own; a sentence if there is no model."""
    if photo_id == example.photo and model in example.traces and settings.items() <= example.settings.items():
        return example.traces[model]
    try:
        with st.spinner("Looking at the photo …"):
            return caption(photo_id, model, tuple(sorted(settings.items())), photo)
    except ValueError as error:
        from core.checkpoints import CheckpointError  # here, because it brings torch along

        if not isinstance(error, CheckpointError):
            raise
        st.error(str(error), icon=":material/error:")
        st.stop()


# --- the page -----------------------------------------------------------------------------------------------


@st.fragment(key="charts")
def show_charts(trace: CaptionTrace, view_id: str) -> None:
    """The chosen word in numbers; runs again by itself when the viewer settles on another word."""
    chosen = st.session_state["stepper"].get("chosen")
    n = chosen["word"] if chosen and chosen["id"] == view_id else figures.sharpest(trace)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(f"In place of “{trace.words[n]}”", anchor=False)
        st.caption("The ten likeliest words here, given the words before. A beam may pass over the likeliest.")
        st.plotly_chart(
            figures.candidates_chart(trace.steps[n]), key="candidates", alt=figures.candidates_alt(trace.steps[n]),
            config={"displayModeBar": False},
        )  # fmt: skip
    with right:
        st.subheader("How widely it looked", anchor=False)
        st.caption("Entropy of the attention: 0 bits is one cell; every further bit means twice as many cells.")
        st.plotly_chart(
            figures.entropy_chart(trace, n), key="entropy", alt=figures.entropy_alt(trace),
            config={"displayModeBar": False},
        )  # fmt: skip


def show_film_strip(panels: list[bytes], trace: CaptionTrace, photo: Image.Image) -> None:
    """Every word with its heat, and both to take away."""
    st.subheader("The whole sentence", anchor=False)
    with st.container(horizontal=True, gap="small", key="strip"):
        for panel, step in zip(panels, trace.steps, strict=True):
            alt = f"Before “{step.word}” the model looks at {figures.describe_look(step, trace.attention)}."
            st.image(panel, step.word, width=168, alt=alt)
    with st.container(horizontal=True):
        st.download_button(
            "Film strip", lambda: figures.png(figures.film_strip(photo, trace)), "glimpse.png", "image/png",
            icon=":material/image:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Trace", trace.to_json, "glimpse.json", "application/json", icon=":material/data_object:", on_click="ignore"
        )


example = load_example()
show_head()
photo_id, photo, alt, credit = choose_photo()
model, settings = choose_settings()
trace = find_trace(photo_id, photo, model, settings)

view_id = hashlib.sha256(repr((photo_id, model, settings)).encode()).hexdigest()[:16]
payload, panels = draw(view_id, photo, trace, alt)
register_stepper()(key="stepper", data=payload, on_chosen_change=lambda: st.rerun("charts"))
st.caption(f"{MODELS.get(trace.attention, '')} It shows where the model looked, not why it chose the word.  \n{credit}")

if trace.steps:
    show_charts(trace, view_id)
    show_film_strip(panels, trace, photo)
else:
    st.info("The model ended the sentence before its first word.", icon=":material/notes:")
