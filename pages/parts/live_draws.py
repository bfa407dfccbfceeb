"""Watch it learn, third tab: one look of hard attention left to chance, and what its draws make of the gradient."""

import math

import streamlit as st
import torch

from core.captioning.photo import encode_jpeg
from core.data.scenes import Scene, make_scene
from core.scenes.encoder import SceneEncoder
from core.scenes.estimator import SPREAD, Baseline, Chance, Draws, draw
from core.views import gradients
from core.views.figures import percent
from pages.parts.address import linked, number_in, one_of
from pages.parts.live_models import SCALE, Model, choose_scene, grid, list_models, load_scene_service
from pages.parts.state import key

LISTED = 8  # draws in the table
LONG = 1000  # draws of the chart of errors
COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
TEMPERATURES = [1.0, 2.0, 4.0, 8.0]

STORY = f"""
Before each word hard attention **draws one cell**. Whether that was a good idea shows only afterwards: the **reward**
is the log-probability of the words that follow. No gradient passes through a draw, so training nudges instead: a look
that was rewarded more than the **baseline** becomes likelier, one that was rewarded less becomes rarer.

Here the world is so small that all {math.prod(SceneEncoder.grid)} cells can be tried, which gives the
**exact gradient**. The nudges are right on average, with any baseline. But a single draw can be far off, and how far
is what the baseline decides.
"""


@st.cache_data(max_entries=64, show_spinner=False)
def _chance(model: Model, split: str, number: int, step: int, heat: float) -> Chance:
    service, scene = load_scene_service(model.root, model.version), make_scene(split, number)
    return service.chance(grid(model, scene)[0], model.name, scene, step, heat)


def show_draws() -> None:
    models = {name: model for name, model in list_models().items() if model.attention == "hard"}
    if not models:
        st.info("There is no captioner of scenes with hard attention in checkpoints/.", icon=":material/casino:")
        return
    st.markdown(STORY)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="draw settings"):
        scene = choose_scene(("test", "unseen", "val", "train"))
        model = next(iter(models))
        if len(models) > 1:
            model = st.selectbox("Captioner", list(models), key=key("drawn model"), width=180)
        with linked("heat", one_of(TEMPERATURES, "{:g}".format), 4.0) as place:
            heat = st.select_slider(
                "Temperature", TEMPERATURES, key=place, format_func="{:g}".format, width=150,
                help="A trained captioner is so sure that it hardly draws anything else. Above 1 more is left to "
                "chance.",
            )  # fmt: skip
        with linked("draws", one_of(COUNTS), 20) as place:
            count = st.select_slider("Draws", COUNTS, key=place, width=220)
        with linked("draw seed", number_in(0, 9999), 0) as place:
            seed = st.number_input("Seed", 0, 9999, key=place, width=120)
    naming = [n for n, box in enumerate(scene.word_boxes) if box]
    step = st.segmented_control(
        "The look before", range(len(scene.words)), default=naming[0], required=True, key=key(f"word {scene.caption}"),
        format_func=lambda n: scene.words[n],
    )  # fmt: skip
    try:
        chance = _chance(models[model], scene.split, scene.number, step, heat)
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return
    draws = {name: draw(chance, LONG, name, torch.Generator().manual_seed(seed)) for name in SPREAD}
    some = {name: Draws(*(part[:count] for part in vars(each).values())) for name, each in draws.items()}
    _show_scene(scene, step, chance, some["expected reward"])
    _show_maps(chance, some)
    _show_noise(chance, draws, seed)


def _show_scene(scene: Scene, step: int, chance: Chance, draws: Draws) -> None:
    """The distribution with its draws, and the first of them in numbers."""
    left, right = st.columns([1, 1.35], gap="large")
    with left:
        st.image(
            encode_jpeg(gradients.drawn_over(scene.picture(SCALE), chance, draws)), width="stretch",
            alt=f"{scene.caption}: where the look before “{scene.words[step]}” may fall, and {len(draws.cells)} draws.",
        )  # fmt: skip
        st.caption("The heat is the distribution; every dot is a draw.")
    with right:
        most = int(chance.alpha.argmax())
        st.markdown(
            f"The likeliest cell has {percent(float(chance.alpha[most]))} of the weight. Looking there brings a reward "
            f"of {float(chance.reward[most]):.2f}; the expected reward, over all cells, is {chance.expected:.2f}."
        )
        rows = [
            {
                "cell": f"row {cell // chance.grid[1] + 1}, column {cell % chance.grid[1] + 1}",
                "chance": percent(float(chance.alpha[cell])),
                "reward": f"{reward:.2f}",
                "less the baseline": f"{reward - base:+.2f}",
                "so this look becomes": "likelier" if reward > base else "rarer",
            }
            for cell, reward, base in zip(
                draws.cells[:LISTED].tolist(), draws.rewards.tolist(), draws.baselines.tolist(), strict=False
            )
        ]
        st.dataframe(rows, hide_index=True, width="stretch")
        st.caption(f"The first draws; the baseline is the expected reward, {chance.expected:.2f}.")


def _show_maps(chance: Chance, draws: dict[Baseline, Draws]) -> None:
    st.subheader("What the scores are told to do", anchor=False)
    count = len(next(iter(draws.values())).cells)
    st.caption("Orange: raise the score of this cell. Blue: lower it. Each map has a scale of its own.")
    maps = {
        "The exact gradient": chance.exact,
        f"{count} draws, no baseline": draws["none"].mean,
        f"{count} draws, baseline: expected reward": draws["expected reward"].mean,
        "Straight through, on average": chance.straight_mean,
    }
    columns = st.container(key="maps").columns(4, gap="medium")
    for column, (name, gradient) in zip(columns, maps.items(), strict=True):
        with column:
            st.markdown(f"**{name}**")
            st.plotly_chart(
                gradients.gradient_map(gradient, chance.grid), key=key(f"map {name}"), config={"displayModeBar": False},
                alt=gradients.map_alt(name, gradient, chance),
            )  # fmt: skip
            if name != "The exact gradient":
                likeness = float(torch.cosine_similarity(gradient, chance.exact, dim=0))
                st.caption(f"Direction agrees to {likeness:.2f} (1 is the same)")


def _show_noise(chance: Chance, draws: dict[Baseline, Draws], seed: int) -> None:
    left, right = st.columns(2, gap="large")
    generator = torch.Generator().manual_seed(seed)
    cells = torch.multinomial(chance.alpha, LONG, replacement=True, generator=generator)
    straight = gradients.error(chance, chance.straight[cells])
    with left:
        st.subheader("Nearer with every draw", anchor=False)
        st.caption("How far the mean of so many draws is from the exact gradient, in lengths of it.")
        st.plotly_chart(
            gradients.error_chart(chance, draws, straight), key=key("errors"), config={"displayModeBar": False},
            alt=f"The errors after {LONG:,} draws: "
            + ", ".join(f"{name} {gradients.error(chance, each.gradients)[-1]:.2f}" for name, each in draws.items())
            + f", straight through {straight[-1]:.2f}.",
        )  # fmt: skip
    with right:
        st.subheader("How much a single draw varies", anchor=False)
        st.caption("The variance of one draw's gradient, exactly, in squared lengths of the exact gradient.")
        found = gradients.variances(chance)
        st.plotly_chart(
            gradients.variance_chart(chance), key=key("variances"), config={"displayModeBar": False},
            alt=", ".join(f"{gradients.LABELS[name]} {value:.3g}" for name, value in found.items()) + ".",
        )  # fmt: skip
