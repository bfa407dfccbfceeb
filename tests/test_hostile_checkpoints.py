"""Checkpoint folders from anybody: either they open, or a sentence says why not; nothing else happens."""

import hashlib
import json
import pickle
import struct

import pytest
import torch
from hostile import changed, damaged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save, save_file
from tiny_models import save_tiny_captioner

from core.captioning.registry import CAPTIONERS
from core.checkpoints import CARD, CONFIG, WEIGHTS, CheckpointError, list_checkpoints

FEW = settings(
    max_examples=600, deadline=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The files of a sound checkpoint, by name."""
    folder = tmp_path_factory.mktemp("sound") / "soft"
    torch.manual_seed(0)
    save_tiny_captioner(folder, "soft", encoder="0" * 64)
    return {name: (folder / name).read_bytes() for name in (CONFIG, WEIGHTS, CARD)}


def put(folder, files):
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def with_its_sum(files):
    """The files with a config that names the sha256 and the number of the weights that are there, so that these are
    read at all."""
    config = json.loads(files[CONFIG])
    config["sha256"] = hashlib.sha256(files[WEIGHTS]).hexdigest()
    return {**files, CONFIG: json.dumps(config).encode()}


def open_or_refuse(folder):
    """The captioner, or None where a sentence refused it."""
    try:
        model, _ = CAPTIONERS.open(folder)
    except CheckpointError as error:
        assert str(error).endswith((".", ".)")) and "Traceback" not in str(error)
        return None
    return model


def test_the_sound_one_opens(sound, tmp_path):
    assert open_or_refuse(put(tmp_path / "soft", sound)) is not None


@FEW
@given(data=st.data())
def test_a_config_that_lies(sound, tmp_path, data):
    lying = json.dumps(data.draw(changed(sound[CONFIG].decode()))).encode()  # Python writes NaN, which is no JSON
    open_or_refuse(put(tmp_path / "soft", {**sound, CONFIG: lying}))
    list_checkpoints(tmp_path)


@FEW
@given(data=st.data())
def test_files_that_are_damaged(sound, tmp_path, data):
    name = data.draw(st.sampled_from([CONFIG, WEIGHTS]))
    broken = {**sound, name: data.draw(damaged(sound[name]))}
    if name == WEIGHTS:
        assert broken[name] == sound[name] or open_or_refuse(put(tmp_path / "soft", broken)) is None  # its sum is wrong
        open_or_refuse(put(tmp_path / "soft", with_its_sum(broken)))
    else:
        open_or_refuse(put(tmp_path / "soft", broken))


@FEW
@given(data=st.data())
def test_weights_whose_header_lies(sound, tmp_path, data):
    (length,) = struct.unpack("<Q", sound[WEIGHTS][:8])
    header, rest = sound[WEIGHTS][8 : 8 + length], sound[WEIGHTS][8 + length :]
    lying = json.dumps(data.draw(changed(header.decode()))).encode()
    said = data.draw(st.sampled_from([len(lying), 0, 1, len(lying) + 9, 1 << 40, (1 << 64) - 1]))
    weights = struct.pack("<Q", said) + lying + rest
    open_or_refuse(put(tmp_path / "soft", with_its_sum({**sound, WEIGHTS: weights})))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_not_finite_are_refused_with_a_correct_sum(sound, tmp_path, value):
    folder = put(tmp_path / "soft", sound)
    state = load_file(folder / WEIGHTS)
    name = max(state)
    state[name].view(-1)[0] = value
    save_file(state, folder / WEIGHTS)
    put(folder, with_its_sum({**sound, WEIGHTS: (folder / WEIGHTS).read_bytes()}))
    with pytest.raises(CheckpointError, match=f"not finite, in {name!r}"):
        CAPTIONERS.open(folder)


class Bomb:
    def __reduce__(self):
        return (exec, ("raise SystemExit('unpickled')",))


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_a_pickle_in_disguise_is_not_unpickled(sound, tmp_path, name):
    files = {**sound, name: pickle.dumps(Bomb())}
    assert open_or_refuse(put(tmp_path / "soft", with_its_sum(files) if name == WEIGHTS else files)) is None


def test_weights_of_another_model_are_refused(sound, tmp_path):
    files = with_its_sum({**sound, WEIGHTS: save({"a": torch.zeros(3)})})
    assert open_or_refuse(put(tmp_path / "soft", files)) is None


@pytest.mark.parametrize("link", [CONFIG, WEIGHTS])
def test_a_link_to_a_place_that_never_ends_is_refused(sound, tmp_path, link):
    folder = put(tmp_path / "soft", sound)
    (folder / link).unlink()
    (folder / link).symlink_to("/dev/zero")
    assert open_or_refuse(folder) is None
