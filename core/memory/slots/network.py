"""The slots network: contextual keys say where to look, the sentences looked at give the answer.

1. Every sentence becomes a template and name channels (context.py), and learns what it means among the others.
2. Hops. A control state, begun with the question, asks for the nearest match from the story's end or beginning; what
   it looked at changes it, and it asks again, until it has enough:

       e_i = w . tanh(key_i + U c)        alpha = nearest match in sigmoid(e)
       c'  = f(c, sum_i alpha_i context_i)

3. The answer is read from the question and from the *sentences themselves* at the hops, not from their contexts:
   what was not looked at cannot enter the answer. A small memory for each name gathers the roles it played.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.attention import AdditiveScore, Kind, attend
from core.memory.slots.batch import Batch
from core.memory.slots.context import ROLES, SentenceAttention, TemplateEncoder, channels, nearest

MOST_HOPS = 12
LONGEST_ANSWER = 5  # parts: things of a list, steps of a path
FLOOR = -40.0  # log of a weight that is nothing


@dataclass(frozen=True)
class SlotsSizes:
    """The network's sizes. ``words`` and ``answers`` count the known words and the worded answers."""

    words: int
    answers: int
    attention: Kind = "soft"
    size: int = 64
    working: int = 6
    layers: int = 3
    heads: int = 2
    memory: int = 32


class Looks(NamedTuple):
    """The hops of B questions.

    Attributes:
        log_alpha: (B, H, N) log of each hop's weights before they are made to sum to 1.
        alpha: (B, H, N) what was used.
        stop: (B, H + 1) logit of having enough before each hop, and after the last.
    """

    log_alpha: Tensor
    alpha: Tensor
    stop: Tensor

    def of(self, row: int, hops: int) -> "Looks":
        """The first hops of one question, without the dimension of questions."""
        return Looks(self.log_alpha[row, :hops], self.alpha[row, :hops], self.stop[row, : hops + 1])


class Gathered(NamedTuple):
    """What the hops brought together: memories of each name (B, K, M) and of the rest (B, D), and the names (B, K)."""

    memory: Tensor
    reason: Tensor
    name: Tensor

    def select(self, rows: Tensor) -> "Gathered":
        return Gathered(*(x[rows] for x in self))


class Story(NamedTuple):
    """An encoded batch: contexts z (B, N, D), x (B, N, C, K); the sentences themselves; the question."""

    z: Tensor
    x: Tensor
    local: Tensor
    names: Tensor
    question: Tensor
    asked: Tensor
    sentence: Tensor
    name: Tensor


class Product(nn.Module):
    """A hidden layer whose units are products, for what depends on two things at once (this way, and turned round)."""

    def __init__(self, size: int, out: int):
        super().__init__()
        self.both = nn.Linear(size, 2 * out)

    def forward(self, x: Tensor) -> Tensor:
        one, other = self.both(x).chunk(2, dim=-1)
        product: Tensor = F.gelu(one) * other
        return product


class SlotsNetwork(nn.Module):
    """Story and question in; hops, and log-probabilities of the answer's parts out."""

    def __init__(self, sizes: SlotsSizes):
        super().__init__()
        self.sizes = sizes
        size, memory = sizes.size, sizes.memory
        self.total = ROLES + sizes.working
        self.templates = TemplateEncoder(sizes.words, size)
        self.start = nn.Linear(3 * size + ROLES * ROLES, size)
        self.compare = nn.Linear(size, size)
        self.context = nn.ModuleList(SentenceAttention(size, self.total, sizes.heads) for _ in range(sizes.layers))
        self.norm = nn.LayerNorm(size)
        # looking
        self.asked = 4  # name vectors that the control state compares with each sentence's
        self.recall = (
            2 * ROLES + 2 * self.total
        )  # channels it can ask for: the question's, the last look's, its context's, all looks'
        self.ask = nn.Linear(size, self.asked * self.recall)
        self.offer = nn.Linear(size, self.asked * self.total)
        self.keys = nn.Linear(size, 2 * size)
        self.matched = nn.Linear(self.asked + 5, 2 * size, bias=False)
        self.score = AdditiveScore(size, 2 * size)
        self.from_end = nn.Linear(size, 1)
        self.enough = nn.Sequential(nn.Linear(size, size), nn.GELU(), nn.Linear(size, 1))
        self.begin = nn.Linear(size, size)
        self.control = nn.GRUCell(size + self.recall * ROLES + 1, size)
        # answering
        self.name_begin = nn.Linear(ROLES, memory)
        self.gather = nn.GRUCell(ROLES + memory, memory)
        self.think = Product(2 * size + ROLES * memory, 2 * size)
        self.tell = nn.Linear(2 * size, memory)
        self.pool = nn.Linear(memory, size)
        self.reason_begin = nn.Linear(size, size)
        self.reason = nn.GRUCell(3 * size, size)
        self.worded = nn.Sequential(
            Product(2 * size + LONGEST_ANSWER + 1, 2 * size), nn.Linear(2 * size, sizes.answers + 1)
        )
        self.pointer = nn.Sequential(nn.Linear(memory + size + 2, size), nn.GELU(), nn.Linear(size, 1))

    def read(self, batch: Batch) -> Story:
        """Encode templates, names and contexts."""
        meanings, roles = self.templates(batch.tokens, batch.places)
        own = channels(batch, roles)  # (B, N + 1, ROLES, K)
        local, names = meanings[batch.template], own[:, :-1]
        question, asked = local[:, -1], own[:, -1]
        local = local[:, :-1]
        b, n, _ = local.shape
        matches = torch.einsum("bnck,bdk->bncd", names, asked).flatten(2)
        alike = self.compare(local) * self.compare(question).unsqueeze(1)  # large where "north" is asked and told
        z = self.start(torch.cat([local, question.unsqueeze(1).expand(-1, n, -1), alike, matches], dim=2))
        x = F.pad(names, (0, 0, 0, self.sizes.working))  # working channels begin empty
        for layer in self.context:
            z, x = layer(z, x, asked, batch.sentence)
        return Story(self.norm(z), x, local, names, question, asked, batch.sentence, batch.name)

    def forward(
        self, batch: Batch, hops: Tensor | None = None, made: dict[int, Tensor] | None = None
    ) -> tuple[Looks, Tensor, Gathered]:
        """Look and answer.

        Args:
            hops: (B,) how many hops each question takes (training); None lets the network decide.
            made: hop -> (B,) the sentence that this hop is made to look at, -1 where it is free.

        Returns:
            the looks, the number of hops taken (B,), and what :meth:`say` reads the answer from.
        """
        story = self.read(batch)
        b, n, _ = story.z.shape
        control = torch.tanh(self.begin(story.question))
        offers = torch.einsum(
            "bnac,bnck->bnak", self.offer(story.z).view(b, n, self.asked, self.total), story.x
        )  # (B, N, A, K)
        keys = self.keys(story.z)
        names = story.asked.shape[2]
        memory = self.name_begin(story.asked.transpose(1, 2))  # (B, K, M)
        reason = torch.tanh(self.reason_begin(story.question))
        last = story.x.new_zeros(b, ROLES, names)
        last_context = every = story.x.new_zeros(b, self.total, names)
        before = attended = story.z.new_zeros(b, n)
        taken = torch.zeros(b, dtype=torch.long, device=keys.device)
        going = torch.ones(b, dtype=torch.bool, device=keys.device)
        most = MOST_HOPS if hops is None else int(hops.max())
        log_alphas, alphas, stops = [], [], [self.enough(control).squeeze(1)]
        for hop in range(most):
            going = going & ((hops > hop) if hops is not None else (stops[-1] < 0) | (hop == 0)) & story.sentence.any(1)
            if hops is None and not going.any():
                break
            recall = torch.cat([story.asked, last, last_context, every], dim=1)  # (B, recall, K)
            ask = torch.einsum("bar,brk->bak", self.ask(control).view(b, self.asked, self.recall), recall)
            passed = before.cumsum(1)
            place = torch.stack([before, passed - before, 1 - passed, attended, torch.full_like(before, hop == 0)], 2)
            match = torch.cat([torch.einsum("bnak,bak->bna", offers, ask), place], dim=2)
            logits = self.score(control, keys + self.matched(match)).masked_fill(~story.sentence, -30.0)
            end = F.logsigmoid(self.from_end(control))
            start = F.logsigmoid(-self.from_end(control))
            log_alpha = torch.logaddexp(end + nearest(logits.flip(1)).flip(1), start + nearest(logits)).clamp_min(
                FLOOR
            )  # (B, N)
            mask = story.sentence | ~story.sentence.any(1, keepdim=True)
            if made and hop in made:
                only = F.one_hot(made[hop].clamp_min(0), n).bool()
                mask = torch.where((made[hop] >= 0).unsqueeze(1), only, mask)
            look = attend(self.sizes.attention, log_alpha, story.local, mask)
            alpha = look.alpha
            if look.choice is not None:
                alpha = F.one_hot(look.choice, n).to(alpha.dtype)
            glimpse, roles = look.glimpse, torch.einsum("bn,bnck->bck", alpha, story.names)
            context = torch.einsum("bn,bnck->bck", alpha, story.x)
            meaning = torch.einsum("bn,bnd->bd", alpha, story.z)
            live = going.unsqueeze(1)
            # the control state moves on
            new_recall = torch.cat([story.asked, roles, context, every + context], dim=1)
            found = torch.einsum("brk,bck->brc", new_recall, roles).flatten(1)
            moved = self.control(torch.cat([meaning, found, torch.full_like(found[:, :1], hop / 4)], dim=1), control)
            control = torch.where(live, moved, control)
            # the answer's memories gather what was seen
            together = torch.einsum("bck,bkm->bcm", roles, memory).flatten(1)  # what is known of the names it mentions
            thought = self.think(torch.cat([glimpse, reason, together], dim=1))  # (B, 2 D)
            told_names = self.tell(thought).unsqueeze(1).expand(-1, names, -1)
            step = torch.cat([roles.transpose(1, 2), told_names], dim=2).flatten(0, 1)
            gathered = self.gather(step, memory.flatten(0, 1)).view(memory.shape)
            memory = torch.where(live.unsqueeze(2), gathered, memory)
            thought = torch.cat([thought, self._pool(memory, story.name)], dim=1)
            reason = torch.where(live, self.reason(thought, reason), reason)
            last = torch.where(live.unsqueeze(2), roles, last)
            last_context = torch.where(live.unsqueeze(2), context, last_context)
            every = torch.where(live.unsqueeze(2), every + context, every)
            before = torch.where(live, alpha, before)
            attended = torch.where(live, attended + alpha, attended)
            taken = taken + going
            log_alphas.append(log_alpha)
            alphas.append(look.alpha)
            stops.append(self.enough(control).squeeze(1))
        if not log_alphas:
            log_alphas = alphas = [story.z.new_zeros(b, n)]
            stops = stops * 2
        looks = Looks(torch.stack(log_alphas, 1), torch.stack(alphas, 1), torch.stack(stops, 1))
        return looks, taken, Gathered(memory, reason, story.name)

    def _pool(self, memory: Tensor, name: Tensor) -> Tensor:
        return (F.gelu(self.pool(memory)) * name.unsqueeze(2)).sum(1)  # (B, D)

    def say(self, gathered: Gathered, said: Tensor, step: int) -> Tensor:
        """Log-probabilities of the answer's next part (B, answers + 1 + K): a worded answer, the end, or a name.

        Args:
            said: (B, K) 1 for the names that the answer already lists.
            step: how many parts it has, words and names.
        """
        memory, reason, name = gathered
        b, k, _ = memory.shape
        at = F.one_hot(torch.full((b,), step, device=reason.device), LONGEST_ANSWER + 1).to(reason.dtype)
        state = torch.cat([reason, self._pool(memory, name)], dim=1)
        words = self.worded(torch.cat([state, at], dim=1))  # (B, answers + 1)
        if step == 0:  # an answer has at least one part
            words = torch.cat([words[:, :-1], torch.full_like(words[:, -1:], FLOOR)], dim=1)
        before = torch.stack([said, torch.full_like(said, step / 2)], dim=2)
        names = self.pointer(torch.cat([memory, reason.unsqueeze(1).expand(-1, k, -1), before], dim=2)).squeeze(2)
        names = names.masked_fill(~name | said.bool(), FLOOR)
        return torch.cat([words, names], dim=1).log_softmax(1)
