"""The compare page without a browser: several models on one photo, one sentence for all, drawn paths, many photos."""

import io
import json
import shutil
import zipfile

import pytest
from app_file import components
from PIL import Image
from streamlit.testing.v1 import AppTest
from tiny_models import save_tiny_models

from core.captioning.service import CaptionService
from core.captioning.streaming.log import Row
from core.exports.tables import table_bytes, table_rows

OWN, SAME, PATHS, MANY = "Own words", "The same sentence", "Hard is a gamble", "Many photos"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return save_tiny_models(tmp_path_factory.mktemp("compare") / "checkpoints", ending=-8)


@pytest.fixture
def open_page(root, open_app, monkeypatch):
    """Open the compare page as by a link with these parameters."""
    monkeypatch.setattr("core.checkpoints.ROOT", root)

    def open_page(tab: str = OWN, **link) -> AppTest:
        return open_app("compare", **{"compare": tab, "photo": "ball", **link})

    return open_page


def shown(page: AppTest) -> dict:
    """What the browser's player was given."""
    assert not page.exception
    (component,) = components(page)
    return json.loads(component.proto.json)


def sentences(page: AppTest) -> dict[str, list[str]]:
    return {view["title"]: [step["word"] for step in view["steps"]] for view in shown(page)["views"]}


def ask(page: AppTest, model: str, **change) -> AppTest:
    """What the player sends when the viewer asks for a what-if in a model's view."""
    key = next(view["key"] for view in shown(page)["views"] if view["key"].endswith(f":{model}"))
    page.session_state["state of CompareState"].view.change = {"id": shown(page)["id"], "view": key, **change}
    return page.run()


def jpeg(color: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), color).save(out, "JPEG")
    return out.getvalue()


def test_models_stand_side_by_side_on_one_encoder_pass(open_page, monkeypatch):
    passes = []
    encode = CaptionService.encode
    monkeypatch.setattr(CaptionService, "encode", lambda self, *seen: passes.append(1) or encode(self, *seen))
    page = open_page()
    assert list(sentences(page)) == ["none", "soft", "hard"] and len(passes) == 1
    page.pills(key="compare.models").set_value(["hard", "soft"]).run()
    assert list(sentences(page)) == ["soft", "hard"] and len(passes) == 1


def test_one_model_is_too_few(open_page):
    page = open_page(models=["soft"])
    assert not page.exception and "two to four" in page.info[0].value and not components(page)


def test_a_word_is_one_models_and_a_blanked_part_everybodys(open_page):
    page = open_page()
    before = sentences(page)
    word = next(w for w, _, _ in shown(page)["views"][2]["steps"][0]["candidates"] if w != before["hard"][0])
    ask(page, "hard", kind="word", step=0, word=word)
    assert sentences(page)["hard"][0] == word
    assert {model: sentences(page)[model] for model in ("none", "soft")} == {
        model: before[model] for model in ("none", "soft")
    }
    ask(page, "soft", kind="blank", step=0, cells=list(range(60)))
    assert sentences(page)["hard"][0] == word and len(shown(page)["photos"]) == 1
    page.segmented_control(key="compare.beside").set_value("original").run()
    assert len(shown(page)["views"]) == 6 and shown(page)["per_row"] == 3 and len(shown(page)["photos"]) == 2
    page.button(key="compare.undo").click().run()
    page.button(key="compare.undo").click().run()
    assert sentences(page) == before


def test_tabs_that_are_not_open_compute_nothing(open_page, monkeypatch):
    calls = []
    monkeypatch.setattr(CaptionService, "caption", lambda *_, **__: calls.append(1))
    monkeypatch.setattr(CaptionService, "encode", lambda *_: calls.append(1))
    page = open_page(MANY)
    assert not page.exception and not calls and not components(page)


def test_all_models_say_the_same_sentence(open_page):
    page = open_page(SAME, sentence="A dog sits on the grass!")
    assert set(map(tuple, sentences(page).values())) == {("a", "dog", "sits", "on", "the", "grass")}
    assert shown(page)["together"] and len(shown(page)["between"]) == 6
    assert all(len(lines) == 3 for lines in shown(page)["between"])
    assert len(page.get("plotly_chart")) == 2 and not page.dataframe
    page.text_input(key="compare.sentence").set_value("two men").run()
    assert "“men”" in page.warning[0].value and not components(page)
    own = page.pills(key="compare.own sentence").options[0]
    page.pills(key="compare.own sentence").set_value(own).run()
    assert page.text_input(key="compare.sentence").value == own and not page.warning


@pytest.mark.parametrize("sentence", ["…", "a " * 60, "zebra <b>x</b> *y*", "\x00"])
def test_sentences_that_cannot_be_said_are_answered_in_a_sentence(open_page, sentence):
    page = open_page(SAME)
    page.text_input(key="compare.sentence").set_value(sentence).run()
    assert not page.exception and (page.warning or page.info) and not components(page)


def test_paths_are_drawn_and_counted(open_page):
    page = open_page(PATHS, paths="7")
    assert not page.exception
    counts = [int(option.split(" × ")[0]) for option in page.radio(key="compare.sentence of paths").options]
    assert counts == sorted(counts, reverse=True) and sum(counts) <= 7
    assert "7 paths" in next(text.value for text in page.markdown if "paths" in text.value)
    assert any("bits** apart" in text.value for text in page.markdown)
    assert len(page.image) == 4 and all(image.proto.imgs[0].alt for image in page.image)
    again = open_page(PATHS, paths="7")
    assert again.radio(key="compare.sentence of paths").options == page.radio(key="compare.sentence of paths").options


def caption_all(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    page.file_uploader(key="compare.photos").upload(*files[0]) if len(files) == 1 else page.file_uploader(
        key="compare.photos"
    ).set_value(list(files))
    page.run()
    return page.button(key="compare.caption_all").click().run()


def test_a_zip_becomes_a_table_with_a_sentence_for_what_is_no_photo(open_page):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("in/a.jpg", jpeg())
        z.writestr("in/broken.jpg", b"not a photo")
    page = caption_all(open_page(MANY), ("some.zip", archive.getvalue()))
    assert not page.exception and not page.error
    (table,) = page.dataframe
    assert list(table.value["photo"]) == ["a.jpg", "broken.jpg"]
    assert all(table.value[model][0] for model in ("none", "soft", "hard"))
    assert "not a photo" in table.value["soft"][1]
    assert [button.proto.label for button in page.get("download_button")] == [
        "Table (CSV)", "Table (Parquet)", "Report (page)",
    ]  # fmt: skip


def test_what_is_left_out_of_a_zip_stands_in_the_table_with_its_reason(open_page):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("photo without an ending", jpeg())
        z.writestr("[notes](http://x.example).pdf", b"%PDF-1.7")
    page = caption_all(open_page(MANY), ("some.zip", archive.getvalue()))
    assert not page.exception and not page.error
    (table,) = page.dataframe
    assert list(table.value["photo"]) == ["photo without an ending", "x.example).pdf"]
    assert "PDF" in table.value["soft"][1]
    assert "x\\.example\\)\\.pdf" in page.warning[0].value  # as text, not as Markdown


def test_what_holds_no_photo_is_refused_in_a_sentence(open_page):
    page = caption_all(open_page(MANY), ("some.zip", b"PK nothing"))
    assert not page.exception and page.error[0].value.endswith(".") and not page.dataframe


def test_captions_by_people_add_scores(open_page):
    page = open_page(MANY, models=["soft", "hard"])
    references = b"image,caption\na.jpg,a dog sits on the grass\na.jpg,<b>two</b> dogs\n"
    page.file_uploader(key="compare.references").upload("r.csv", references).run()
    caption_all(page, ("a.jpg", jpeg()))
    scores, table = page.dataframe
    assert list(scores.value.index) == ["soft", "hard"] and scores.value["BLEU-1"].notna().all()
    assert "METEOR" not in scores.value  # no Java while somebody waits
    assert any("over 1 of 1 photo" in one.value for one in page.caption)
    (row,) = table.value.to_dict("records")
    assert row["photo"] == "a.jpg" and row["people wrote"] == "a dog sits on the grass / < b > two < / b > dogs"
    assert {"soft CIDEr", "hard BLEU-4", "disagreement"} <= set(row) and row["soft CIDEr"] is None


def test_a_table_is_opened_beside_its_photos_and_taken_away_again(open_page):
    rows = [
        Row("in/a.jpg", "none", "a *dog*", -2.0, 0.5, True, None),
        Row("in/a.jpg", "theirs", "a cat", -1.0, 0.5, True, None),
        Row("b.jpg", "none", "a man", -2.0, 1.5, False, None),
        Row("c.txt", None, None, None, None, None, "This is not a photo."),
    ]
    page = open_page(MANY)
    page.file_uploader(key="compare.photos").upload("a.jpg", jpeg()).run()
    page.file_uploader(key="compare.opened").upload("t.parquet", table_bytes(rows)).run()
    assert not page.exception and not page.error
    table = page.dataframe[-1].value
    assert list(table["photo"]) == ["in/a.jpg", "b.jpg", "c.txt"] and list(table["theirs"][:1]) == ["a cat"]
    assert table[""][0].startswith("data:image/jpeg") and not table[""][1] and "not a photo" in table["none"][2]
    assert list(table["doubt"]) == ["", "a guess (1.5)", ""] and table["disagreement"][0] == 67
    assert "t\\.parquet" in next(one.value for one in page.caption if "Opened from" in one.value)
    done = page.session_state["state of CompareState"].table
    assert [row._replace(log_prob=None) for row in rows] == list(table_rows(done.rows))
    page.file_uploader(key="compare.opened").set_value(("x.csv", b"name,text\na,b\n")).run()
    assert "no column photo" in page.error[0].value and not page.exception
    assert len(page.dataframe[-1].value) == 3  # what was open stays


def test_rows_are_put_in_order_and_left_out(open_page):
    page = open_page(MANY, models=["soft", "hard"])
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        for name, colour in (("a.jpg", "navy"), ("b.jpg", "white"), ("c.jpg", "red")):
            z.writestr(name, jpeg(colour))
        z.writestr("d.jpg", b"no photo")
    references = b"image,caption\na.jpg,zebras\nb.jpg,a dog on the grass\nc.jpg,a man\n"
    page.file_uploader(key="compare.references").upload("r.csv", references).run()
    caption_all(page, ("some.zip", archive.getvalue()))
    assert page.selectbox(key="compare.order").options[:3] == ["as given", "worst first", "most disagreement first"]
    page.selectbox(key="compare.order").set_value("worst first").run()
    table = page.dataframe[-1].value
    worth = table[["soft CIDEr", "hard CIDEr"]].mean(axis=1)
    assert list(worth.dropna()) == sorted(worth.dropna()) and table["photo"].iloc[-1] == "d.jpg"
    page.segmented_control(key="compare.only").set_value("not captioned").run()
    assert list(page.dataframe[-1].value["photo"]) == ["d.jpg"]
    assert any("1 of 4 photos: worst first, only not captioned" in one.value for one in page.caption)
    page.text_input(key="compare.word").set_value("zeb").run()
    assert any("None of the photos" in one.value for one in page.info)
    page.segmented_control(key="compare.only").set_value("all").run()
    assert list(page.dataframe[-1].value["photo"]) == ["a.jpg"] and not page.exception


def test_a_row_opens_in_explore_with_the_same_sentence(open_page):
    page = open_page(MANY, models=["soft", "hard"], beam="2")
    caption_all(page, ("a.jpg", jpeg()))
    said = page.dataframe[-1].value["hard"][0]
    page.session_state["compare.table "] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.run()
    page.button(key="compare.open hard").click().run()
    assert not page.exception
    shown = (one.proto.json for one in page.get("bidi_component"))
    (view,) = next(json.loads(text) for text in shown if "views" in text)["views"]
    assert " ".join(step["word"] for step in view["steps"]) == said
    assert page.segmented_control(key="explore.model").value == "hard" and page.slider(key="explore.beam").value == 2
    (own,) = (
        page.session_state["shared"].photos
        if "shared" in page.session_state
        else [page.pills(key="explore.photo").value]
    )
    assert page.pills(key="explore.photo").value == own and own.startswith("yours-")


def test_leaving_the_tab_of_many_photos_loses_nothing(open_page):
    page = open_page(MANY, models=["soft", "hard"])
    page.file_uploader(key="compare.references").upload("r.csv", b"image,caption\na.jpg,a dog\n").run()
    caption_all(page, ("a.jpg", jpeg()))
    before = page.dataframe[-1].value
    for tab in (OWN, MANY):
        page.session_state["compare.compare"] = tab
        page.run()
    assert not page.exception and page.dataframe[-1].value.equals(before)
    assert not page.button(key="compare.caption_all").disabled
    said = [text.value for text in page.caption]
    assert not any("have changed since" in text for text in said)
    assert sum("Still here from before" in text for text in said) == 2
    page.file_uploader(key="compare.photos").upload("b.jpg", jpeg("teal")).run()
    page.button(key="compare.caption_all").click().run()
    assert list(page.dataframe[-1].value["photo"]) == ["b.jpg"]


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
def test_a_damaged_model_is_left_out_with_the_reason(root, open_page, fresh_caches, tmp_path, monkeypatch, file):
    copy = tmp_path / "checkpoints"
    shutil.copytree(root, copy)
    page = open_page(models=["soft", "hard", "none"])
    monkeypatch.setattr("core.checkpoints.ROOT", copy)
    data = bytearray((copy / "hard" / file).read_bytes())
    data[len(data) // 2 :] = b"x" * (len(data) - len(data) // 2)
    (copy / "hard" / file).write_bytes(data)
    fresh_caches()
    page.run()
    assert not page.exception
    assert page.pills(key="compare.models").options == ["none", "soft"]
    assert any(f"hard/{file}" in text.value.replace("\\", "") for text in page.caption)
    assert set(sentences(page)) == {"none", "soft"}
