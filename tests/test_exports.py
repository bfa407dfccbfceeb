"""The film strip and the animation show what the trace says, and the command line writes them where it is told to."""

import io
import json
import re
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from made_traces import ODD, SENTENCE, caption, noise
from PIL import Image
from tiny_models import save_tiny_models

from core import exports
from core.__main__ import main
from core.captioning import gallery
from core.captioning.settings import Settings
from core.views import figures

REPOSITORY = Path(__file__).resolve().parent.parent
SVG = "{http://www.w3.org/2000/svg}"
PHOTOS = [(60, 40), (300, 900), (1600, 300), (1, 700)]


# --- the film strip -------------------------------------------------------------------------------------------------


def test_film_strip_png_is_the_one_on_the_page():
    photo, trace = noise(90, 60), caption(SENTENCE)
    drawn = Image.open(io.BytesIO(exports.film_strip_png(photo, trace)))
    assert np.array_equal(drawn, figures.film_strip(photo, trace))


@pytest.mark.parametrize("size", PHOTOS)
@pytest.mark.parametrize("words", [[], ["motorcycle"], SENTENCE], ids=len)
def test_film_strip_svg_has_the_words_as_text_and_a_picture_each(size, words):
    svg = ElementTree.fromstring(exports.film_strip_svg(noise(*size), caption(words, "hard")))
    assert [text.text for text in svg.iter(f"{SVG}text")] == list(words)
    images = list(svg.iter(f"{SVG}image"))
    assert len(images) == 1 + len(words)
    width, height = (float(svg.get(side)) for side in ("width", "height"))
    for group, image in zip(svg.iter(f"{SVG}g"), images, strict=True):
        x, y = map(float, re.findall(r"[\d.]+", group.get("transform")))
        assert x + float(image.get("width")) <= width and y + float(image.get("height")) <= height
        jpeg = Image.open(io.BytesIO(b64decode(image.get("href").removeprefix("data:image/jpeg;base64,"))))
        assert jpeg.format == "JPEG"
    assert [g.find(f"{SVG}title").text.split("”")[0] for g in svg.iter(f"{SVG}g")][1:] == [
        f"Before “{w}" for w in words
    ]


def test_film_strip_svg_keeps_odd_words_as_text():
    svg = exports.film_strip_svg(noise(60, 40), caption(ODD)).decode("utf-8")
    texts = [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert texts == [*ODD[:4], "��", "two lines", *ODD[6:]]
    assert "<script" not in svg


def test_a_long_word_stays_under_its_panel():
    long = exports.film_strip_svg(noise(60, 120), caption(["a", "skateboarding-championship"]))
    sizes = {float(text.get("font-size")) for text in ElementTree.fromstring(long).iter(f"{SVG}text")}
    short = exports.film_strip_svg(noise(60, 120), caption(["a"]))
    (usual,) = (float(text.get("font-size")) for text in ElementTree.fromstring(short).iter(f"{SVG}text"))
    assert len(sizes) == 1 and max(sizes) < 0.6 * usual


# --- the animation --------------------------------------------------------------------------------------------------


def frames(gif: bytes) -> tuple[list[np.ndarray], list[int], Image.Image]:
    """Frames as RGBA, their times in milliseconds, and the file."""
    image = Image.open(io.BytesIO(gif))
    pictures, times = [], []
    for n in range(getattr(image, "n_frames", 1)):
        image.seek(n)
        pictures.append(np.asarray(image.convert("RGBA"), dtype=int))
        times.append(image.info.get("duration"))
    return pictures, times, image


def test_animation_shows_the_photo_then_each_word_then_the_sentence_for_ever():
    photo, words = gallery.load("ball"), ["a", "red", "ball"]
    pictures, times, gif = frames(exports.animation_gif(photo, caption(words)))
    assert len(pictures) == 1 + len(words) + 1 and gif.info["loop"] == 0
    assert times[-1] > times[1] >= 500
    height = round(gif.width * photo.height / photo.width)
    small = np.asarray(photo.resize((gif.width, height)), dtype=int)
    for n, picture in enumerate(pictures):
        off = abs(picture[:height, :, :3] - small)[: height // 10 * 10].reshape(height // 10, 10, -1, 10, 3)
        most = off.mean(axis=(1, 3, 4)).max()  # of the blocks of 10 x 10 pixels
        assert most < 15 if n in (0, len(words) + 1) else most > 40, f"frame {n} is {most:.0f} from the photo"
        assert (picture[..., 3] == 255).all()
    inked = [(picture[height:, :, :3].min(axis=2) < 120).sum() for picture in pictures]
    assert inked[0] == 0 and sorted(inked[:4]) == inked[:4] and len(set(inked[:4])) == 4


def test_animation_puts_the_heat_where_the_trace_has_it():
    trace = caption(["dog"])
    pictures, _, _ = frames(exports.animation_gif(Image.new("RGB", (280, 280), (60, 60, 60)), trace))
    rows = cells = 14
    side = pictures[0].shape[1]
    change = abs(pictures[1] - pictures[0])[:side].sum(axis=2)
    assert (np.array(np.unravel_index(change.argmax(), change.shape)) * cells // side == (0, 0)).all()
    trace = caption(["a"] * 6, "hard")
    row, column = trace.steps[5].glimpse
    pictures, _, _ = frames(exports.animation_gif(Image.new("RGB", (280, 280), (60, 60, 60)), trace))
    white = (pictures[6][:side, :, :3] >= 249).all(axis=2)
    ys, xs = np.nonzero(white)
    assert (ys.min() * rows // side, xs.min() * cells // side) == (row, column)
    assert (ys.max() * rows // side, xs.max() * cells // side) == (row, column)


def test_animation_holds_still_where_nothing_changes():
    pictures, _, _ = frames(exports.animation_gif(gallery.load("boat"), caption(["a", "boat"], "hard")))
    side = pictures[0].shape[0] // 2  # beneath the words' heat, which is in the upper half
    assert np.array_equal(pictures[0][:side], pictures[-1][:side])


@pytest.mark.parametrize(
    ("size", "words"), [((60, 40), []), ((300, 900), ["motorcycle"]), ((1600, 300), SENTENCE), ((1, 700), ODD)]
)
def test_animation_of_any_photo_and_any_caption(size, words):
    gif = exports.animation_gif(noise(*size), caption(words))
    pictures, _, image = frames(gif)
    assert len(gif) < 3_000_000 and len(pictures) == (len(words) + 2 if words else 1)
    assert 200 <= image.width <= 800 and all((picture[..., 3] == 255).all() for picture in pictures)


def test_animation_is_made_smaller_until_it_fits():
    gif = exports.animation_gif(noise(400, 300), caption(SENTENCE[:6]), max_bytes=150_000)
    assert 50_000 < len(gif) <= 150_000
    assert len(frames(gif)[0]) == 6 + 2


# --- the command line -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return save_tiny_models(tmp_path_factory.mktemp("exports") / "checkpoints")


@pytest.fixture
def run(root, capsys):
    def run(*arguments) -> tuple[int, list[str], list[str]]:
        code = main(["caption", *map(str, arguments), "--checkpoints", str(root)])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return run


@pytest.fixture
def photo(tmp_path):
    noise(60, 40).save(tmp_path / "my photo.png")
    return tmp_path / "my photo.png"


@pytest.mark.slow
def test_export_writes_a_file_a_model_and_one_page(run, photo, tmp_path):
    code, out, err = run(photo, "--model", "soft", "--model", "hard", "--export", tmp_path / "new" / "folder")
    assert code == 0 and len(out) == 3 and err == [f"9 files written to {tmp_path / 'new' / 'folder'}."]
    files = {path.name: path.read_bytes() for path in (tmp_path / "new" / "folder").iterdir()}
    kinds = ("png", "svg", "gif", "json")
    assert set(files) == {f"my photo-{m}.{kind}" for m in ("soft", "hard") for kind in kinds} | {"my photo.html"}
    saved = exports.read_trace_json(files["my photo-hard.json"])
    assert saved.trace.caption == out[2].split(maxsplit=1)[1] and saved.trace.attention == "hard"
    assert Settings(**saved.settings) == Settings() and saved.photo.name == "my photo.png"
    data = json.loads(re.search(rb'id="data">(.*?)</script>', files["my photo.html"])[1])
    assert [view["title"] for view in data["views"]] == ["soft", "hard"]
    assert Image.open(io.BytesIO(files["my photo-soft.gif"])).format == "GIF"


def test_export_overwrites_nothing_unless_told_to_and_then_says_so(run, photo, tmp_path):
    target = tmp_path / "out"
    assert run(photo, "--export", target, "--formats", "json,.SVG")[0] == 0
    (target / "my photo-soft.json").write_text("mine")
    code, out, err = run(photo, "--export", target, "--formats", "json")
    assert (code, out, len(err)) == (2, [], 1) and "my photo-soft.json" in err[0] and "--overwrite" in err[0]
    assert (target / "my photo-soft.json").read_text() == "mine"
    code, _, err = run(photo, "--export", target, "--formats", "json", "--overwrite")
    assert code == 0 and err == [f"1 file written to {target}; 1 replaced another."]
    exports.read_trace_json((target / "my photo-soft.json").read_bytes())


def test_photos_of_one_name_get_files_of_their_own(run, photo, tmp_path):
    other = tmp_path / "other" / "MY PHOTO.jpg"
    other.parent.mkdir()
    noise(50, 50).save(other)
    assert run(photo, other, photo, "--export", tmp_path / "out", "--formats", "json")[0] == 0
    assert sorted(path.name.lower() for path in (tmp_path / "out").iterdir()) == [
        "my photo-2-soft.json", "my photo-3-soft.json", "my photo-soft.json",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (["--export", "{photo}"], "my photo.png"),
        (["--export", "{photo}/inside"], "inside"),
        (["--export", "{out}", "--formats", "png,bmp"], "bmp"),
        (["--export", "{out}", "--formats", ","], "--formats"),
        (["--formats", "png"], "--export"),
        (["--overwrite"], "--export"),
    ],
)
def test_a_bad_target_is_one_sentence_and_exit_code_2(run, photo, tmp_path, arguments, about):
    code, out, err = run(photo, *(text.format(photo=photo, out=tmp_path / "out") for text in arguments))
    assert (code, out, len(err)) == (2, [], 1)
    assert about in err[0] and err[0].endswith(".")


def test_a_broken_photo_does_not_stop_the_export_of_the_rest(run, photo, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"no photo")
    code, out, err = run(tmp_path / "broken.jpg", photo, "--export", tmp_path / "out", "--formats", "json")
    assert code == 2 and len(out) == 1 and len(err) == 2 and "broken.jpg" in err[0]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["my photo-soft.json"]
    assert exports.read_trace_json((tmp_path / "out" / "my photo-soft.json").read_bytes()).photo.width == 60


def test_exports_need_no_torch():
    script = "import sys, core.exports; assert not {'torch', 'streamlit'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, check=True)
