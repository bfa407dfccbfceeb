"""Dynamic Memory Network by its papers' equations, sentence by sentence."""

from collections.abc import Sequence

import numpy as np

from benchmarks.recomputed.arithmetic import (
    Array,
    Config,
    Look,
    Recomputed,
    Weights,
    answers,
    linear,
    read,
    sigmoid,
    softmax,
)


def recompute(config: Config, w: Weights, sentences: Sequence[str], question: str) -> Recomputed:
    return forced(config, w, sentences, question, {})


def forced(config: Config, w: Weights, sentences: Sequence[str], question: str, looks: dict[int, int]) -> Recomputed:
    """The same with some passes made to open one gate only; ``looks`` counts the sentences that are remembered."""
    sizes, known = config["model"], config["vocabulary"]
    d = sizes["width"]
    told = [read(text, known, w["words"])[0] for text in list(sentences)[-sizes["memory"] :]]
    count, skipped = len(told), np.zeros(len(sentences) - len(told))
    q = np.tanh(linear(w, "asked", read(question, known, w["words"])[1]))

    def compare(x: Array, y: Array) -> Array:
        return np.concatenate([x * y, abs(x - y)])

    def around(order: list[int], direction: int) -> dict[int, Array]:
        state, states = np.zeros(d), {}
        for i in order:
            given = linear(w, "fusion.inputs", told[i])[3 * d * direction :][: 3 * d]
            back = state @ w["fusion.hidden"][direction]
            u, r = sigmoid(given[:d] + back[:d]), sigmoid(given[d : 2 * d] + back[d : 2 * d])
            state = u * np.tanh(given[2 * d :] + r * back[2 * d :]) + (1 - u) * state
            states[i] = state
        return states

    ahead, back = around(list(range(count)), 0), around(list(range(count))[::-1], 1)
    facts = [told[i] + ahead[i] + back[i] for i in range(count)]
    memory, before, found = q, None, []
    for number in range(sizes["passes"]):
        logits = np.zeros(count)
        for i in range(count):
            age = count - 1 - i
            place = np.array([age / 10, 1 / (1 + age), 0, 0, 0])
            if before is not None:
                place[2:] = before[:i].sum(), before[i], before[i + 1 :].sum()
            z = linear(w, "compare_question", compare(facts[i], q)) + linear(
                w, "compare_memory", compare(facts[i], memory)
            )
            logits[i] = linear(w, "open", np.tanh(z + w["place.weight"] @ place))[0]
        gates = sigmoid(logits) if sizes["gates"] == "sigmoid" else softmax(logits)
        if number in looks:
            gates = np.eye(count)[looks[number]]
        h, moved = np.zeros(d), np.zeros(count)
        for i in range(count):
            given, state = linear(w, "attend.inputs", told[i]), h @ w["attend.hidden"]
            r = sigmoid(given[:d] + state[:d])
            new = gates[i] * np.tanh(given[d:] + r * state[d:]) + (1 - gates[i]) * h
            moved[i] = np.sqrt(((new - h) ** 2).mean())
            h = new
        memory = np.tanh(linear(w, f"update.{number}", np.concatenate([memory, h, q, h * q, h * memory])))
        before = gates / max(gates.sum(), 1e-3)
        found.append(Look(np.concatenate([skipped, gates]), moved=np.concatenate([skipped, moved])))
    scores = linear(w, "say", np.concatenate([memory, q]))
    return Recomputed(found, answers(config, config["answers"], scores))
