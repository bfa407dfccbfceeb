"""The transformer over stories by its papers' equations, head by head and pair by pair."""

from collections.abc import Sequence

import numpy as np

from benchmarks.recomputed.arithmetic import (
    Array,
    Config,
    Look,
    Recomputed,
    Weights,
    answers,
    gelu,
    linear,
    norm,
    read,
    softmax,
)


def distance(steps: float) -> Array:
    """What says how far a sentence is that is told so many steps later; a negative number: before."""
    told = [1, abs(steps) / 10, 1 / (1 + abs(steps))]
    nothing = [0, 0, 0]
    return np.array([*(told if steps < 0 else nothing), float(steps == 0), *(told if steps > 0 else nothing)])


def recompute(config: Config, w: Weights, sentences: Sequence[str], question: str) -> Recomputed:
    return forced(config, w, sentences, question, {})


def forced(config: Config, w: Weights, sentences: Sequence[str], question: str, looks: dict[int, int]) -> Recomputed:
    """The same with some layers made to look at one sentence; ``looks`` counts the sentences that are remembered."""
    sizes, known = config["model"], config["vocabulary"]
    heads, size = sizes["heads"], sizes["width"] // sizes["heads"]
    kept = list(sentences)[-sizes["memory"] :]
    told = np.array([read(text, known, w["words"])[0] for text in kept])
    count, skipped = len(kept), len(sentences) - len(kept)
    x, u, found = told, read(question, known, w["words"])[1], []
    apart = np.array([[distance(j - i) for j in range(count)] for i in range(count)])  # (from, to, 7)
    from_end = [distance(j - count) for j in range(count)]
    alpha = np.zeros(count)  # where the question looked before, at first nowhere

    def think(name: str, y: Array) -> Array:
        one, other = np.split(linear(w, f"{name}.hidden", norm(w, f"{name}.norm", y)), 2, axis=-1)
        return linear(w, f"{name}.out", gelu(one) * other)

    for layer in range(sizes["layers"]):
        name = f"layers.{layer}.among"
        queries, keys, values = np.split(linear(w, f"{name}.looks", norm(w, f"{name}.norm", x)), 3, axis=1)
        seen = np.zeros_like(x)
        for h in range(heads):
            part, place = slice(h * size, (h + 1) * size), w[f"{name}.place"][h]
            for i in range(count):
                fit = [queries[i, part] @ (keys[j, part] + place @ apart[i, j]) for j in range(count)]
                seen[i, part] = softmax(np.array(fit) / np.sqrt(size)) @ values[:, part]
        x = x + linear(w, f"{name}.out", seen)
        x = x + think(f"layers.{layer}.think_sentences", x)

        name = f"layers.{layer}.look"
        query = linear(w, f"{name}.query", norm(w, f"{name}.norm", u))
        keys, values = linear(w, f"{name}.key", norm(w, f"{name}.norm_keys", x)), linear(w, f"{name}.value", told)
        each, brought = np.zeros((heads, count)), np.zeros_like(u)
        for h in range(heads):
            part = slice(h * size, (h + 1) * size)
            fit = [query[part] @ w[f"{name}.nothing"][h]]
            for j in range(count):
                place = w[f"{name}.place"][h] @ np.concatenate([from_end[j], alpha @ apart[:, j]])
                fit.append(query[part] @ (keys[j, part] + place))
            each[h] = softmax(np.array(fit) / np.sqrt(size))[1:]  # the first is nothing
            if layer in looks:
                each[h] = np.eye(count)[looks[layer]]
            brought[part] = each[h] @ values[:, part]
        u = u + linear(w, f"{name}.out", brought)
        u = u + think(f"layers.{layer}.think", u)
        alpha = each.mean(0)
        drawn = np.pad(alpha / alpha.sum(), (skipped, 0))
        found.append(Look(drawn, float(alpha.sum()), heads=np.pad(each, ((0, 0), (skipped, 0)))))
    return Recomputed(found, answers(config, config["answers"], linear(w, "say", norm(w, "norm", u))))
