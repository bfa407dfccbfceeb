"""A network that begins with the weights of one that knew fewer words and answers."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from core.memory.slots.batch import SPECIAL, Words
from core.memory.slots.memory_network import SlotsMemoryNetwork
from core.memory.slots.network import SlotsNetwork

UNLIKELY = -4.0  # the bias of an answer that was never given yet


@torch.no_grad()
def grown(network: SlotsMemoryNetwork, words: Sequence[str], answers: Sequence[str]) -> SlotsMemoryNetwork:
    """The network with further words and worded answers; what it knew it says as before.

    New words begin with small random meanings, new answers as unlikely ones.
    """
    new_words = [word for word in words if word not in network.words.closed]
    new_answers = [answer for answer in answers if answer not in network.answers]
    if not new_words and not new_answers:
        return network
    known = Words((*network.words.known, *new_words))
    said = (*network.answers, *new_answers)
    old = network.net
    net = SlotsNetwork(replace(old.sizes, words=len(known), answers=len(said)))
    state = {name: value.clone() for name, value in old.state_dict().items()}
    end = len(network.answers)
    for name, value in net.state_dict().items():
        if name == "templates.embed.weight":
            state[name] = torch.cat([state[name], 0.1 * value[len(SPECIAL) + len(network.words.known) :]])
        elif state[name].shape != value.shape:  # the answers, and the end after them
            state[name] = _between(state[name], end, len(new_answers), 0.0 if value.dim() > 1 else UNLIKELY)
    net.load_state_dict(state)
    return SlotsMemoryNetwork(net, known, said, network.temperature)


def _between(values: Tensor, place: int, count: int, fill: float) -> Tensor:
    """Rows put in before ``place``."""
    rows = torch.full((count, *values.shape[1:]), fill, dtype=values.dtype)
    return torch.cat([values[:place], rows, values[place:]])
