"""Checkpoints: what is saved comes back bit by bit, and a folder that is not right says so in a sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from core.checkpoints import CARD, CONFIG, WEIGHTS, CheckpointError, list_checkpoints, load, resolve, save, verify

CONFIGURATION = {
    "kind": "captioner",
    "attention": "soft",
    "vocabulary": ["a", "dög"],
    "model": {"hidden": 3},
    "seed": 1,
}


def weights() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {
        "lstm.weight": torch.randn(5, 3, generator=generator),
        "lstm.bias": torch.randn(5, generator=generator),
        "steps": torch.tensor([1, 2, 3]),
    }


@pytest.fixture
def folder(tmp_path):
    save(tmp_path / "soft", CONFIGURATION, weights(), "# Soft\n")
    return tmp_path / "soft"


def refusal(folder) -> str:
    with pytest.raises(CheckpointError) as caught:
        load(folder)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


def test_what_is_saved_is_loaded(folder):
    config, state = load(folder)
    assert {key: config[key] for key in CONFIGURATION} == CONFIGURATION
    assert config["parameters"] == 23 and len(config["sha256"]) == 64
    assert (folder / CARD).read_text() == "# Soft\n"
    assert state.keys() == weights().keys()
    for name, tensor in weights().items():
        floats = tensor.is_floating_point()
        assert state[name].dtype == (torch.float32 if floats else tensor.dtype)
        assert torch.equal(state[name], tensor.half().float() if floats else tensor)


def test_saved_loaded_and_saved_again_is_the_same_bits(folder, tmp_path):
    config, state = load(folder)
    assert save(tmp_path / "again", config, state, "# Soft\n") == config["sha256"]
    for name in (CONFIG, WEIGHTS, CARD):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_views_and_shared_tensors_are_saved(tmp_path):
    table = torch.arange(6.0).view(2, 3)
    save(tmp_path / "x", {"kind": "encoder"}, {"table": table, "tied": table, "turned": table.T}, "")
    state = load(tmp_path / "x")[1]
    assert torch.equal(state["tied"], table) and torch.equal(state["turned"], table.T)


def test_saving_over_a_checkpoint_replaces_it(folder):
    save(folder, {"kind": "encoder"}, {"w": torch.ones(2)}, "# New\n")
    config, state = load(folder)
    assert config["kind"] == "encoder" and list(state) == ["w"]
    assert sorted(path.name for path in folder.iterdir()) == sorted([CARD, CONFIG, WEIGHTS])


def test_other_files_in_the_folder_stay(folder):
    (folder / "notes.txt").write_text("mine")
    save(folder, {"kind": "encoder"}, {"w": torch.ones(2)}, "# New\n")
    assert load(folder)[0]["kind"] == "encoder"
    assert (folder / "notes.txt").read_text() == "mine"


KILLED = """
import os, sys
import safetensors.torch, torch
from core.checkpoints import save

left = int(sys.argv[2])

def die(event, _):
    global left
    if event == "os.rename":
        left -= 1
        if left < 0:
            os._exit(9)

sys.addaudithook(die)
save(sys.argv[1], {"kind": "encoder"}, {"w": torch.ones(2)}, "# New")
"""


@pytest.mark.slow
@pytest.mark.parametrize("renames", [0, 1])
def test_a_process_killed_while_saving_leaves_the_former_checkpoint(folder, renames):
    """Whole at once, or else with the next save, even one that fails."""
    before = load(folder)[0]
    arguments = [sys.executable, "-c", KILLED, str(folder), str(renames)]
    assert subprocess.run(arguments, cwd=Path(__file__).parent.parent).returncode == 9
    if renames == 0:
        assert load(folder)[0] == before
    assert [checkpoint.name for checkpoint in list_checkpoints(folder.parent)] in (["soft"], [])
    with pytest.raises(CheckpointError):
        save(folder, CONFIGURATION, {"w": torch.tensor(float("nan"))}, "")
    assert load(folder)[0] == before and (folder / CARD).read_text() == "# Soft\n"
    assert [path.name for path in folder.parent.iterdir()] == ["soft"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e6])
def test_weights_that_float16_cannot_hold_are_refused(folder, value):
    before = load(folder)[0]
    with pytest.raises(CheckpointError, match="'w'"):
        save(folder, CONFIGURATION, {"w": torch.tensor([1.0, value])}, "")
    assert load(folder)[0] == before


def test_a_linked_folder(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    assert load(tmp_path / "link")[0] == load(folder)[0]


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_missing_files(folder, name):
    (folder / name).unlink()
    assert f"{name} is missing" in refusal(folder)
    (folder / name).mkdir()
    assert f"{name} is missing" in refusal(folder)


def test_a_config_of_numbers_that_json_lacks(folder, tmp_path):
    text = (folder / CONFIG).read_text()
    for number in ("NaN", "-Infinity", "1e999"):
        (folder / CONFIG).write_text(text.replace('"seed": 1', f'"seed": {number}'))
        assert "not finite" in refusal(folder)
    with pytest.raises(CheckpointError, match="not finite"):
        save(tmp_path / "new", {**CONFIGURATION, "seed": float("inf")}, weights(), "")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"kind"', "[" * 100_000, "\ud800", '{"kind": "captioner"}'])
def test_configs_that_are_none(folder, text):
    (folder / CONFIG).write_bytes(text.encode("utf-8", "surrogatepass"))
    assert CONFIG in refusal(folder)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", None),
        ("sha256", 7),
        ("sha256", "0" * 64),
        ("parameters", "23"),
        ("parameters", True),
        ("parameters", 24),
        ("attention", ["soft"]),
        ("encoder", {}),
        ("vocabulary", "a dog"),
        ("vocabulary", ["a", 1]),
        ("model", []),
        ("settings", "none"),
    ],
)
def test_fields_of_the_wrong_type_or_value(folder, field, value):
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps({**config, field: value}))
    assert CONFIG in refusal(folder)


def test_damaged_weights(folder):
    data = (folder / WEIGHTS).read_bytes()
    for damaged in (data[:-1], data[:10], data + b"\0", data[:-1] + bytes([data[-1] ^ 1]), b"", b"PK\x03\x04"):
        (folder / WEIGHTS).write_bytes(damaged)
        assert WEIGHTS in refusal(folder)


def test_weights_of_the_right_hash_that_are_no_safetensors(folder):
    from hashlib import sha256

    config = json.loads((folder / CONFIG).read_text())
    for data in (b"\x80\x04pickle", b"\xff" * 64, (2**40).to_bytes(8, "little") + b"{}", b"\x02" + bytes(7) + b"{}x"):
        (folder / WEIGHTS).write_bytes(data)
        (folder / CONFIG).write_text(json.dumps({**config, "sha256": sha256(data).hexdigest()}))
        assert "safetensors" in refusal(folder)


def test_files_beyond_the_bounds_are_not_read(folder):
    with open(folder / WEIGHTS, "r+b") as file:
        file.truncate(10**12)  # a sparse file: reading it would take hours
    assert WEIGHTS in refusal(folder)
    with open(folder / CONFIG, "r+b") as file:
        file.truncate(10**12)
    assert CONFIG in refusal(folder)


def test_resolve(folder, tmp_path):
    assert resolve("soft", tmp_path) == folder
    assert resolve(str(folder), tmp_path / "elsewhere") == folder
    for name in ("hard", "", "..", ".", "so\0ft", "x" * 5000, "soft/config.json"):
        with pytest.raises(CheckpointError, match="soft"):
            resolve(name, tmp_path)


def test_listing(folder, tmp_path, caplog):
    save_file({"w": torch.ones(1)}, tmp_path / "loose.safetensors")
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / CONFIG).write_text("{")
    (found,) = list_checkpoints(tmp_path)
    assert (found.name, found.path, found.config["attention"]) == ("soft", folder, "soft")
    assert found.bytes == (folder / WEIGHTS).stat().st_size
    assert "broken" in caplog.text  # left out, but not in silence
    assert list_checkpoints(tmp_path / "nowhere") == []


def test_listing_with_verification(folder, tmp_path):
    save(tmp_path / "none", CONFIGURATION, weights(), "")
    save(tmp_path / "hard", CONFIGURATION, weights(), "")
    data = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    (tmp_path / "hard" / CONFIG).unlink()
    problems = []
    found = list_checkpoints(tmp_path, verify, problems.append)
    assert [checkpoint.name for checkpoint in found] == ["none"]
    assert [str(problem).split(" is ")[0] for problem in problems] == [
        str(tmp_path / "hard" / CONFIG),
        str(folder / WEIGHTS),
    ]
