"""Compare, third tab: hard attention is a gamble. Many drawn paths, the captions they lead to, and the soft map."""

import streamlit as st
from PIL import Image

from core import exports
from core.captioning import comparison, gallery, sampled_paths
from core.captioning.photo import encode_jpeg
from core.captioning.sampled_paths import SampledPaths
from core.captioning.settings import Decisions, Settings
from core.exports.names import stem
from core.trace import CaptionTrace
from core.views import figures
from pages.parts.address import linked, number_in, one_of
from pages.parts.download import download
from pages.parts.loaders import caption, caption_turns, checkpoint_of, encode, load_caption_service, load_captioners
from pages.parts.state import key
from pages.parts.waiting import working

SHOWN = 8  # captions in the list


@st.cache_resource(max_entries=8, show_spinner=False)
def _draw(photo_id: str, model: str, count: int, seed: int, _photo: Image.Image) -> SampledPaths:
    return sampled_paths.draw_paths(load_caption_service(), encode(photo_id, _photo, model), model, count, seed)


@st.cache_data(max_entries=8, show_spinner=False, scope="session")
def _picture(asked: tuple[str, str, int, int], sentence: str, _photo: Image.Image, _drawn: SampledPaths) -> bytes:
    return encode_jpeg(figures.paths_over(_photo, _drawn.paths, _drawn.captions[sentence]))


def show_hard_paths(photo_id: str, photo: Image.Image, alt: str, credit: str) -> None:
    configs = load_captioners()
    hard, soft = ([name for name, one in configs.items() if one.get("attention") == of] for of in ("hard", "soft"))
    if not hard:
        st.info("There is no model with hard attention in checkpoints/.", icon=":material/casino:")
        return
    with st.container(horizontal=True, gap="medium", key="gamble settings", vertical_alignment="bottom"):
        model = hard[0]
        if len(hard) > 1:
            with linked("hard", one_of(hard), model) as place:
                model = st.selectbox("Hard model", hard, key=place, width=180)
        with linked("paths", number_in(1, sampled_paths.MAX_PATHS), 20) as place:
            count = st.slider(
                "Paths", 1, sampled_paths.MAX_PATHS, key=place, width=260,
                help="How often the sentence is written anew, each time with other cells.",
            )  # fmt: skip
        with linked("first", number_in(0, 9999), 0) as place:
            seed = st.number_input(
                "First seed", 0, 9999, key=place, width=130,
                help="The number that the dice begin with: the same one draws the same paths again.",
            )  # fmt: skip
        # By default one that came to its looks in the same way, so that only the attention differs.
        alike = [name for name in soft if configs[name].get("looks") == configs[model].get("looks")]
        rival = next(iter([*alike, *soft]), None)
        if rival and len(soft) > 1:
            with linked("rival", one_of(soft), rival) as place:
                rival = st.selectbox(
                    "Compared with", soft, key=place, width=180,
                    help="A model with soft attention, which looks at all cells at once, each by its weight.",
                )  # fmt: skip
    try:
        with working("Drawing …", caption_turns):
            drawn = _draw(photo_id, model, count, seed, photo)
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return
    left, right = st.columns([1.15, 1], gap="large")
    with right:
        sentence = _show_captions(drawn)
    with left:
        marked = len(drawn.captions[sentence])
        picture = _picture((photo_id, model, count, seed), sentence, photo, drawn)
        st.image(
            picture, width="stretch",
            alt=f"{alt}. Over it the paths of {count} drawn sentences, from cell to cell; {marked} of them stand out.",
        )  # fmt: skip
        st.caption(f"A line a sentence, from its first glimpse, the large dot, to its last.  \n{credit}")
    maps = _rival_maps(photo_id, photo, alt, drawn, rival)
    _offer(photo_id, drawn, seed, {f"The paths of “{sentence}”": picture} | maps, credit)


def _rival_maps(
    photo_id: str, photo: Image.Image, alt: str, drawn: SampledPaths, rival: str | None
) -> dict[str, bytes]:
    """Show where the paths looked beside where a soft model looks; what each picture shows -> JPEG."""
    words = next(iter(drawn.captions)).split()
    if not (rival and words):
        return {}
    try:
        with working("Looking at the photo …", caption_turns):
            said = caption(photo_id, photo, rival, Settings(), Decisions.caption(words))
    except ValueError as error:  # it may not know all of the words
        st.warning(f"{rival} cannot say the commonest sentence. {error}", icon=":material/dictionary:")
        return {}
    return _show_maps(photo, alt, drawn, said)


def _offer(photo_id: str, drawn: SampledPaths, seed: int, pictures: dict[str, bytes], credit: str) -> None:
    """Downloads: every path as a table and as data, and a page with the pictures (what each shows -> JPEG)."""
    model = drawn.paths[0].model
    known = photo_id in gallery.GALLERY
    name = stem([photo_id if known else "photo", model, "paths"])

    weights = checkpoint_of(model)  # here: a download is made outside of the visit

    def page() -> bytes:
        notes = [f"Only the cells are drawn, from seed {seed} on; the words are always the likeliest.", credit]
        return exports.paths_html(drawn, "Hard is a gamble", pictures, notes)

    def data() -> bytes:
        return exports.paths_json(drawn, seed, photo_id if known else credit, weights)

    with st.container(horizontal=True, key="take_away"):
        what = "A line a path: its seed, its sentence, its cells."
        download("Table (CSV)", lambda: exports.paths_csv(drawn, seed), f"{name}.csv", what)
        download("Paths", data, f"{name}.json", "Every path word by word, with the seeds that make it again.")
        what = "The sentences and the pictures; opens in any browser, without the network."
        download("Page", page, f"{name}.html", what)


def _show_captions(drawn: SampledPaths) -> str:
    count = len(drawn.paths)
    st.subheader("Where the dice led", anchor=False)
    kinds = len(drawn.captions)
    st.markdown(
        f"{count} {'path' if count == 1 else 'paths'}, {kinds} {'sentence' if kinds == 1 else 'different sentences'}. "
        "Only the cells are drawn; the words are always the likeliest."
    )
    shown = list(drawn.captions)[:SHOWN]
    sentence = st.radio(
        "Sentences", shown, key=key("sentence of paths"), label_visibility="collapsed",
        format_func=lambda text: f"{len(drawn.captions.get(text, ()))} × {text or '(no words)'}",
    )  # fmt: skip
    if len(drawn.captions) > SHOWN:
        rest = sum(len(numbers) for numbers in list(drawn.captions.values())[SHOWN:])
        st.caption(f"And {len(drawn.captions) - SHOWN} more, {rest} paths together.")
    return sentence if sentence in drawn.captions else shown[0]


def _show_maps(photo: Image.Image, alt: str, drawn: SampledPaths, soft: CaptionTrace) -> dict[str, bytes]:
    ratio = photo.width / photo.height
    looks = [step for path in drawn.paths for step in path.steps]
    maps = {
        "Where the paths looked": drawn.cloud,
        "What they were drawn from": comparison.mean_look(looks),
        f"Where {soft.model} looks for the commonest sentence": comparison.mean_look(soft.steps),
    }
    st.subheader("The cloud and the soft map", anchor=False)
    pictures = {name: encode_jpeg(figures.map_over(photo, weights)) for name, weights in maps.items()}
    for column, (name, jpeg) in zip(st.columns(3, gap="medium"), pictures.items(), strict=True):
        with column:
            st.image(jpeg, name, width="stretch", alt=f"{alt}. {name}.")
    cloud, might, map_ = (weights.tolist() for weights in maps.values())
    one, other = comparison.apart(cloud, map_, ratio), comparison.apart(might, map_, ratio)
    st.markdown(
        f"The cloud and the soft map are **{one.divergence:.2f} bits** apart, their centres {one.distance:.0f} % of "
        f"the photo's width. A cloud of few glimpses is ragged; the distributions that they were drawn from are "
        f"{other.divergence:.2f} bits from the soft map."
    )
    return pictures
