"""A visitor's own models: zips from anybody, tried out, kept for the visit; and folders that the owner has named."""

import gc
import io
import json
import shutil
import stat
import sys
import zipfile
from pathlib import Path

import pytest
from app_file import components
from hostile import damaged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_models import save_tiny_captioner, save_tiny_models

from core import checkpoints
from core.captioning.service import CaptionService
from core.checkpoints import CARD, CONFIG, WEIGHTS, CheckpointError, bundle, own
from core.checkpoints.catalog import Catalog
from core.checkpoints.own import OwnModels

ANY = {"captioner": lambda named: None, "memory": lambda named: None}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return save_tiny_models(tmp_path_factory.mktemp("shipped") / "checkpoints", ending=-8)


@pytest.fixture(scope="module")
def mine(root, tmp_path_factory):
    """A folder with a captioner on the shipped encoder."""
    folder = tmp_path_factory.mktemp("mine")
    sha256 = checkpoints.read(root / "encoder").config["sha256"]
    save_tiny_captioner(folder / "soft", "soft", ending=-8, encoder=sha256)
    return folder


@pytest.fixture(scope="module")
def zipped(mine):
    return bundle.pack(mine)


def name_of(folder: Path) -> str:
    return f"yours-{folder.name}-{checkpoints.read(folder).config['sha256'][:6]}"


def made(*members: tuple[str, bytes], **about: object) -> bytes:
    """A zip; ``about`` is set on every one of its members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            for attribute, value in about.items():
                setattr(member, attribute, value)
            archive.writestr(member, data)
    return out.getvalue()


# --- zips ---------------------------------------------------------------------------------------------------------


def test_a_zip_is_tried_out_and_goes_with_its_visitor(root, mine, zipped):
    tried = []
    upload = own.take("soft.zip", zipped, {"captioner": tried.append})
    name = name_of(mine / "soft")
    assert list(upload.models) == [name] and own.is_name(name) and tried == [upload.folders("captioner")]
    shared = CaptionService(root)
    visitor = shared.beside(upload.folders("captioner"))
    visitor.try_out(name)
    assert visitor.config(name)["sha256"][:6] == name[-6:] and visitor.turns is shared.turns
    assert not shared._shared and list(shared._shared_eyes) == [(root / "encoder").resolve()]
    with pytest.raises(CheckpointError, match="no checkpoint"):
        shared.config(name)
    folder, held = Path(upload.directory.name), own._held
    assert folder.is_dir() and held > 0
    del upload, visitor, tried
    gc.collect()
    assert not folder.exists() and own._held < held


def test_a_zip_without_a_folder_goes_by_its_own_name(mine):
    files = [(name, (mine / "soft" / name).read_bytes()) for name in (CONFIG, WEIGHTS, CARD)]
    litter = [("__MACOSX/._config.json", b"x"), (".DS_Store", b"x")]
    (name,) = own.take("My model (2).zip", made(*files, *litter), ANY).models
    assert name.startswith("yours-My-model-2-")


def test_a_captioner_may_bring_its_encoder(tmp_path):
    """On another machine, whose shipped encoder is not the one that it was trained on."""
    save_tiny_models(tmp_path / "theirs", seed=1)
    for name in ("none", "hard"):
        shutil.rmtree(tmp_path / "theirs" / name)
    upload = own.take("run.zip", bundle.pack(tmp_path / "theirs"), ANY)
    (name,) = upload.models
    CaptionService(tmp_path / "nothing").beside(upload.folders("captioner")).try_out(name)
    shutil.rmtree(tmp_path / "theirs" / "encoder")
    alone = own.take("run.zip", bundle.pack(tmp_path / "theirs"), ANY)
    with pytest.raises(CheckpointError, match="another encoder"):
        CaptionService(tmp_path / "nothing").beside(alone.folders("captioner")).try_out(name)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "not a zip"),
        (b"PK\3\4 and so on", "not a zip"),
        (made(), "no model"),
        (made(("soft/model.pt", b"x")), "also holds “model.pt”"),
        (made(("soft/run.py", b"import os")), "also holds “run.py”"),
        (made(("../config.json", b"{}")), "leads out"),
        (made(("/etc/config.json", b"{}")), "leads out"),
        (made(("a/../../b/config.json", b"{}")), "leads out"),
        (made(("C:/config.json", b"{}")), "leads out"),
        (made(("a\\..\\config.json", b"{}")), "also holds|leads out"),
        (made(("soft/config.json", b"{}"), external_attr=(stat.S_IFLNK | 0o777) << 16), "link"),
        (made(("soft/config.json", b"{}"), external_attr=(stat.S_IFCHR | 0o777) << 16), "link"),
        (made(("soft/config.json", b"[]")), "must hold one JSON object"),
        (made(("soft/config.json", b" " * 5_000_000)), "too large"),
        (made(("a/b/c/d/config.json", b"{}")), "deep"),
        (made(("a b/config.json", b"{}"), ("a-b/config.json", b"{}")), "two files of one name"),
        (made(*((f"m{n}/config.json", b"{}") for n in range(9))), "more than 8 folders"),
        (made(*((f"m{n}/config.json", b"{}") for n in range(600))), "far more files"),
        (made(*((f"{'x' * 2000}{n}/config.json", b"") for n in range(200))), "far more files"),
    ],
)  # fmt: skip
def test_a_zip_that_is_no_model_is_refused_in_a_sentence(data, complaint):
    with pytest.raises(CheckpointError, match=complaint) as error:
        own.take("x.zip", data, ANY)
    assert str(error.value).endswith(".") and "/tmp" not in str(error.value)


def test_a_zip_that_unpacks_to_more_than_it_says_is_cut_off(tmp_path):
    """Two hundred megabytes of nothing take two hundred kilobytes, and it says that they are ten bytes."""
    data = made(("soft/model.safetensors", bytes(200_000_000)))
    assert len(data) < 300_000
    with pytest.raises(CheckpointError, match="too large"):
        own.take("bomb.zip", data, ANY)
    true, false = (200_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    with pytest.raises(CheckpointError):
        own.take("bomb.zip", data.replace(true, false), ANY)


def test_weights_of_another_config_and_sizes_beyond_any_model_are_refused(mine):
    config = json.loads((mine / "soft" / CONFIG).read_text())
    weights = (mine / "soft" / WEIGHTS).read_bytes()

    def with_config(**changes):
        return made((f"soft/{CONFIG}", json.dumps(config | changes).encode()), (f"soft/{WEIGHTS}", weights))

    with pytest.raises(CheckpointError, match="sha256"):
        own.take("x.zip", with_config(sha256="0" * 64), ANY)
    with pytest.raises(CheckpointError, match="beyond those of any model"):
        own.take("x.zip", with_config(model=config["model"] | {"hidden": 10**9}), ANY)
    with pytest.raises(CheckpointError, match="an encoder, but no captioner or memory"):
        own.take("x.zip", with_config(kind="encoder"), ANY)


def test_what_is_wrong_with_a_model_that_is_tried_out_is_said_without_where_it_lies(zipped):
    def fail(named):
        raise CheckpointError(f"{next(iter(named.values()))} is not to be used.")

    with pytest.raises(CheckpointError, match=r"^soft is not to be used\.$"):
        own.take("soft.zip", zipped, {"captioner": fail})


def test_a_machine_that_is_full_says_so(zipped, monkeypatch):
    monkeypatch.setattr(own, "MAX_TOGETHER", own._held + 10)
    with pytest.raises(CheckpointError, match="fill this machine"):
        own.take("soft.zip", zipped, ANY)
    monkeypatch.setattr(own, "MAX_ZIP", 0)
    with pytest.raises(CheckpointError, match="too large"):
        own.take("soft.zip", zipped, ANY)


@settings(max_examples=150, deadline=20_000, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_zip_opens_or_is_refused_in_a_sentence(zipped, data):
    try:
        own.take("soft.zip", data.draw(damaged(zipped)), ANY)
    except CheckpointError as error:
        assert str(error).endswith((".", ".)"))


def test_of_many_uploads_the_oldest_goes_and_the_same_comes_once():
    uploads: list[OwnModels] = []
    for name in ["a", "b", "a", "c", "d"]:
        uploads = own.with_upload(uploads, OwnModels({name: None}, None))
    assert [list(one.models) for one in uploads] == [["a"], ["c"], ["d"]]


@pytest.mark.parametrize(
    "text", ["soft", "yours-", "yours-soft", "yours-soft-12345", "yours-soft-12345g", "mine-a-123456"]
)
def test_other_names_are_no_own_models(text):
    assert not own.is_name(text)


# --- folders ------------------------------------------------------------------------------------------------------


def test_a_name_that_is_taken_says_where_it_comes_from(root, mine):
    complaints = []
    catalog = Catalog(root, (mine, mine / "soft", root / "gone"))
    names = [one.name for one in catalog.list(complain=complaints.append)]
    assert names == ["encoder", "hard", "none", "soft", f"soft ({mine.name})", f"soft ({mine.name}) 2"]
    assert catalog.find("soft")[1] == root / "soft" and catalog.find(f"soft ({mine.name})")[1] == mine / "soft"
    assert "gone is no folder" in str(complaints[0])
    with pytest.raises(CheckpointError, match="no checkpoint"):
        catalog.find("soft (else)")


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_page(root, open_app, monkeypatch):
    def open_page(page: str, *options: str, **link):
        monkeypatch.setattr("core.checkpoints.ROOT", root)
        monkeypatch.setattr(sys, "argv", ["app.py", *map(str, options)])
        app = open_app(page, **{"photo": "ball", "method": "greedy", **link})
        assert not app.exception
        return app

    return open_page


def give(page, data: bytes, name: str = "soft.zip"):
    (uploader,) = (one for one in page.file_uploader if ".own model" in one.key)
    uploader.upload(name, data).run()
    assert not page.exception
    return page


def plain(element) -> str:
    """What somebody reads, without what Markdown needs."""
    return element.value.replace("\\", "").replace("*", "")


def titles(page) -> list[str]:
    return [view["title"] for view in json.loads(components(page)[0].proto.json)["views"]]


def test_explore_and_compare_show_it_beside_ours_until_it_is_removed(open_page, mine, zipped):
    name = name_of(mine / "soft")
    page = open_page("explore")
    give(page, zipped)
    assert not page.error and page.session_state["explore.model"] == name and page.query_params["model"] == name
    page.switch_page("pages/compare.py").run()
    assert name in page.button_group(key="compare.models").options or name in str(page.button_group)
    page.session_state["compare.models"] = ["soft", name]
    page.run()
    assert not page.exception and titles(page) == ["soft", name]
    page.button(key=f"compare.remove {name}").click().run()
    assert not page.exception and name not in page.session_state["compare.models"]


def test_a_refused_zip_says_why_and_changes_nothing(open_page):
    page = open_page("explore")
    chosen = page.session_state["explore.model"]
    give(page, made(("soft/run.py", b"import os")))
    assert "run.py" in plain(page.error[0]) and page.session_state["explore.model"] == chosen


def test_a_link_to_somebodys_model_says_that_it_is_missing(open_page, mine, zipped):
    name = name_of(mine / "soft")
    page = open_page("explore", model=name, edits="soft~0w.dog")
    assert name in plain(page.info[0]) and page.session_state["explore.model"] == "soft"
    give(page, zipped)
    assert not page.info and page.session_state["explore.model"] == name


def test_a_folder_that_the_owner_names_is_offered_and_uploads_may_be_off(open_page, mine):
    page = open_page("explore", "--checkpoints", mine, "--no-uploads", model=f"soft ({mine.name})")
    assert page.session_state["explore.model"] == f"soft ({mine.name})" and components(page)
    assert not [one for one in page.file_uploader if "own model" in one.key]


def test_a_network_for_stories_is_asked_beside_ours(open_page, tmp_path):
    shutil.copytree(Path(__file__).parent.parent / "checkpoints" / "memn2n", tmp_path / "mine")
    page = open_page("stories")
    give(page, bundle.pack(tmp_path), "mine.zip")
    assert not page.error and name_of(tmp_path / "mine") in page.session_state["stories.networks"]


def test_results_list_it(open_page, mine, zipped):
    page = open_page("results", results="Models")
    give(page, zipped)
    assert name_of(mine / "soft") in page.dataframe[0].value["name"].tolist()
