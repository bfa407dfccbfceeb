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
        Picture("climbers", "In the High Tatras", "jQuery UI's authors, CC0, from jQuery UI",
                "Three climbers with helmets and backpacks on a rocky ridge, one of them sitting", "climbers.jpg"),
        Picture("dachshund", "A dachshund", "Jack Moore, MIT, from Colorbox",
                "Black and tan dachshund standing on dry grass, looking aside", "dachshund.jpg"),
        Picture("kitchen", "A kitchen", "Massachusetts Institute of Technology, CC BY-SA 3.0, from Scratch",
                "Kitchen with a cooker, a dishwasher and a sink below wooden cupboards and shelves", "kitchen.jpg"),
        Picture("horse", "On Cumberland Island", "Jack Moore, MIT, from Colorbox",
                "Woman with a backpack looking at a horse on a wide beach, in black and white", "horse.jpg"),
        Picture("train", "A train in a town", "Joao Eriberto Mota Filho, CC BY-SA 4.0, from forensics-samples",
                "Train in a cutting between two streets with parked cars and high buildings, from above", "train.jpg"),
        Picture("pancakes", "Pancakes", "Skitterphoto, CC0, from KDE Plasma",
                "High stack of pancakes on a white plate on a grey table", "pancakes.jpg"),
        Picture("tourist", "Taking a photo", "CC0, from WordPress (Twenty Twenty-Four)",
                "Woman from behind, in a denim shirt, photographing a building with columns", "tourist.jpg"),
        Picture("otters", "River otters", "Derrick Coetzee, CC0, from Budgie Backgrounds",
                "Otter lying on a bank, and another swimming in the water behind it", "otters.jpg"),
        Picture("stadium", "A baseball field", "Massachusetts Institute of Technology, CC BY-SA 3.0, from Scratch",
                "Empty baseball field before the full stands of a stadium", "stadium.jpg"),
        Picture("river", "On the Ohoopee", "Jack Moore, MIT, from Colorbox",
                "Man in a white shirt emptying a net at the edge of a river, trees behind him", "river.jpg"),
        Picture("drum", "A drum and a bottle of wine", "Jakub Mede, CC BY 4.0, from Lomiri Wallpapers",
                "Room with a drum on a beanbag before a low table with a bottle and a glass of wine", "drum.jpg"),
        Picture("balloon", "A hot-air balloon", "Skitterphoto, CC0, from KDE Plasma",
                "Hot-air balloon of many colours before white clouds and a blue sky", "balloon.jpg"),
        Picture("stairs", "A spiral staircase", "CC0, from WordPress (Twenty Twenty-Four)",
                "Woman in an orange top going down a wooden spiral staircase, from above", "stairs.jpg"),
        Picture("drink", "A drink on the beach", "Public Domain Pictures, CC0, from KDE Plasma",
                "Glass with a red drink and a straw on white sand before a blue sea", "drink.jpg"),
        Picture("spaniels", "Two friends", "Aitzol Berasategi, CC BY 4.0, from Lomiri Wallpapers",
                "Two brown spaniels looking out of a window of a wooden house", "spaniels.jpg"),
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
