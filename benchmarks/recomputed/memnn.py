"""Memory Network by its papers' equations: two sentences are compared at a time."""

from collections.abc import Sequence

import numpy as np

from benchmarks.recomputed.arithmetic import Config, Look, Recomputed, Weights, answers, linear, read, softmax


def recompute(config: Config, w: Weights, sentences: Sequence[str], question: str) -> Recomputed:
    known = config["vocabulary"]
    asked = read(question, known, w["I.words"])  # a vector for each role
    told = np.array([read(text, known, w["I.words"]) for text in sentences])
    found: list[int] = []
    looks = []
    for hop in range(config["model"]["hops"]):
        query = asked[0] + w["O.bias"]
        if found:
            query = query + told[found[-1], 1] + told[found[:-1], 2].sum(0)
        query = query + np.tanh(linear(w, "O.hidden", query))
        earlier, after, later, enough = w["O.times"] @ query
        free = [i for i in range(len(sentences)) if i not in found]
        if not free:
            break
        fit = {i: float(told[i, 3] @ query) for i in free}
        if found:
            fit = {i: one + (earlier if i < found[-1] else after) for i, one in fit.items()}

        def closest(i: int, fit: dict[int, float] = fit, later: float = later) -> float:
            """By how much a sentence wins the closest of its comparisons: the later of two is favoured."""
            return min((fit[i] - fit[j] + np.sign(i - j) * later for j in fit if j != i), default=0.0)

        wins = np.array([closest(i) for i in free])
        best = free[int(wins.argmax())]
        if hop > 0 and fit[best] <= enough:
            break
        alpha = np.zeros(len(sentences))
        alpha[free] = softmax(wins)
        looks.append(Look(alpha, glimpse=best))
        found.append(best)
    state = asked[4] + sum(told[i, min(5 + n, 7)] for n, i in enumerate(found))
    scores = linear(w, "R.answers", np.tanh(linear(w, "R.hidden", state)))
    return Recomputed(looks, answers(config, config["answers"], scores))
