"""What a sentence means among the others: templates to roles, and attention from sentence to sentence.

Two kinds of vectors live here. *Meaning* vectors (..., D) hold what the known words say. *Name channels* (..., C, K)
hold, for each of C roles (who, what, where, ...), how much each of the story's K names fills it. Names are only ever
compared with names (inner products over K) and moved from channel to channel, never looked up in a table: permuting
or renaming them permutes the outcome and changes nothing else.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.memory.slots.batch import Batch
from core.memory.slots.names import MOST_TOKENS

ROLES = 10
ORDINALS = 4  # of the roles: the first name of a sentence, the second, ...; the others are learnt
GISTS = 4  # words or groups of words that a template's meaning is made of


class TemplateEncoder(nn.Module):
    """A template's meaning and, for each name in it, the roles that it plays.

    Without dropout: a batch shares its few templates, so one draw would change a template in all its sentences.
    """

    def __init__(self, words: int, size: int, layers: int = 2, heads: int = 4):
        super().__init__()
        self.embed = nn.Embedding(words, size, padding_idx=0)
        self.position = nn.Parameter(torch.randn(MOST_TOKENS, size) * 0.5)
        layer = nn.TransformerEncoderLayer(
            size, heads, 2 * size, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(size)
        self.pool = nn.Linear(size, GISTS)
        self.gists = nn.Sequential(nn.Linear(GISTS * size, size), nn.LayerNorm(size))
        self.roles = nn.Sequential(nn.Linear(2 * size, 2 * size), nn.GELU(), nn.Linear(2 * size, ROLES - ORDINALS))

    def forward(self, tokens: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
        """Templates (U, W) with mentions at (U, P) -> meanings (U, D), roles of the mentions (U, P, ROLES)."""
        pad = tokens == 0
        pad = pad & (torch.arange(pad.shape[1], device=pad.device) > 0)  # an empty sentence still has one place
        x = self.embed(tokens) + self.position[: tokens.shape[1]]  # (U, W, D)
        x = self.norm(self.layers(x, src_key_padding_mask=pad))
        weight = self.pool(x).masked_fill(pad.unsqueeze(2), float("-inf")).softmax(1)  # (U, W, GISTS)
        meaning = self.gists(torch.einsum("uwg,uwd->ugd", weight, x).flatten(1))
        mentions = x.gather(1, places.unsqueeze(2).expand(-1, -1, x.shape[2]))  # (U, P, D)
        whole = meaning.unsqueeze(1).expand(-1, mentions.shape[1], -1)
        roles = self.roles(torch.cat([mentions, whole], dim=2)).softmax(2)
        ordinal = F.one_hot(torch.arange(roles.shape[1], device=roles.device).clamp_max(ORDINALS - 1), ORDINALS)
        return meaning, torch.cat([ordinal.to(roles.dtype).expand(len(roles), -1, -1), roles], dim=2)


def channels(batch: Batch, roles: Tensor) -> Tensor:
    """Which name fills which role: (B, N + 1, ROLES, K) from the roles of the templates' mentions (U, P, ROLES)."""
    names = batch.name.shape[1]
    mentions = F.one_hot(batch.mentions, names + 1)[..., :names].to(roles.dtype)  # (B, N + 1, P, K)
    return torch.einsum("bnpc,bnpk->bnck", roles[batch.template], mentions)


def nearest(logits: Tensor) -> Tensor:
    """Looks that take the nearest match: p_j times the chance that none nearer was taken, in log.

    With p = sigmoid(logits), slot j gets p_j * prod_{i < j} (1 - p_i): the first slot that matches, in the order of
    the last dimension. The rest falls on no slot.
    """
    one = F.logsigmoid(-logits)
    passed = one.cumsum(-1)
    return logits + one + F.pad(passed, (1, 0))[..., :-1]  # logsigmoid(x) = x + logsigmoid(-x)


class SentenceAttention(nn.Module):
    """One layer: each sentence looks at the nearest earlier match, the nearest later one, and at all.

    Args:
        size: D of the meanings.
        total: C, the number of name channels.
    """

    def __init__(self, size: int, total: int, heads: int, head_size: int = 16):
        super().__init__()
        self.heads, self.head_size, self.total = heads, head_size, total
        every = 3 * heads
        self.norm = nn.LayerNorm(size)
        self.query, self.key, self.value = (nn.Linear(size, every * head_size) for _ in range(3))
        self.query_names, self.key_names, self.value_names = (nn.Linear(size, every * total) for _ in range(3))
        self.sharpness = nn.Parameter(torch.full((every,), 2.0))
        self.bias = nn.Parameter(torch.full((every,), -1.0))
        self.out = nn.Linear(every * head_size, size)
        self.names_out = nn.Parameter(torch.randn(total, every) * 0.1)
        self.matches = nn.Linear(total * (total + ROLES), size)
        self.forward_norm = nn.LayerNorm(size)
        self.feed = nn.Sequential(nn.Linear(size, 2 * size), nn.GELU(), nn.Linear(2 * size, size))

    def forward(self, z: Tensor, x: Tensor, asked: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Meanings z (B, N, D) and channels x (B, N, C, K), the question's channels (B, ROLES, K), mask (B, N)."""
        b, n, _ = z.shape
        # Six linear maps of the same in one, and the three of names in one: small ones take their time.
        maps = (self.query, self.key, self.value, self.query_names, self.key_names, self.value_names)
        every = F.linear(
            self.norm(z), torch.cat([part.weight for part in maps]), torch.cat([part.bias for part in maps])
        )
        meanings, of_names = torch.split(every, [3 * self.query.out_features, 3 * self.query_names.out_features], 2)
        q, k, v = meanings.reshape(b, n, -1, self.head_size).transpose(1, 2).chunk(3, dim=1)  # (B, H, N, head_size)
        names = of_names.reshape(b * n, -1, self.total) @ x.flatten(0, 1)  # (B N, 3 H, K)
        qn, kn, vn = names.view(b, n, *names.shape[1:]).transpose(1, 2).chunk(3, dim=1)  # (B, H, N, K)
        logits = q @ k.transpose(2, 3) / self.head_size**0.5
        logits = logits + self.sharpness.view(-1, 1, 1) * (qn @ kn.transpose(2, 3)) + self.bias.view(-1, 1, 1)
        weights = self._weights(logits, mask)  # (B, H, N, N)
        seen = (weights @ v).transpose(1, 2).reshape(b, n, -1)
        x = x + torch.einsum("ch,bhnk->bnck", self.names_out, weights @ vn)
        z = z + self.out(seen)
        pairs = torch.cat([x, asked.unsqueeze(1).expand(-1, n, -1, -1)], dim=2)  # (B, N, C + ROLES, K)
        alike = x.flatten(0, 1) @ pairs.flatten(0, 1).transpose(1, 2)  # (B N, C, C + ROLES)
        z = z + self.matches(alike.view(b, n, -1))
        return z + self.feed(self.forward_norm(z)), x

    def _weights(self, logits: Tensor, mask: Tensor) -> Tensor:
        n = logits.shape[-1]
        later = torch.ones(n, n, dtype=torch.bool, device=mask.device).triu(1)
        known = mask.view(-1, 1, 1, n)
        back, ahead, everywhere = logits.chunk(3, dim=1)
        # Sigmoids of -30 stand for "cannot be taken"; an infinite one would make NaN gradients of the sums.
        back = nearest(back.masked_fill(~(known & later.T), -30.0).flip(-1)).flip(-1).exp()
        ahead = nearest(ahead.masked_fill(~(known & later), -30.0)).exp()
        everywhere = everywhere.masked_fill(~known, -30.0).softmax(-1)
        return torch.cat([back, ahead, everywhere], dim=1)
