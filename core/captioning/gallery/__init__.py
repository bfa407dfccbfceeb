"""The gallery: photos that anybody may pass on (``photos/CREDITS.md``), and pictures that we draw."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageOps

from core.captioning.gallery import drawings
from core.captioning.photo import open_photo

PHOTOS = Path(__file__).parent / "photos"
THUMBNAIL = (176, 120)  # pixels: shown at half that size, so sharp on a dense screen


@dataclass(frozen=True)
class Picture:
    """One picture of the gallery.

    Attributes:
        id: its name in links and on its button.
        credit: who made it, and under which licence.
        alt: what is on it, for those who cannot see it.
        source: a file in :data:`PHOTOS`, or the function that draws it.
    """

    id: str
    title: str
    credit: str
    alt: str
    source: str | Callable[[], Image.Image]


_DRAWN = "drawn by this project, MIT"

GALLERY: dict[str, Picture] = {
    picture.id: picture
    for picture in (
        Picture("cat", "Chelsea the cat", "Stéfan van der Walt, CC0, from scikit-image",
                "Close-up of a ginger tabby cat's face, ears up, looking past the camera", "cat.png"),
        Picture("astronaut", "Eileen Collins", "NASA, public domain, from scikit-image",
                "Smiling astronaut in an orange suit before a flag and a model of the space shuttle", "astronaut.png"),
        Picture("coffee", "A cup of coffee", "Rachel Michetti (Pikolo Espresso Bar), CC0, from scikit-image",
                "Cup of espresso on a saucer with a spoon, on a wooden table", "coffee.png"),
        Picture("motorcycle", "A motorcycle", "Middlebury 2014 stereo data set (Scharstein et al.), from scikit-image",
                "Red motorcycle parked in a workshop full of shelves and tools", "motorcycle.png"),
        Picture("rocket", "A rocket at dusk", "SpaceX, public domain, from scikit-image",
                "White rocket upright on its launch pad at dusk, between steel towers", "rocket.jpg"),
        Picture("ball", "A red ball", _DRAWN,
                "Drawing of a red ball on green grass under a blue sky", drawings.ball),
        Picture("house", "A house and a tree", _DRAWN,
                "Drawing of a small white house with a red roof beside a tree", drawings.house),
        Picture("boat", "A sailing boat", _DRAWN,
                "Drawing of a boat with white sails on a blue sea at sunset", drawings.boat),
    )
}  # fmt: skip


@cache
def load(id: str) -> Image.Image:
    """A gallery picture, upright RGB. Do not change it: every caller gets the same one.

    Raises:
        KeyError: there is no such picture.
    """
    source = GALLERY[id].source
    if callable(source):
        return source()
    return open_photo((PHOTOS / source).read_bytes())


def thumbnail(photo: Image.Image) -> Image.Image:
    """A small cut from the photo's middle, always of one size."""
    return ImageOps.fit(photo, THUMBNAIL, Image.Resampling.LANCZOS)
