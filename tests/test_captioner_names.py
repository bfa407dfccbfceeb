"""A captioner's name is its folder's and says nothing of how it attends: four and more of them, on pages and off."""

import json

import pytest
from app_file import components
from PIL import Image
from streamlit.testing.v1 import AppTest
from tiny_models import WORDS, save_tiny_captioner, save_tiny_models, save_tiny_transformer

from core import checkpoints
from core.__main__ import main
from core.captioning.registry import FIRST, list_captioners
from core.captioning.service import CaptionService
from core.checkpoints.labels import attention_label
from core.results import files
from core.tour import read_tours
from core.views import results_charts

SHIPPED = ["none", "soft-free", "soft", "hard", "transformer"]
ALL = [*SHIPPED, "dogless"]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """The captioners that are shipped, and one of another name and with other words."""
    root = save_tiny_models(tmp_path_factory.mktemp("names") / "checkpoints", ending=-8)
    encoder = checkpoints.read(root / "encoder").config["sha256"]
    for name, kind, more in (
        ("soft", "soft", {"looks": "taught"}),
        ("hard", "hard", {"looks": "taught"}),
        ("soft-free", "soft", {"looks": "free"}),
        ("dogless", "soft", {"vocabulary": ["zebra", *(word for word in WORDS if word != "dog")]}),
    ):
        save_tiny_captioner(root / name, kind, ending=-8, encoder=encoder, **more)
    save_tiny_transformer(root / "transformer", ending=-8, encoder=encoder, looks="taught")
    return root


@pytest.fixture
def open_page(root, open_app, monkeypatch):
    def open_page(page: str, folder=root, **link) -> AppTest:
        monkeypatch.setattr("core.checkpoints.ROOT", folder)
        app = open_app(page, **{"photo": "ball", **link})
        assert not app.exception and not app.error
        return app

    return open_page


@pytest.fixture
def photo(tmp_path):
    Image.new("RGB", (60, 40), "navy").save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def payload(page: AppTest) -> dict:
    (component,) = components(page)
    return json.loads(component.proto.json)


def titles(page: AppTest) -> list[str]:
    return [view["title"] for view in payload(page)["views"]]


# --- what a config says -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "label"),
    [
        ({"attention": "none"}, "no attention"),
        ({"attention": "none", "looks": "taught"}, "no attention"),
        ({"attention": "soft"}, "soft attention"),
        ({"attention": "soft", "looks": "free"}, "soft attention, looks never taught"),
        ({"attention": "hard", "looks": "taught"}, "hard attention, looks taught with boxes"),
        ({"attention": "hard", "looks": "of its own"}, "hard attention"),
        ({"attention": "soft", "model": {"layers": 3, "heads": 4}}, "soft attention of 12 heads"),
        ({"attention": "soft", "model": {"layers": "3", "heads": 4}}, "soft attention"),
        ({}, ""),
    ],
)
def test_a_label_says_how_a_model_attends_and_what_taught_it(config, label):
    assert attention_label(config) == label


def test_looks_that_are_no_text_are_refused(root, tmp_path):
    (tmp_path / "odd").mkdir()
    config = json.loads((root / "soft" / "config.json").read_text())
    (tmp_path / "odd" / "config.json").write_text(json.dumps(config | {"looks": ["taught"]}))
    (tmp_path / "odd" / "model.safetensors").write_bytes((root / "soft" / "model.safetensors").read_bytes())
    with pytest.raises(checkpoints.CheckpointError, match='"looks" must be a str'):
        checkpoints.read(tmp_path / "odd")


def test_those_that_are_shipped_come_first_and_others_by_name(root):
    assert [one.name for one in list_captioners(root)] == CaptionService(root).captioners() == ALL
    assert list(FIRST) == SHIPPED
    assert set(FIRST) <= {one.name for one in list_captioners(checkpoints.ROOT)}


def test_a_result_names_the_looks_of_the_weights_it_was_measured_on(root, tmp_path):
    for name in ("none", "soft-free"):
        sha256 = checkpoints.read(root / name).config["sha256"]
        record = {"model": name, "split": "val", "n": 9, "beam": 4, "CIDEr": 50.0, "checkpoint": sha256}
        (tmp_path / f"photos-{name}.json").write_text(json.dumps(record))
    weights = {one.config["sha256"]: one for one in list_captioners(root)}
    none, free = files.read_results("photos", tmp_path, weights)
    assert results_charts.label(none) == "none" and results_charts.label(free) == "soft-free (looks never taught)"
    assert results_charts.label(files.read_results("photos", tmp_path)[1]) == "soft-free"  # on weights not known here


def test_the_tour_speaks_of_taught_looks_if_the_shipped_ones_are():
    steps = [step for tour in read_tours().values() for step in tour.steps if "soft-free" in step.text]
    shipped = {one.name: one.config.get("looks") for one in list_captioners(checkpoints.ROOT)}
    assert bool(steps) == (shipped.get("soft") == "taught")
    assert all("boxes" in step.text and step.page == "compare" for step in steps)
    assert all(shipped.get(step.settings["model"]) == "taught" for step in steps)
    assert shipped.get("soft-free", "free") == "free"


# --- pages --------------------------------------------------------------------------------------------------------


def test_compare_shows_any_four_on_one_encoder_pass_and_says_what_each_is(open_page, monkeypatch):
    passes = []
    encode = CaptionService.encode
    monkeypatch.setattr(CaptionService, "encode", lambda self, *seen: passes.append(1) or encode(self, *seen))
    page = open_page("compare")
    assert titles(page) == ["none", "soft", "hard"] and payload(page)["per_row"] == 3
    four = ["none", "soft-free", "hard", "transformer"]
    page.pills(key="compare.models").set_value(four).run()
    assert titles(page) == four and payload(page)["per_row"] == 4 and len(payload(page)["photos"]) == 1
    assert [view["about"] for view in payload(page)["views"]] == [
        "no attention", "soft attention, looks never taught", "hard attention, looks taught with boxes",
        "soft attention of 4 heads, one in each layer taught with boxes",
    ]  # fmt: skip
    assert page.pills(key="compare.models").options == ALL
    assert any("same words" in one.value for one in page.caption)
    page.pills(key="compare.models").set_value(["dogless", "soft-free"]).run()
    assert titles(page) == ["soft-free", "dogless"] and payload(page)["per_row"] == 2 and len(passes) == 1
    assert not any("same words" in one.value for one in page.caption)
    page.button(key="compare.hide").click().run()
    assert not page.exception and len(page.get("plotly_chart")) == 2


@pytest.mark.parametrize(("gone", "shown"), [(["soft-free"], ["none", "soft", "hard"]), (FIRST, ["a", "dogless"])])
def test_compare_goes_without_any_of_them(open_page, root, tmp_path, gone, shown):
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    for path in root.iterdir():
        if path.name not in gone:
            (folder / path.name).symlink_to(path)
    (folder / "a").symlink_to(root / "hard")
    page = open_page("compare", folder)
    assert titles(page) == shown
    assert page.pills(key="compare.models").options == [*(name for name in SHIPPED if name not in gone), "a", "dogless"]


def test_a_sentence_is_said_by_those_who_know_its_words(open_page):
    link = {"compare": "The same sentence", "models": ["soft-free", "soft", "dogless"]}
    page = open_page("compare", **link, sentence="a cat sits on the grass")
    assert titles(page) == ["soft-free", "soft", "dogless"] and not page.warning
    page.text_input(key="compare.sentence").set_value("a dog sits").run()
    assert titles(page) == ["soft-free", "soft"] and "Not known to dogless: “dog”" in page.warning[0].value


def test_four_say_the_same_sentence_and_no_two_lines_look_alike(open_page):
    four = ["none", "soft", "hard", "transformer"]
    page = open_page("compare", compare="The same sentence", sentence="a cat sits", models=four)
    assert titles(page) == four and all(len(lines) == 6 for lines in payload(page)["between"])
    lines = [line for chart in page.get("plotly_chart") for line in json.loads(chart.proto.spec)["data"]]
    assert len(lines) == len({line["marker"]["symbol"] for line in lines}) == 10


def test_hard_paths_lie_beside_the_soft_model_that_was_taught_alike(open_page):
    page = open_page("compare", compare="Hard is a gamble", paths="3")
    assert page.selectbox(key="compare.rival").options == ["soft-free", "soft", "transformer", "dogless"]
    assert page.selectbox(key="compare.rival").value == "soft"
    assert any("bits** apart" in text.value for text in page.markdown)


def test_a_soft_model_that_lacks_a_word_of_the_paths_has_no_map_there(open_page, root, tmp_path):
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    for name in ("encoder", "hard"):
        (folder / name).symlink_to(root / name)
    encoder = checkpoints.read(root / "encoder").config["sha256"]
    save_tiny_captioner(folder / "mute", "soft", ending=-8, vocabulary=["zebra"], encoder=encoder)
    page = open_page("compare", folder, compare="Hard is a gamble", paths="3")
    assert "mute cannot say the commonest sentence" in page.warning[0].value and len(page.image) == 1


def test_the_explorer_offers_all_and_says_of_each_how_it_came_to_its_looks(open_page):
    page = open_page("explore", model="soft-free")
    assert page.segmented_control(key="explore.model").options == ALL
    (line,) = [one for one in page.segmented_control(key="explore.model").help.splitlines() if "soft\\-free" in one]
    assert "Soft attention" in line and "never taught" in line
    assert any("never taught" in one.value for one in page.caption)
    page.segmented_control(key="explore.model").set_value("hard").run()
    assert any("taught in training, by boxes" in one.value for one in page.caption)
    assert page.segmented_control(key="explore.glimpse").value == "likely"
    page.segmented_control(key="explore.model").set_value("transformer").run()
    assert any("2 x 2 heads" in one.value and "mean" in one.value for one in page.caption)
    assert not any(name == "Gate" for step in payload(page)["views"][0]["steps"] for name, _ in step["facts"])
    page.segmented_control(key="explore.model").set_value("dogless").run()
    assert not page.exception and not any("taught" in one.value for one in page.caption)


# --- the command line ---------------------------------------------------------------------------------------------


def test_the_command_line_takes_any_name(root, photo, tmp_path, capsys):
    where = ["--checkpoints", str(root)]
    models = [part for name in ALL for part in ("--model", name)]
    assert main(["caption", str(photo), "--json", *models, *where]) == 0
    assert [json.loads(line)["model"] for line in capsys.readouterr().out.splitlines()] == ALL
    export = ["--export", str(tmp_path / "out"), "--formats", "html,json"]
    assert main(["caption", str(photo), "--model", "soft-free", "--model", "none", *export, *where]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "photo.html", "photo-none.json", "photo-soft-free.json",
    }  # fmt: skip
    assert "soft attention, looks never taught" in (tmp_path / "out" / "photo.html").read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["models", "--json", *where]) == 0
    listed = {line["name"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (listed["soft-free"]["attention"], listed["soft-free"]["looks"], listed["none"]["looks"]) == (
        "soft", "free", None,
    )  # fmt: skip
    assert main(["models", *where]) == 0
    assert "soft-free: captioner, soft attention, looks never taught" in capsys.readouterr().out.splitlines()


def test_any_name_is_evaluated_into_a_file_of_its_own(root, photo, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("core.results.caption_metrics.shutil.which", lambda _: None)  # METEOR's Java starts slowly
    sentences = [{"tokens": ["a", "dog", "runs"]}]
    images = [{"filename": photo.name, "split": "test", "sentences": sentences}]
    (tmp_path / "dataset.json").write_text(json.dumps({"images": images}))
    data = ["--dataset", str(tmp_path / "dataset.json"), "--images", str(tmp_path), "--results", str(tmp_path / "r")]
    assert main(["evaluate", "photos", *data, "--model", "soft-free", "--json", "--checkpoints", str(root)]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "soft-free"
    (result,) = files.read_results("photos", tmp_path / "r")
    assert (result.model, result.file) == ("soft-free", "photos-dataset-test-soft-free-beam4.json")
