"""End-To-End Memory Network by its paper's equations."""

from collections.abc import Sequence

import numpy as np

from benchmarks.recomputed.arithmetic import Config, Look, Recomputed, Weights, answers, read, share


def recompute(config: Config, w: Weights, sentences: Sequence[str], question: str) -> Recomputed:
    sizes, known = config["model"], config["vocabulary"]
    longest, width = sizes["longest"], sizes["width"]
    story_only, blind = sizes["sees"] == "story", sizes["sees"] == "question"
    kept = list(sentences)[-sizes["memory"] :]
    told = [""] if blind else kept
    last = share(longest, longest, width)  # a sentence's age is one more word, the last
    memories = np.array([
        read(text, known, w["words"], longest) + last * w["times"][len(told) - 1 - n] for n, text in enumerate(told)
    ])  # fmt: skip
    u = read("" if story_only else question, known, w["words"], longest)[0]
    looks = []
    for hop in range(sizes["hops"]):
        p = np.ones(len(told)) / len(told)
        gate = 1.0
        if sizes["attention"] == "soft":
            fit = np.exp(memories[:, hop] @ u)
            empty = sizes["memory"] - len(told)  # slots that no sentence fills score 0
            p, gate = fit / fit.sum(), float(fit.sum() / (fit.sum() + empty))
        u = u + gate * (p @ memories[:, hop + 1])
        drawn = np.full(len(kept), 1 / len(kept)) if blind else p  # it sees no sentence: an even look is drawn
        looks.append(Look(np.pad(drawn, (len(sentences) - len(kept), 0)), gate))
    return Recomputed(looks, answers(config, known, w["words"][:, -1] @ u))
