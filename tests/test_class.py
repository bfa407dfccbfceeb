"""A class at one server, over the app's own protocol: nobody sees an error or another's photo."""

import asyncio
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.load import Class, entered, is_shown, own_photo, rush
from benchmarks.visitor import Visitor

pytestmark = pytest.mark.browser  # the app's server, and the machine to itself


def test_everybody_sees_their_own_photo_and_nobody_an_error(server):
    met = Class()
    asyncio.run(rush(server[1], 8, lambda n: n, met))
    assert met.failures == []
    assert len(met.waits) == 8


def test_two_photos_of_one_file_name_are_two_photos(server):
    async def ask() -> list[list[bool]]:
        seen = []
        for number in (100, 101):
            async with entered(server[1]) as (visitor, place):
                await visitor.upload(place, "photo.jpg", own_photo(number))
                shown = await visitor.open("")
                seen.append([is_shown(shown, own_photo(other)) for other in (100, 101)])
        return seen

    assert asyncio.run(ask()) == [[True, False], [False, True]]


def test_what_is_no_photo_is_refused_in_a_sentence_and_the_page_stays(server):
    async def ask():
        async with entered(server[1]) as (visitor, place):
            await visitor.upload(place, "photo.jpg", b"\xff\xd8\xff this was never a photo")
            return await visitor.open("")

    shown = asyncio.run(ask())
    assert shown.failures == []
    assert len(shown.texts()) == 1
    assert shown.payload("explore.player")["photos"]


FOLDER = Path(__file__).resolve().parent.parent / "pages"
PAGES = ["", "no such page", *sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "explore")]
# All that any page reads from its address, as the pages themselves name it; what a story's link says is read in core.
NAMED = re.compile(r"""(?:linked|write|tabs|query_params\.get(?:_all)?)\(\s*["']([\w ]+)["']""")
SOURCES = [path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py")]
OF_STORIES = ("story", "example", "question", "what")
PARAMETERS = sorted({*OF_STORIES, *(name for text in SOURCES for name in NAMED.findall(text))})
ODD = [
    "",
    "0",
    "-1",
    "1e999",
    "nan",
    "99999999999999999999",
    "\0",
    "<script>",
    "../..",
    "é🎈",
    "a,b,,c",
    "soft",
    "{}",
    "[[",
    "w0.x",
]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(PAGES),
    st.dictionaries(st.sampled_from(PARAMETERS), st.one_of(st.sampled_from(ODD), st.text(max_size=30)), max_size=6),
)
def test_a_page_is_drawn_whatever_its_address_says(server, page, address):
    async def ask():
        async with Visitor(server[1]) as visitor:
            return await visitor.open(page, urlencode({k: v.encode("utf-8", "replace") for k, v in address.items()}))

    shown = asyncio.run(ask())
    assert shown.failures == []
    assert any(element.WhichOneof("type") == "heading" for element in shown.elements)
