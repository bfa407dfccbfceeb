"""A class at one server, over the app's own protocol: nobody sees an error or another's photo."""

import asyncio

import pytest

from benchmarks.load import Class, entered, is_shown, own_photo, rush
from benchmarks.visitor import Visitor
from pages.parts.waiting import in_words

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


def test_a_page_is_drawn_whatever_its_address_says(server):
    async def ask(page: str, query: str):
        async with Visitor(server[1]) as visitor:
            return await visitor.open(page, query)

    for page in ("", "compare", "stories", "learn", "results", "teach"):
        shown = asyncio.run(
            ask(page, "photo=..%2F..%2Fetc&model=%00&beam=1e999&story=%F0%9F&edits=%7B%7D&step=-1&word=x")
        )
        assert shown.failures == []


def test_the_place_in_the_queue_is_told_in_words():
    assert [in_words(n) for n in (0, 1, 12)] == [
        "It is your turn.",
        "One request of another visitor comes first.",
        "12 requests of others come first.",
    ]
