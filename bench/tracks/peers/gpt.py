"""Small GPTs: RMSNorm, rotary positions, gated activation, untied head."""
from functools import partial
from typing import NamedTuple
import torch
import torch.nn.functional as F
from torch import nn
from generator import fill, integers, uniform
from work import TrainingStep, kd_loss

HEAD, VOCABULARY, LENGTH, BATCH = 64, 8192, 128, 8


class Sizes(NamedTuple):
    width: int
    layers: int
    heads: int
    hidden: int


GPT, LLAMA = Sizes(256, 4, 4, 688), Sizes(384, 6, 6, 1024)


def linear(inputs, outputs, seed, scale):
    layer = nn.Linear(inputs, outputs, bias=False)
    fill(layer.weight, seed, scale)
    return layer


def rotary():
    """Cosines and sines, [LENGTH, HEAD], the halves equal; rounded once from double."""
    angles = torch.arange(LENGTH).double()[:, None] * 10000.0 ** (-2 * torch.arange(HEAD // 2).double() / HEAD)
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos().float(), angles.sin().float()


def rotate(x, cosine, sine):
    first, second = x.chunk(2, dim=-1)
    return x * cosine + torch.cat((-second, first), dim=-1) * sine


class Layer(nn.Module):
    def __init__(self, sizes, index):
        super().__init__()
        self.sizes, seed, width, hidden = sizes, 10 * index + 10, sizes.width, sizes.hidden
        self.attention_gain, self.hidden_gain = nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))
        self.qkv, self.output = linear(width, 3 * width, seed, 0.06), linear(width, width, seed + 1, 0.06)
        self.gate_up, self.down = linear(width, 2 * hidden, seed + 2, 0.06), linear(hidden, width, seed + 3, 0.04)

    def forward(self, x, cosine, sine):
        width = self.sizes.width
        normed = F.rms_norm(x, (width,), self.attention_gain, 1e-6)
        q, k, v = self.qkv(normed).view(BATCH, LENGTH, 3, self.sizes.heads, HEAD).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(rotate(q, cosine, sine), rotate(k, cosine, sine), v, is_causal=True)
        x = x + self.output(attended.transpose(1, 2).reshape(BATCH, LENGTH, width))
        gate, up = self.gate_up(F.rms_norm(x, (width,), self.hidden_gain, 1e-6)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)


class Network(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, sizes.width)
        fill(self.embedding.weight, 1, 0.5)
        self.layers = nn.ModuleList(Layer(sizes, index) for index in range(sizes.layers))
        self.gain = nn.Parameter(torch.ones(sizes.width))
        self.head = linear(sizes.width, VOCABULARY, 2, 0.06)
        self.cosine, self.sine = rotary()

    def forward(self, tokens):
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x, self.cosine, self.sine)
        return self.head(F.rms_norm(x, self.gain.shape, self.gain, 1e-6)).view(BATCH * LENGTH, VOCABULARY)


class Step(TrainingStep):
    def __init__(self, sizes, fused):
        super().__init__(Network(sizes), fused)
        drawn = integers((BATCH * LENGTH, 2), 5, VOCABULARY)
        self.tokens, self.labels = drawn[:, 0].reshape(BATCH, LENGTH).contiguous(), drawn[:, 1].contiguous()
        self.teacher = uniform((BATCH * LENGTH, VOCABULARY), 6, 4)

    def objective(self):
        return kd_loss(self.model(self.tokens), self.teacher, self.labels, temperature=2, soft=0.5, hard=0.5)


WORKS = {"gpt-step": partial(Step, GPT), "llama-step": partial(Step, LLAMA)}
