"""A tour as a handout: with the captions' film strips, as the models that are here make them."""

import io

from PIL import Image

from core import exports, tour
from core.captioning import gallery
from core.exports import handout
from core.exports.handout import Picture
from core.tour import Tour
from core.views import street
from pages.parts.tour_photo import captioned

SIDE = 1400  # pixels of a strip's longer side


def tours() -> dict[str, Tour]:
    """The tours that can be read; the Learn page says what is wrong with the others."""
    return tour.read_tours(complain=lambda error: None)


def make_handout(chosen: Tour, answers: bool, address: str = "") -> bytes:
    """The handout of a tour; ``address``: where the class opens the app, empty where that is not known."""
    pictures = {}
    for n, step in enumerate(chosen.steps):
        if step.exhibit == "street":
            pictures[n] = Picture(street.drawing(), "image/svg+xml", street.ALT)
        elif step.exhibit == "caption":
            try:
                pictures[n] = _film_strip(str(step.settings["photo"]), str(step.settings["model"]))
            except ValueError:  # without the model a handout without its picture
                continue
    return handout.tour_handout(chosen, answers, pictures, address=address)


def _film_strip(photo_id: str, model: str) -> Picture:
    trace = captioned(photo_id, model)
    strip = Image.open(io.BytesIO(exports.film_strip_png(gallery.load(photo_id), trace))).convert("RGB")
    strip.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    strip.save(out, "JPEG", quality=85)
    alt = f"{gallery.GALLERY[photo_id].alt}, under the heat before each word of “{trace.caption}”"
    return Picture(out.getvalue(), "image/jpeg", alt)
