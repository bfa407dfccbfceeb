"""Memory networks that no one trained, over a few of bAbI's words."""

from pathlib import Path

import torch

from core import checkpoints
from core.memory.bags import Lexicon
from core.memory.dmn import DMN, DMNSizes
from core.memory.memn2n import MemN2N, MemN2NSizes
from core.memory.memnn import MemNN, MemNNSizes
from core.memory.registry import StoryQuery
from core.memory.story_transformer import StoryTransformer, StoryTransformerSizes

WORDS = ["mary", "john", "went", "to", "the", "kitchen", "garden", "office", "where", "is", "milk", "took"]
ANSWERS = ["kitchen", "garden", "office", "apple,milk"]
STORY = ("Mary went to the kitchen.", "John took the milk.", "John went to the garden.", "Mary went to the office.")
ASKED = [
    StoryQuery(STORY, "Where is Mary?"),
    StoryQuery(STORY[:1], "Where is John?"),
    StoryQuery(STORY * 3, "Where is the milk?"),
]


Network = MemN2N | MemNN | DMN | StoryTransformer


def tiny(name: str, seed: int = 0) -> Network:
    """The network of a recipe, or "dmn-softmax"; the same seed, the same bits."""
    torch.manual_seed(seed)
    network: Network
    if name.startswith("dmn"):
        gates = "softmax" if name == "dmn-softmax" else "sigmoid"
        sizes = DMNSizes(len(WORDS), len(ANSWERS), passes=3, width=8, memory=5, gates=gates)
        network = DMN(sizes, Lexicon(WORDS), ANSWERS, temperature=0.5)
    elif name == "story-transformer":
        sizes = StoryTransformerSizes(len(WORDS), len(ANSWERS), layers=3, heads=2, width=8, hidden=16, memory=5)
        network = StoryTransformer(sizes, Lexicon(WORDS), ANSWERS, temperature=0.5)
    elif name == "memnn":
        network = MemNN(MemNNSizes(len(WORDS), len(ANSWERS), width=8, hidden=8, hops=3), Lexicon(WORDS), ANSWERS)
    else:
        sizes = MemN2NSizes(
            attention="none" if name == "memn2n-none" else "soft",
            words=len(WORDS) + 1,
            hops=2,
            width=8,
            memory=5,
            sees=name.removesuffix("-only") if name.endswith("-only") else "both",
        )
        network = MemN2N(sizes, Lexicon([*WORDS, "apple,milk"]), temperature=0.5)
    for parameter in network.parameters():  # large enough for looks and answers that differ
        parameter.data.normal_(std=0.7)
    return network.eval()


def save_tiny(root: Path, name: str) -> Network:
    """The same as a checkpoint under ``root``; returns the network as it was before."""
    network = tiny(name)
    about = {"data": "nothing", "licence": "MIT", "seed": 0, "settings": {}, "temperature": network.temperature}
    checkpoints.save(root / name, {"kind": "memory", **network.config(), **about}, network.state_dict(), f"# {name}\n")
    return network
