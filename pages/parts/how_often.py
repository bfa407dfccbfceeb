"""How often the networks of the stories page are right, beside what is right without a story or without a question."""

import streamlit as st

from core import checkpoints
from core.memory.examples import read_stories
from core.memory.session import StorySession
from core.results import files, zoo

DATA = "en, held-out"  # bAbI's training stories that no network learnt from


@st.cache_data(ttl=60, max_entries=1, show_spinner=False)
def load_measured(root: str) -> dict[str, tuple[bool, float, dict[int, float]]]:
    """Network -> whether it is blind, its mean error and its error on each kind, where they are of the weights here."""
    weights = zoo.by_weights(checkpoints.ROOT)
    found = files.read_results("stories", weights=weights, complain=lambda error: None)
    here = [one for one in found if one.data == DATA and one.here]
    return {
        one.model: (one.blind, mean, dict(one.tasks)) for one in here if (mean := one.scores["mean_error"]) is not None
    }


def show_how_often(session: StorySession, networks: list[str]) -> None:
    """One sentence, about the example's kind of question or about all, and where there is more."""
    measured = load_measured(str(checkpoints.ROOT))
    example = read_stories().get(session.name)

    def right(name: str) -> str:
        _, mean, tasks = measured[name]
        return f"{name} {100 - (tasks.get(example.task, mean) if example else mean):.0f} %"

    asked = [right(name) for name in networks if name in measured]
    blind = [right(name) for name, (is_blind, _, _) in measured.items() if is_blind]
    if not asked:
        return
    what = f"of this kind ({example.task} {example.title.lower()})" if example else "of all twenty kinds"
    beside = f" Without being shown both: {', '.join(blind)}." if blind else ""
    with st.container(horizontal=True, vertical_alignment="center", key="how often"):
        st.caption(f"Right on held-out questions {what}: {', '.join(asked)}.{beside}", width="content")
        st.page_link(
            "pages/results.py", label="All scores", icon=":material/leaderboard:", query_params={"results": "Stories"}
        )
