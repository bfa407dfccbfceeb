"""The slots network, one story at a time: templates, contexts, looks and the answer's parts.

Which words are names is read by ``core/memory/slots/names.py``, which has no weights; all that has is here once more.
"""

import math
from collections.abc import Sequence

import numpy as np

from benchmarks.recomputed.arithmetic import (
    Array,
    Config,
    Look,
    Recomputed,
    Weights,
    gelu,
    gru,
    linear,
    norm,
    sigmoid,
    softmax,
)
from core.memory.slots.names import NAME, UNKNOWN, Sentence, read_story

ROLES, ORDINALS, HEAD, MOST_HOPS, LONGEST, ASKED, WIDTH = 10, 4, 16, 12, 5, 4, 10
MOST_SENTENCES, FLOOR, IMPOSSIBLE, UNLIKELY = 600, -40.0, -18.0, -9.0
Parts = tuple[int, ...]


def recompute(config: Config, w: Weights, sentences: Sequence[str], question: str) -> Recomputed:
    w = {name.removeprefix("net."): values for name, values in w.items()}
    reading = read_story(frozenset(config["words"]), tuple(sentences)[-MOST_SENTENCES:], question)
    skipped = len(sentences) - len(reading.sentences)
    names = max(1, len(reading.names))
    numbers = {word: n for n, word in enumerate(("<pad>", NAME, UNKNOWN, *config["words"]))}
    told = [_sentence(w, numbers, one, names) for one in reading.sentences]
    meaning, asked = _sentence(w, numbers, reading.question, names)
    local, own = np.array([one for one, _ in told]), np.array([one for _, one in told])
    z, x = _contexts(w, config, local, own, meaning, asked)
    there = (np.arange(names) < len(reading.names)).astype(float)  # 1 for a name of the story
    looks, memory, reason = _looks(w, z, x, local, own, meaning, asked, there)
    found = _say(w, config, memory, reason, there)
    texts: dict[str, float] = {}
    rest, end = 0.0, len(config["answers"])
    for parts, value in found:
        text = ",".join(config["answers"][p] if p < end else reading.names[p - end - 1] for p in parts)
        one, other = math.exp(value), texts.get(text, 0.0)
        texts[text], rest = max(one, other), rest + min(one, other)
    powers = {text: prob ** (1 / config["temperature"]) for text, prob in texts.items()}
    whole = sum(powers.values()) + rest ** (1 / config["temperature"])
    drawn = [Look(np.pad(one.alpha, (skipped, 0)), on_nothing=one.on_nothing, enough=one.enough) for one in looks]
    return Recomputed(drawn, {text: power / whole for text, power in powers.items()})


def _sentence(w: Weights, numbers: dict[str, int], sentence: Sentence, names: int) -> tuple[Array, Array]:
    """Its template's meaning (D,), and which name fills which role (ROLES, K)."""
    parts = [numbers[word] for word in sentence.template] or [0]
    x = w["templates.embed.weight"][parts] + w["templates.position"][: len(parts)]
    for layer in (0, 1):
        name = f"templates.layers.layers.{layer}"
        y = norm(w, f"{name}.norm1", x)
        every = y @ w[f"{name}.self_attn.in_proj_weight"].T + w[f"{name}.self_attn.in_proj_bias"]
        size, seen = x.shape[1] // 4, np.zeros_like(x)
        for h in range(4):
            q, k, v = (part[:, h * size : (h + 1) * size] for part in np.split(every, 3, axis=1))
            seen[:, h * size : (h + 1) * size] = softmax(q @ k.T / np.sqrt(size)) @ v
        x = x + linear(w, f"{name}.self_attn.out_proj", seen)
        x = x + linear(w, f"{name}.linear2", gelu(linear(w, f"{name}.linear1", norm(w, f"{name}.norm2", x))))
    x = norm(w, "templates.norm", x)
    gists = softmax(linear(w, "templates.pool", x), axis=0).T @ x  # (GISTS, D)
    meaning = norm(w, "templates.gists.1", linear(w, "templates.gists.0", gists.ravel()))
    own = np.zeros((ROLES, names))
    mentions = [n for n, word in enumerate(sentence.template) if word == NAME]
    for ordinal, (place, who) in enumerate(zip(mentions, sentence.names, strict=True)):
        hidden = gelu(linear(w, "templates.roles.0", np.concatenate([x[place], meaning])))
        learnt = softmax(linear(w, "templates.roles.2", hidden))
        own[:, who] += np.concatenate([np.eye(ORDINALS)[min(ordinal, ORDINALS - 1)], learnt])
    return meaning, own


def _contexts(
    w: Weights, config: Config, local: Array, own: Array, meaning: Array, asked: Array
) -> tuple[Array, Array]:
    """Each sentence among the others: meanings (N, D) and name channels (N, C, K)."""
    working, heads = config["model"]["working"], config["model"]["heads"]
    total, count = ROLES + working, len(local)
    alike = linear(w, "compare", local) * linear(w, "compare", meaning)
    matches = np.array([(one @ asked.T).ravel() for one in own])
    z = linear(w, "start", np.concatenate([local, np.tile(meaning, (count, 1)), alike, matches], axis=1))
    x = np.pad(own, ((0, 0), (0, working), (0, 0)))
    for layer in range(config["model"]["layers"]):
        name = f"context.{layer}"
        y = norm(w, f"{name}.norm", z)
        q, k, v = (linear(w, f"{name}.{part}", y).reshape(count, -1, HEAD) for part in ("query", "key", "value"))
        qn, kn, vn = (
            linear(w, f"{name}.{part}_names", y).reshape(count, -1, total) @ x for part in ("query", "key", "value")
        )  # (N, 3 heads, K) each
        seen, names = np.zeros(v.shape), np.zeros(vn.shape)
        for h in range(3 * heads):
            logits = q[:, h] @ k[:, h].T / np.sqrt(HEAD)
            logits = logits + w[f"{name}.sharpness"][h] * (qn[:, h] @ kn[:, h].T) + w[f"{name}.bias"][h]
            for n in range(count):
                if h < heads:
                    weights = _nearest(logits[n], range(n - 1, -1, -1))
                elif h < 2 * heads:
                    weights = _nearest(logits[n], range(n + 1, count))
                else:
                    weights = softmax(logits[n])
                seen[n, h], names[n, h] = weights @ v[:, h], weights @ vn[:, h]
        x = x + np.einsum("ch,nhk->nck", w[f"{name}.names_out"], names)
        z = z + linear(w, f"{name}.out", seen.reshape(count, -1))
        pairs = [one @ np.concatenate([one, asked]).T for one in x]
        z = z + linear(w, f"{name}.matches", np.array(pairs).reshape(count, -1))
        z = z + linear(w, f"{name}.feed.2", gelu(linear(w, f"{name}.feed.0", norm(w, f"{name}.forward_norm", z))))
    return norm(w, "norm", z), x


def _nearest(logits: Array, order: Sequence[int]) -> Array:
    """The chance that each is the first that matches, in this order."""
    weights, left = np.zeros(len(logits)), 1.0
    for i in order:
        match = float(sigmoid(logits[i]))
        weights[i], left = left * match, left * (1 - match)
    return weights


def _looks(
    w: Weights, z: Array, x: Array, local: Array, own: Array, meaning: Array, asked: Array, there: Array
) -> tuple[list[Look], Array, Array]:
    """The hops, and what they brought together: memories of each name (K, M) and of the rest (D,)."""
    total, count, names = x.shape[1], len(z), asked.shape[1]
    recall = 2 * ROLES + 2 * total
    control = np.tanh(linear(w, "begin", meaning))
    offers = np.einsum("nac,nck->nak", linear(w, "offer", z).reshape(count, ASKED, total), x)
    memory = linear(w, "name_begin", asked.T)
    reason = np.tanh(linear(w, "reason_begin", meaning))
    last, last_context, every = np.zeros((ROLES, names)), np.zeros((total, names)), np.zeros((total, names))
    before, attended = np.zeros(count), np.zeros(count)
    looks: list[Look] = []
    for hop in range(MOST_HOPS):
        wanted = linear(w, "ask", control).reshape(ASKED, recall) @ np.concatenate([asked, last, last_context, every])
        fits = np.einsum("nak,ak->na", offers, wanted)
        up_to = np.cumsum(before)
        place = np.stack([before, up_to - before, 1 - up_to, attended, np.full(count, float(hop == 0))], axis=1)
        keys = linear(w, "keys", z) + linear(w, "matched", np.concatenate([fits, place], axis=1))
        logits = linear(w, "score.weight", np.tanh(keys + linear(w, "score.query", control)))[:, 0]
        end = float(sigmoid(linear(w, "from_end", control))[0])
        weights = end * _nearest(logits, range(count - 1, -1, -1)) + (1 - end) * _nearest(logits, range(count))
        weights = np.maximum(weights, math.exp(FLOOR))
        alpha = weights / weights.sum()
        roles, context = np.einsum("n,nck->ck", alpha, own), np.einsum("n,nck->ck", alpha, x)
        seen = np.concatenate([asked, roles, context, every + context]) @ roles.T
        control = gru(w, "control", np.concatenate([alpha @ z, seen.ravel(), [hop / 4]]), control)
        thought = np.concatenate([alpha @ local, reason, (roles @ memory).ravel()])
        thought = _product(w, "think", thought)
        step = np.concatenate([roles.T, np.tile(linear(w, "tell", thought), (names, 1))], axis=1)
        memory = gru(w, "gather", step, memory)
        reason = gru(w, "reason", np.concatenate([thought, _pool(w, memory, there)]), reason)
        last, last_context, every, before, attended = roles, context, every + context, alpha, attended + alpha
        enough = float(sigmoid(linear(w, "enough.2", gelu(linear(w, "enough.0", control))))[0])
        looks.append(Look(alpha, on_nothing=float(min(max(1 - weights.sum(), 0), 1)), enough=enough))
        if enough >= 0.5:
            break
    return looks, memory, reason


def _product(w: Weights, name: str, x: Array) -> Array:
    one, other = np.split(linear(w, f"{name}.both", x), 2, axis=-1)
    return gelu(one) * other


def _pool(w: Weights, memory: Array, there: Array) -> Array:
    """What is known of all names together (D,)."""
    return np.asarray(there @ gelu(linear(w, "pool", memory)))


def _say(w: Weights, config: Config, memory: Array, reason: Array, there: Array) -> list[tuple[Parts, float]]:
    """The likeliest answers by beam search: their parts and log-probabilities."""
    end = len(config["answers"])
    going: list[tuple[Parts, float]] = [((), 0.0)]
    done: list[tuple[Parts, float]] = []
    for step in range(LONGEST + 1):
        further: list[tuple[Parts, float]] = []
        for parts, before in going:
            log_probs = _part(w, memory, reason, there, [p - end - 1 for p in parts if p > end], step)
            for part in np.argsort(-log_probs, kind="stable")[:WIDTH]:
                value = float(log_probs[part])
                if value < IMPOSSIBLE:
                    break
                if part == end or step == LONGEST:
                    done.append((parts, before + value))
                elif before + value > UNLIKELY:
                    further.append(((*parts, int(part)), before + value))
                elif step == 0:
                    done.append(((int(part),), value))
        going = sorted(further, key=lambda one: -one[1])[:WIDTH]
    return done


def _part(w: Weights, memory: Array, reason: Array, there: Array, said: list[int], step: int) -> Array:
    """Log-probabilities of the answer's next part: a worded answer, the end, or a name."""
    state = np.concatenate([reason, _pool(w, memory, there), np.eye(LONGEST + 1)[step]])
    words = linear(w, "worded.1", _product(w, "worded.0", state))
    if step == 0:
        words[-1] = FLOOR
    listed = np.isin(np.arange(len(memory)), said)
    before = np.stack([listed, np.full(len(memory), step / 2)], axis=1)
    hidden = np.concatenate([memory, np.tile(reason, (len(memory), 1)), before], axis=1)
    names = linear(w, "pointer.2", gelu(linear(w, "pointer.0", hidden)))[:, 0]
    scores = np.concatenate([words, np.where((there > 0) & ~listed, names, FLOOR)])
    return np.asarray(scores - scores.max() - np.log(np.exp(scores - scores.max()).sum()))
