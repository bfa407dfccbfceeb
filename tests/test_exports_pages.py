"""Pages and tables to take away: what is in them, that text stays text, and that nothing is fetched."""

import csv
import datetime
import io
import json
import re
import tomllib
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from made_traces import ODD, SENTENCE, caption, noise

from core import exports
from core.captioning.photo import encode_jpeg
from core.captioning.settings import Settings
from core.views import player
from core.views.player import View

REPOSITORY = Path(__file__).resolve().parent.parent


# --- the standalone page --------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a browser would make of a page: its tags with their attributes, and the text in each element."""

    def __init__(self, data: bytes):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(data.decode("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "img", "path", "input"):
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data):
        if self._open:
            self.texts[self._open[-1]][-1] += data

    @property
    def policy(self) -> str:
        return next(a["content"] for tag, a in self.tags if a.get("http-equiv") == "Content-Security-Policy")


def page_of(words: Sequence[str], title: str = "A dog", **more) -> Page:
    return Page(exports.standalone_html([View(noise(60, 40), caption(words), "A dog")], title, **more))


def test_the_page_holds_the_players_own_data_and_says_where_it_comes_from():
    trace, photo = caption(["a", "dog"]), noise(60, 40)
    page = Page(exports.standalone_html(
        [View(photo, trace, "A dog")], "My dog", doubt="It may be a guess.", credit="Ann, CC0",
        checkpoints={"soft": "0123456789abcdef" * 4},
        settings=Settings(), date=datetime.date(2026, 11, 22),
    ))  # fmt: skip
    data = json.loads(page.texts["script"][0])
    assert (
        data["views"] == json.loads(json.dumps(player.caption_payload([View(photo, trace, "A dog")], "page")))["views"]
    )
    assert page.texts["title"][0] == page.texts["h1"][0] == "My dog"
    notes = " ".join(page.texts["p"])
    for said in (
        "It may be a guess.",
        "not an explanation",
        "Ann, CC0",
        "soft (weights 0123456789ab",
        "22 November 2026",
        "a dog",
    ):
        assert said in notes


def test_odd_words_stay_text_in_the_page():
    page = page_of(ODD, title="</title><script>alert(2)</script>", credit="<img src=x onerror=alert(3)>")
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
    words = [step["word"] for step in json.loads(page.texts["script"][0])["views"][0]["steps"]]
    assert words[:4] == ODD[:4] and page.texts["title"][0] == "</title><script>alert(2)</script>"


def test_the_page_fetches_nothing_and_may_not():
    page = page_of(["a", "dog"])
    sources = [a[name] for _, a in page.tags for name in ("src", "href") if a.get(name)]
    assert all(source.startswith("data:") for source in sources)
    assert "default-src 'none'" in page.policy and "script-src 'sha256-" in page.policy
    styles = " ".join(page.texts["style"])
    assert "url(" not in styles and "@import" not in styles and "http" not in styles


def test_the_page_gives_the_player_every_colour_and_font_that_it_asks_for():
    """And they are the app's."""
    assets, style = player.assets("photo"), (REPOSITORY / "core/exports/page.css").read_text()
    wanted = set(re.findall(r"--st-[a-z-]+", assets["css"] + assets["js"] + assets["html"]))
    given = re.findall(r"(--st-[a-z-]+): ([^;]+);", style)
    assert wanted and wanted <= {name for name, _ in given}
    theme = tomllib.loads((REPOSITORY / ".streamlit/config.toml").read_text())["theme"]
    for part in ("light", "dark"):
        for name, colour in theme[part].items():
            variable = "--st-" + re.sub("[A-Z]", lambda m: f"-{m[0].lower()}", name)
            assert (variable, colour.lower()) in given


def test_an_empty_caption_has_its_page_too():
    assert json.loads(page_of([]).texts["script"][0])["views"][0]["steps"] == []


def test_a_trace_is_the_same_after_the_journey_through_a_page():
    """The page's weights are rounded; nothing else of what the model did is changed."""
    trace = caption(SENTENCE, "hard")
    page = Page(exports.standalone_html([View(noise(60, 40), trace, "")], "x"))
    (view,) = json.loads(page.texts["script"][0])["views"]
    for step, sent in zip(trace.steps, view["steps"], strict=True):
        assert (sent["word"], tuple(sent["glimpse"])) == (step.word, step.glimpse)
        assert np.reshape(sent["alpha"], (14, 14)) == pytest.approx(np.array(step.alpha), abs=1e-6)


# --- many photos ----------------------------------------------------------------------------------------------------


def rows() -> list[exports.Row]:
    jpeg = encode_jpeg(noise(90, 60))
    scores = {"soft": {"BLEU-4": 21.26, "METEOR": None}}
    return [
        exports.Row("b.jpg", jpeg, {"none": "a dog", "soft": "a “dog”, running"}, scores),
        exports.Row("=cmd|' /C calc'!A0", jpeg, {"none": "+1", "soft": "-2", "hard": "@x"}),
        exports.Row("<b>&\ud800.jpg", b"", {}, problem="This is not a photo."),
    ]


def test_report_csv_reads_back_without_formulas():
    text = exports.report_csv(rows()).decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(text))
    assert head == ["photo", "none", "soft", "hard", "soft BLEU-4", "soft METEOR", "problem"]
    assert lines[0] == ["b.jpg", "a dog", "a “dog”, running", "", "21.26", "", ""]
    assert lines[1][:4] == ["'=cmd|' /C calc'!A0", "'+1", "'-2", "'@x"]
    assert lines[2][0] == "<b>&�.jpg" and lines[2][-1] == "This is not a photo."
    for start in "=+-@\t\r\n＝＋－＠":
        cell = list(
            csv.reader(io.StringIO(exports.report_csv([exports.Row(f"{start}x", b"", {})]).decode("utf-8-sig")))
        )
        assert cell[1][0][0] == "'"


def test_report_html_shows_every_photo_and_stays_within_its_policy():
    totals = {"none": {"CIDEr": 47.8}, "soft": {"CIDEr": 50.84, "METEOR": None}}
    page = Page(exports.report_html(rows(), "My <photos>", totals, datetime.date(2026, 11, 22)))
    assert page.texts["title"] == ["My <photos>"]
    images = [a["src"] for tag, a in page.tags if tag == "img"]
    assert len(images) == 2 and all(source.startswith("data:image/jpeg;base64,") for source in images)
    cells = page.texts["td"]
    assert "a “dog”, running" in cells and "@x" in cells and "This is not a photo." in cells
    assert {"47.8", "50.8", "-"} <= set(cells) and page.texts["small"] == ["BLEU-4 21.3, METEOR -"]
    assert not {"script", "b"} & {tag for tag, _ in page.tags}
    assert "default-src 'none'" in page.policy and "script-src" not in page.policy
    assert "3 photos, 22 November 2026." in " ".join(page.texts["p"])


def test_a_report_says_what_people_wrote_what_doubt_there_is_and_on_how_many_photos_it_rests():
    told = [
        exports.Row("a.jpg", b"", {"soft": "a dog"}, references=("a <b>cat</b>", "=two"), doubt="A guess."),
        exports.Row("b.jpg", b"", {"soft": "a man"}),
    ]
    head, first, second = csv.reader(io.StringIO(exports.report_csv(told).decode("utf-8-sig")))
    assert head == ["photo", "soft", "captions by people", "doubt", "problem"]
    assert first[2:4] == ["a <b>cat</b> | =two", "A guess."] and second[2:4] == ["", ""]
    totals = {"soft": {"CIDEr": 47.8}}
    page = Page(exports.report_html(told, totals=totals, basis="1 of 2 photos", about=["Only the <worst>."]))
    assert page.texts["caption"] == ["Over 1 of 2 photos, times 100"] and "Only the <worst>." in page.texts["p"]
    assert page.texts["small"] == ["a <b>cat</b>", "=two"] and "A guess." in page.texts["span"]
    assert "People wrote" in page.texts["th"] and "b" not in {tag for tag, _ in page.tags}
    assert "Over all 2 photos, times 100" in Page(exports.report_html(told, totals=totals)).texts["caption"]


@pytest.mark.parametrize("empty", [[], [exports.Row("a.jpg", b"", {})]], ids=["no rows", "no captions"])
def test_reports_of_next_to_nothing(empty):
    assert exports.report_csv(empty) and b"<table" in exports.report_html(empty)
