"""The loop that all trainings share: what a step does, going on to the bit, several processes; and the run folder."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric
from test_memory_training import write_tasks
from test_slots import KNOWN, told
from torch import Tensor, nn
from toy_training import WORDS, Passing, few_photos, tiny, toy_photos
from two_processes import Killed, killing, whole_and_in_parts

from core.captioning.captioners.lstm import LSTMCaptioner
from core.captioning.training import run as photos_run
from core.captioning.training.captions import Validator, train_captioner
from core.captioning.training.encoder import EncoderSettings, fine_tune
from core.captioning.training.scst import SCSTSettings, train_scst
from core.captioning.training.settings import PhotoTrainSettings
from core.captioning.training.teacher_forcing import LossWeights
from core.data.babi import read_babi
from core.data.errors import DataError
from core.data.scenes import make_scenes
from core.memory.registry import TrainingRun
from core.memory.slots.batch import Words
from core.memory.slots.stories import Storyteller
from core.memory.slots.training import SlotsSettings, train_slots
from core.memory.training import end_to_end, ranking
from core.memory.training import run as stories_run
from core.memory.training.end_to_end import EndToEndSettings
from core.memory.training.ranking import RankingSettings
from core.memory.training.run import StoryTrainSettings
from core.scenes.encoder import SceneEncoder
from core.scenes.training import run as scenes_run
from core.scenes.training.joint import JointModel, train_jointly
from core.scenes.training.run import SceneTrainSettings, small_sizes
from core.training.fit import BatchLoss, clip_norm, fit
from core.training.progress import Stage
from core.training.run_folder import RunSettings, claim, holds_run
from core.training.schedule import MovingAverage, Step, warm_cosine

pytestmark = pytest.mark.slow


def quiet(label: str, steps: int) -> Callable[[], None]:
    return lambda: None


def one_process() -> Fabric:
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    return fabric


@pytest.fixture(autouse=True)
def one_thread():
    """Several threads add gradients up in any order: two runs alike then differ in their last bits."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


# --- every training ---------------------------------------------------------------------------------------------
# Each builds its model anew, takes the seed for its draws, and has at least two steps an epoch.


def captions(folder: Path, seed: int, stage: Stage) -> list[nn.Module]:
    data, validator = toy_photos()
    captioner = tiny("hard")
    captioner.dropout.p = 0.2
    torch.manual_seed(seed)
    train_captioner(
        captioner, Passing(), data, validator, 3, 1e-2, 0.9, LossWeights(), one_process(),
        folder / "state.pt", 4, stage,
    )  # fmt: skip
    return [captioner]


def encoder(folder: Path, seed: int, stage: Stage) -> list[nn.Module]:
    data, encoder, captioners = few_photos()
    torch.manual_seed(seed)
    fine_tune(
        encoder, captioners, data, folder, one_process(), EncoderSettings(2, 2), LossWeights(), stage,
    )  # fmt: skip
    return [encoder, *captioners.values()]


def scst(folder: Path, seed: int, stage: Stage) -> list[nn.Module]:
    data, encoder, captioners = few_photos()
    validator = Validator(data.photos[4:], np.zeros((1, *encoder.grid, encoder.channels), np.float16), WORDS)
    torch.manual_seed(seed)
    train_scst(
        captioners, dict.fromkeys(captioners, -1.0), dict.fromkeys(captioners, True), encoder, data, validator,
        one_process(),
        SCSTSettings(epochs=2, rate=0.02), folder / "state.pt", 2, stage,
    )  # fmt: skip
    return list(captioners.values())


def scenes(folder: Path, seed: int, stage: Stage) -> list[nn.Module]:
    torch.manual_seed(0)
    captioners = {kind: LSTMCaptioner(small_sizes(kind)) for kind in ("soft", "hard")}
    model = JointModel(SceneEncoder(), captioners, LossWeights(), learns=True)
    torch.manual_seed(seed)
    train_jointly(
        model, list(make_scenes("val", 4)), 3, 16, 8, 3e-3, 0, one_process(), folder / "state.pt", stage
    )  # fmt: skip
    return [model]


def memory(module, settings) -> Callable[[Path, int, Stage], list[nn.Module]]:
    def train(folder: Path, seed: int, stage: Stage) -> list[nn.Module]:
        write_tasks(folder)
        questions = [question for task in read_babi(folder).values() for question in task]
        return [module.train(settings, TrainingRun(questions[:40], questions[40:], one_process(), folder, 0, stage))]

    return train


def slots(folder: Path, seed: int, stage: Stage) -> list[nn.Module]:
    settings = SlotsSettings(rounds=2, per_task=10, generated=0.5, size=16, working=2, layers=1, heads=1, batch=16)
    net, _ = train_slots(
        {1: told(random.Random(0), 40)}, lambda number: Storyteller(str(number)), Words(KNOWN), settings,
        one_process(), folder / "state.pt", stage,
    )  # fmt: skip
    return [net]


TRAININGS = {
    "captions": captions,
    "encoder": encoder,
    "scst": scst,
    "scenes": scenes,
    "memn2n": memory(end_to_end, EndToEndSettings(width=8, memory=5, runs=2, linear_epochs=1, epochs=2)),
    "memnn": memory(ranking, RankingSettings(width=8, hidden=8, epochs=3)),
    "slots": slots,
}


@pytest.mark.parametrize("train", TRAININGS.values(), ids=TRAININGS)
def test_a_training_killed_in_the_middle_of_an_epoch_ends_as_one_that_was_not(train, tmp_path, capsys):
    steps: list[int] = []

    def counting(label: str, batches: int) -> Callable[[], None]:
        steps.append(batches)
        return lambda: None

    for name in ("whole", "parts"):
        (tmp_path / name).mkdir()
    whole = train(tmp_path / "whole", 1, counting)
    assert steps[1] >= 2
    with pytest.raises(Killed):
        train(tmp_path / "parts", 1, killing(steps[0] + 1))  # one step into the second epoch
    parts = train(tmp_path / "parts", 99, quiet)  # other draws, were the generators not put back
    for one, other in zip(whole, parts, strict=True):
        state = other.state_dict()
        for name, weights in one.state_dict().items():
            assert torch.equal(weights, state[name]), name
    assert not list((tmp_path / "parts").glob("*.part"))


# --- the loop itself --------------------------------------------------------------------------------------------

X, Y = torch.randn(12, 3, generator=torch.manual_seed(0)), torch.randn(12, 1, generator=torch.manual_seed(1))


def linear() -> nn.Linear:
    torch.manual_seed(2)
    return nn.Linear(3, 1)


def train_linear(fabric: Fabric, path: Path, epochs: int = 3, **more) -> tuple[nn.Linear, dict[str, float]]:
    """Four rows a step, of which each process takes its share."""
    model = linear()
    share = slice(fabric.global_rank, None, fabric.world_size)

    def loss(module: nn.Module, rows: Tensor) -> BatchLoss:
        return BatchLoss((module(X[rows[share]]) - Y[rows[share]]).square().mean(), weight=len(rows))

    given = {
        "label": "linear", "epochs": epochs, "begin": lambda epoch: torch.randperm(12).split(4), "loss": loss,
        "clip": clip_norm(0.5, model), "schedule": warm_cosine(2), "stage": quiet,
    }  # fmt: skip
    torch.manual_seed(3)
    figures = fit(fabric, path, model, torch.optim.AdamW(model.parameters(), lr=0.1), **(given | more))
    return model, figures


def test_a_training_is_torchs_own_steps_one_after_the_other(tmp_path):
    model, figures = train_linear(one_process(), tmp_path / "state.pt")
    mine = linear()
    optimizer = torch.optim.AdamW(mine.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / 2) * (0.03 + 0.97 * (1 + np.cos(np.pi * n / 9)) / 2)
    )
    torch.manual_seed(3)
    for _ in range(3):
        losses = []
        for rows in torch.randperm(12).split(4):
            loss = (mine(X[rows]) - Y[rows]).square().mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(mine.parameters(), 0.5)
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
    torch.testing.assert_close(model.state_dict(), mine.state_dict())
    assert figures["loss"] == pytest.approx(sum(losses) / 3)


def test_figures_are_means_over_an_epoch_and_are_written_beside_the_state(tmp_path, capsys):
    def loss(module: nn.Module, rows: Tensor) -> BatchLoss:
        return BatchLoss(module(X[rows]).sum(), {"loss": float(len(rows)), "odd": float(len(rows) == 5)}, len(rows))

    seen: list[int] = []

    def validate(epoch: int) -> dict[str, float]:
        seen.append(epoch)
        return {"val": epoch + 1 / 3} if epoch != 1 else {}

    path = tmp_path / "state.pt"
    train_linear(one_process(), path, 2, begin=lambda epoch: torch.arange(12).split(5), loss=loss, validate=validate)
    lines = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
    assert lines == [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    start, first, second = lines
    assert start == {"training": "linear", "epoch": 0, "val": 0.3333} and seen == [0, 1, 2]
    assert first["loss"] == pytest.approx(54 / 12) and first["odd"] == pytest.approx(10 / 12, abs=1e-4)
    assert "val" not in first and second["val"] == 2.3333 and second["epoch"] == 2
    _, figures = train_linear(one_process(), path, 2, validate=lambda epoch: {"val": 9.0})
    assert figures["val"] == 2 + 1 / 3 and not capsys.readouterr().err  # nothing is left to do


def test_figures_that_a_kill_cut_off_are_written_when_the_run_goes_on(tmp_path):
    path = tmp_path / "state.pt"
    file = path.with_suffix(".jsonl")
    train_linear(one_process(), path, 2, validate=lambda epoch: {"val": float(epoch)})
    lines = file.read_text().splitlines(keepends=True)
    assert [json.loads(line)["epoch"] for line in lines] == [0, 1, 2]
    file.write_text("".join(lines[:2]))  # the state of the second epoch is saved, its figures are not
    train_linear(one_process(), path, 2)
    assert file.read_text() == "".join(lines)
    path.unlink()  # cut off in the first epoch: what is known before it is there already
    file.write_text(lines[0])
    train_linear(one_process(), path, 1, validate=lambda epoch: {"val": float(epoch)})
    assert [json.loads(line)["epoch"] for line in file.read_text().splitlines()] == [0, 1]


def test_the_average_is_of_the_weights_after_each_step_and_is_what_remains(tmp_path):
    model, taken = linear(), []
    fit(
        one_process(), tmp_path / "state.pt", model, torch.optim.SGD(model.parameters(), lr=0.1), label="linear",
        epochs=2, begin=lambda epoch: torch.arange(12).split(6), clip=lambda: None, average=MovingAverage(model, 0.15),
        loss=lambda module, rows: BatchLoss((module(X[rows]) - Y[rows]).square().mean()),
        stage=lambda label, steps: lambda: taken.append(model.weight.detach().clone()),
    )  # fmt: skip
    kept = taken[0]
    for count, weights in enumerate(taken[1:], start=1):
        share = min(0.15, (1 + count) / (10 + count))
        kept = share * kept + (1 - share) * weights
    assert len(taken) == 4 and not torch.equal(taken[3], kept)
    torch.testing.assert_close(model.weight.detach(), kept)


@pytest.mark.parametrize(
    ("step", "number", "progress"),
    [(Step(0, 0, 4, 5), 0, 0.0), (Step(1, 2, 4, 5), 7, 0.35), (Step(3, 4, 4, 5), 19, 0.95)],
)
def test_where_a_step_stands(step, number, progress):
    assert step.number == number and step.progress == pytest.approx(progress)


def test_a_gradient_that_is_no_number_stops_the_training(tmp_path):
    with pytest.raises(RuntimeError, match="non-finite"):
        train_linear(
            one_process(), tmp_path / "state.pt", loss=lambda module, rows: BatchLoss(module(X[rows]).mean() * np.nan)
        )  # fmt: skip


def test_a_state_of_another_training_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "state.pt"
    torch.save({"network": {}, "epoch": 3}, path)
    other = tmp_path / "other.pt"
    fit(
        one_process(), other, model := nn.Linear(5, 1), torch.optim.AdamW(model.parameters()), label="other", epochs=1,
        begin=lambda epoch: [0], loss=lambda module, _: BatchLoss(module(torch.ones(1, 5)).sum()), clip=lambda: None,
        stage=quiet,
    )  # fmt: skip
    (damaged := tmp_path / "damaged.pt").write_bytes(other.read_bytes()[:500])
    for wrong in (path, other, damaged):
        with pytest.raises(DataError, match=f"{wrong.name} is no state of this training"):
            train_linear(one_process(), wrong)


def test_several_processes_go_on_with_the_draws_of_each(tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder in (whole, parts):
        folder.mkdir()
    Fabric(accelerator="cpu", devices=2, strategy="ddp_spawn").launch(whole_and_in_parts, whole, parts)
    one, other = (torch.load(folder / "weights.pt") for folder in (whole, parts))
    assert one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
    assert len((parts / "state.jsonl").read_text().splitlines()) == 2  # one process speaks


# --- the run folder ---------------------------------------------------------------------------------------------


def settings_of(out: Path) -> dict[str, tuple[RunSettings, set[str], RunSettings, RunSettings]]:
    """Each training's settings and which are free; the same in another sitting; and some that are another run's."""
    photos = PhotoTrainSettings((Path("d.json"),), (Path("p"),), out=out)
    stories = StoryTrainSettings(Path("babi"), out=out)
    scenes = SceneTrainSettings(out=out)
    return {
        "photos": (
            photos,
            photos_run.MAY_CHANGE,
            replace(photos, device="cpu", devices=2, epochs=9, scst=SCSTSettings(epochs=2)),
            replace(photos, rate=1.0, scst=SCSTSettings(rate=1.0)),
        ),
        "stories": (
            stories,
            stories_run.MAY_CHANGE,
            replace(stories, device="cpu", command="again", networks=("memnn",)),
            replace(stories, share=0.3),
        ),
        "scenes": (scenes, scenes_run.MAY_CHANGE, replace(scenes, device="cpu", epochs=24), replace(scenes, seed=9)),
    }


@pytest.mark.parametrize("training", ["photos", "stories", "scenes"])
def test_a_run_folder_belongs_to_the_settings_that_it_was_begun_with(training, tmp_path):
    out = tmp_path / "run"
    settings, free, later, other = settings_of(out)[training]
    assert not holds_run(out)
    claim(settings, free)
    assert holds_run(out) and json.loads((out / "settings.json").read_text()) == settings.to_dict()
    claim(later, free)
    written = (out / "settings.json").read_text()
    assert json.loads(written) == later.to_dict()
    names = {"photos": r"\(rate, scst.rate\)", "stories": r"\(share\)", "scenes": r"\(seed\)"}
    with pytest.raises(DataError, match=f"other settings {names[training]}"):
        claim(other, free)
    assert (out / "settings.json").read_text() == written and len(list(out.iterdir())) == 1
    for damaged in (written[:50], "[]", "\udcff"):
        (out / "settings.json").write_bytes(damaged.encode(errors="surrogateescape"))
        with pytest.raises(DataError, match=r"settings\.json is damaged"):
            claim(settings, free)
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(DataError, match="cannot hold a run"):
            claim(replace(settings, out=folder), free)
