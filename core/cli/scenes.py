"""``train scenes`` and ``evaluate scenes``: the small world whose truth is known."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from core.cli.common import Checkpoints, InputError, Json, ProgressBar, prepare_outputs
from core.cli.train import Attention, Stages
from core.results.files import write_result
from core.results.provenance import made_by

SPLITS = ("test", "unseen")
COLUMNS = ("n", "exact", "exact_alone", "exact_relational", "mixed_up_relational", "pointing")


def train_scenes(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The run's folder; the checkpoints end up in it.")],
    attention: Annotated[list[Attention] | None, typer.Option(help="Which captioners; all if not given.")] = None,
    scenes: Annotated[int | None, typer.Option(min=1, help="Scenes of an epoch, each time others.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="How many epochs.")] = None,
    eyes: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Eyes to keep, the folder of a checkpoint; none are trained.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="The same seed, the same run.")] = None,
    device: Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="What to train on.")] = "auto",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run that --out holds.")] = False,
) -> None:
    """Train eyes and captioners on generated scenes. Interrupted, it goes on with --resume."""
    if not resume and (out / "settings.json").exists():
        raise InputError(f"{out} holds a run already; add --resume to go on with it, or take another --out.")

    import torch

    from core.scenes.training.run import SceneTrainSettings
    from core.scenes.training.run import train_scenes as train

    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("There is no GPU that torch can use; train with --device cpu.")
    chosen = {
        "attention": tuple(dict.fromkeys(kind.value for kind in attention)) if attention else None,
        "scenes": scenes,
        "epochs": epochs,
        "eyes": eyes,
        "seed": seed,
    }
    settings = SceneTrainSettings(
        out=out, device=device, **{name: value for name, value in chosen.items() if value is not None}
    )
    with Stages(shown=True) as stages:
        folders = train(settings, stages.begin)
    for folder in folders:
        print(folder)


def evaluate_scenes(
    context: typer.Context,
    models: Annotated[
        list[str] | None,
        typer.Option("--model", metavar="NAME", help="A folder under checkpoints/ or a path to one. May be repeated."),
    ] = None,
    split: Annotated[list[str] | None, typer.Option(help="Which scenes; test and unseen if not given.")] = None,
    count: Annotated[int, typer.Option("--count", min=1, help="How many scenes of each split.")] = 1000,
    results: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write each model's figures into a file here.")
    ] = None,
    checkpoints: Checkpoints = None,
    as_json: Json = False,
) -> None:
    """Measure captioners of scenes: captions exactly right, and looks that point at the thing named."""
    from core.checkpoints import ROOT, read, resolve
    from core.data.scenes import SPLITS as KNOWN
    from core.data.scenes import make_scenes
    from core.scenes.evaluation import BATCH
    from core.scenes.service import SceneService

    root = checkpoints or ROOT
    service = SceneService(root)
    names = list(dict.fromkeys(models or service.captioners()))
    if not names:
        raise InputError(f"There are no captioners of scenes in {root}.")
    folders = {name: resolve(name, root) for name in names}
    splits = list(dict.fromkeys(split or SPLITS))
    if not set(splits) <= set(KNOWN):
        raise InputError(f"A split is one of {', '.join(KNOWN)}.")
    prepare_outputs(None, results)
    made = made_by("core", context.obj)
    if not as_json:
        print(_row("model", "split", COLUMNS))
    batches = -(-count // BATCH)
    with ProgressBar("Captioning scenes", len(splits) * batches * (1 + len(names))) as bar:
        for part in splits:
            scenes = list(make_scenes(part, count))
            grids = service.encode_scenes(scenes, BATCH, bar.advance)
            for name in names:
                measured = {
                    "model": folders[name].name,
                    "split": part,
                    **service.measure(grids, name, scenes, bar.advance),
                }
                bar.print(
                    json.dumps(measured)
                    if as_json
                    else _row(name, part, ["-" if measured[key] is None else f"{measured[key]:.1f}" for key in COLUMNS])
                )
                if results:
                    file = f"scenes-{part}-{folders[name].name.removeprefix('scenes-')}.json"
                    write_result(results / file, measured, made, read(folders[name]).config)


def _row(model: str, split: str, cells) -> str:
    return f"{model:14}{split:8}" + "".join(f"{cell:>21}" for cell in cells)
