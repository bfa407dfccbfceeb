"""Foreign names on their way to a terminal."""

import pytest

from core.data.printable import printable


@pytest.mark.parametrize(
    "text",
    ["a photo.jpg", "käse.png", "漢字.jpg", "Screenshot 9.41\u202fAM.png", "👩\u200d🚀.jpg", "می\u200cخواهم", ""],
)
def test_names_of_all_languages_stay(text):
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines", "two\\nlines"),
        ("\r\t\x0b\x0c", "\\r\\t\\x0b\\x0c"),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("\x9b31m\x85\x7f\0", "\\x9b31m\\x85\\x7f\\x00"),
        ("gpj.\u202egnp", "gpj.\\u202egnp"),
        ("\u2028\u2029\u2066", "\\u2028\\u2029\\u2066"),
        ("ph\udcffto", "ph\\udcffto"),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(text, shown):
    assert printable(text) == shown


def test_nothing_that_breaks_a_line_is_left():
    everything = "".join(map(chr, range(0x3000)))
    assert len(printable(everything).splitlines()) == 1
