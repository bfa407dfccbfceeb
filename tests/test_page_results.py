"""The Results page without a browser: each tab, what it reads, and what it says where there is nothing."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from tiny_models import save_tiny_models
from tiny_networks import save_tiny

from core.captioning.gallery import GALLERY
from core.checkpoints import read
from core.results import files


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = save_tiny_models(tmp_path_factory.mktemp("results") / "checkpoints")
    for name in ("memn2n", "memnn"):
        save_tiny(folder, name)
    return folder


@pytest.fixture
def open_page(root, open_app, monkeypatch):
    """Open a tab of the page over the checkpoints and the results of folders."""

    def open_page(tab: str = "Photos", folder: Path = root, results: Path = files.RESULTS, **link: str) -> AppTest:
        monkeypatch.setattr("core.checkpoints.ROOT", folder)
        defaults = files.read_results.__defaults__
        monkeypatch.setattr("core.results.files.read_results.__defaults__", (results, *defaults[1:]))
        monkeypatch.setattr("core.results.zoo.read_speeds.__defaults__", (results,))
        monkeypatch.setattr("core.results.gaze.read_details.__defaults__", (results,))
        page = open_app("results", results=tab, **link)
        assert not page.exception
        return page

    return open_page


def result(folder: Path, name: str, checkpoint: Path, **more) -> None:
    about = {
        "model": checkpoint.name, "n": 10, "command": f"python -m core evaluate {name}", "date": "2026-11-25",
        "checkpoint": read(checkpoint).config["sha256"],
    }  # fmt: skip
    (folder / f"{name}-{checkpoint.name}.json").write_text(json.dumps({**about, **more}))


@pytest.mark.parametrize("tab", ["Photos", "Stories"])
def test_what_was_measured_and_how(open_page, root, tmp_path, tab):
    scores = {"BLEU-4": 12.3, "CIDEr": 45.6, "split": "val", "beam": 4, "dataset": "dataset_flickr8k.json"}
    result(tmp_path, "photos", root / "soft", **scores)
    result(tmp_path, "photos", root / "none", **{**scores, "BLEU-4": 11.1})
    tasks = {"1": {"error": 7.0}, "2": {"error": 70.0}}
    result(tmp_path, "stories", root / "memn2n", tasks=tasks, mean_error=38.5, failed=2, dataset="en", split="held-out")
    page = open_page(tab, results=tmp_path)
    assert page.get("plotly_chart")[0].proto.alt.count("Xu et al.") == (2 if tab == "Photos" else 0)
    (table,) = page.dataframe
    ours = table.value[table.value["source"] == "ours"]
    assert list(ours["model"]) == (["soft", "none"] if tab == "Photos" else ["memn2n"])
    assert len(table.value) > len(ours)  # and the papers
    (command,) = page.code
    assert command.value == f"python -m core evaluate {tab.lower()}"
    if tab == "Stories":
        assert any(">70<" in one.proto.body for one in page.get("html"))


def looks(folder: Path, checkpoint: Path, pointing: float, **more) -> None:
    """A small file of ``evaluate gaze``."""
    scores = {"words": 20, "pointing": pointing, "centre": 55.0, "inside": 44.4, "chance": 29.0, "divergence": 0.27}
    figures = {**scores, "kinds": {"people": scores, "vehicles": {**scores, "words": 3, "pointing": None}}}
    wrong = {
        "photo": "1*2.jpg", "words": ["a", "<b>", "dog"], "step": 2, "kind": "animals", "inside": 0.02,
        "boxes": [[0, 0, 0.5, 1]], "glimpse": None, "alpha": [[0.25] * 2] * 2,
    }  # fmt: skip
    about = {"dataset": "dataset_flickr8k.json", "split": "val", "own": figures, "forced": figures, "wrong": [wrong]}
    result(folder, "gaze", checkpoint, **{**about, **more})


def test_where_captioners_look(open_page, root, tmp_path):
    looks(tmp_path, root / "soft", 75.0)
    looks(tmp_path, root / "hard", 80.0, wrong=[])
    page = open_page("Looks", results=tmp_path)
    (table,) = page.dataframe
    assert list(table.value["model"])[:2] == ["hard", "soft"] and "Liu et al. 2017" in set(table.value["source"])
    papers = table.value[table.value["source"] != "ours"]
    assert set(papers["weight inside %"]) == {52, 58} and set(papers["even look %"]) == {40}
    assert page.code[0].value == "python -m core evaluate gaze"
    (kinds,) = (one.proto.body for one in page.get("html") if "kind of thing" in one.proto.body)
    assert "people" in kinds and "vehicles" in kinds and "animals" not in kinds
    assert not page.get("image")  # nothing that hard looked at was kept
    page.segmented_control(key="results.looks along").set_value("forced").run()
    papers = page.dataframe[0].value[page.dataframe[0].value["source"] != "ours"]
    assert set(papers["weight inside %"]) == {38, 43}


def test_where_a_captioner_looks_wrongly(open_page, root, tmp_path):
    looks(tmp_path, root / "soft", 75.0)
    page = open_page("Looks", results=tmp_path)
    assert len(page.get("image")) == 1
    assert any(one.value == r"a \<b\> **dog**" for one in page.markdown)
    assert any(one.value.startswith("2.0 % inside; animals") and r"1\*2\.jpg" in one.value for one in page.caption)


def test_a_file_of_looks_without_details_is_named(open_page, root, tmp_path):
    looks(tmp_path, root / "soft", 75.0, wrong=3)
    page = open_page("Looks", results=tmp_path)
    assert "gaze-soft.json" in page.warning[0].value and len(page.dataframe) == 1


@pytest.mark.parametrize("tab", ["Photos", "Looks", "Stories", "Scenes", "Speed"])
def test_where_nothing_was_measured_the_command_is_shown(open_page, tmp_path, tab):
    page = open_page(tab, results=tmp_path)
    assert len(page.info) == 1 and page.code[0].value.startswith("python -m ") and not page.dataframe


def test_a_broken_file_is_named(open_page, tmp_path):
    (tmp_path / "photos-x.json").write_text("[]")
    assert "photos-x.json" in open_page(results=tmp_path).warning[0].value


def test_every_model_is_listed_with_its_card(open_page, root):
    page = open_page("Models")
    assert set(page.dataframe[0].value["name"]) == {path.name for path in root.iterdir()}
    assert any("Encoder" in one.value for one in page.markdown)


def test_without_checkpoints(open_page, tmp_path):
    for tab in ("Models", "Failures"):
        page = open_page(tab, folder=tmp_path)
        assert page.info or page.error


def test_failures_lead_to_their_story(open_page):
    page = open_page("Failures", world="Stories")
    assert any("generated questions of this kind" in one.value for one in page.markdown)
    links = [one.proto.query_string for one in page.get("page_link")]
    assert links and all("story=" in link for link in links)


def test_failures_on_photos_stand_beside_what_is_on_them(open_page, monkeypatch):
    some = {id: picture for id, picture in list(GALLERY.items())[-3:]}
    monkeypatch.setattr("core.captioning.gallery.GALLERY", some)
    page = open_page("Failures")
    assert "of 3** pictures" in next(one.value for one in page.markdown if "pictures" in one.value)
    shown = [image.proto.imgs[0] for image in page.get("imgs")] or page.image
    assert len(shown) == 3
    told = " ".join(one.value for one in page.markdown).replace("\\", "")
    assert all(f"There is: {picture.alt}." in told for picture in some.values())
    links = [one.proto.query_string for one in page.get("page_link")]
    assert len(links) == 3 and all("model=soft" in link for link in links)


def test_a_figure_is_the_same_in_table_chart_and_words(open_page, root, tmp_path):
    scores = {"BLEU-4": 12.25, "CIDEr": 45.65, "split": "val", "beam": 4, "dataset": "dataset_flickr8k.json"}
    result(tmp_path, "photos", root / "soft", **scores)
    page = open_page(results=tmp_path)
    assert page.dataframe[0].value["BLEU-4"].iloc[0] == 12.3
    chart = page.get("plotly_chart")[0].proto
    assert "soft 12.3" in chart.alt and "12.3" in chart.spec


def test_failures_of_scenes_where_there_is_no_captioner(open_page):
    page = open_page("Failures", world="Scenes")
    assert page.info and "train scenes" in page.code[0].value
