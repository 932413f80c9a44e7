"""An encoder as BERT has it: norm after each half layer, exact GELU, pooler."""
import torch
import torch.nn.functional as F
from torch import nn
from generator import classes, fill, integers, uniform
from work import Inference, TrainingStep, kd_loss

WIDTH, HEADS, HIDDEN, CLASSES = 256, 4, 1024, 8


def linear(inputs, outputs, *seeds):
    """One weight from each seed, one below the other; bias 0."""
    layer = nn.Linear(inputs, outputs)
    for rows, seed in zip(layer.weight.chunk(len(seeds)), seeds):
        fill(rows, seed, 0.06)
    nn.init.zeros_(layer.bias)
    return layer


def embedding(count, seed):
    layer = nn.Embedding(count, WIDTH)
    fill(layer.weight, seed, 0.05)
    return layer


def norm():
    return nn.LayerNorm(WIDTH, eps=1e-12)


class Layer(nn.Module):
    def __init__(self, index):
        super().__init__()
        seed = 10 * index + 10
        self.qkv, self.attention_output = linear(WIDTH, 3 * WIDTH, seed, seed + 1, seed + 2), linear(WIDTH, WIDTH, seed + 3)
        self.intermediate, self.output = linear(WIDTH, HIDDEN, seed + 4), linear(HIDDEN, WIDTH, seed + 5)
        self.attention_norm, self.output_norm = norm(), norm()

    def forward(self, x):
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, length, WIDTH)
        x = self.attention_norm(x + self.attention_output(attended))
        return self.output_norm(x + self.output(F.gelu(self.intermediate(x))))


class Network(nn.Module):
    """tokens [batch, length] → logits [batch, CLASSES] and the last layer's output [batch, length, WIDTH]."""

    def __init__(self, layers, vocabulary, positions):
        super().__init__()
        self.word, self.position, self.segment = embedding(vocabulary, 1), embedding(positions, 2), embedding(2, 3)
        self.norm = norm()
        self.layers = nn.ModuleList(Layer(index) for index in range(layers))
        self.pooler, self.classifier = linear(WIDTH, WIDTH, 4), linear(WIDTH, CLASSES, 5)

    def hidden(self, tokens):
        x = self.norm(self.word(tokens) + self.position.weight[:tokens.shape[1]] + self.segment.weight[0])
        for layer in self.layers:
            x = layer(x)
        return x

    def logits(self, hidden):
        return self.classifier(torch.tanh(self.pooler(hidden[:, 0])))

    def forward(self, tokens):
        return self.logits(self.hidden(tokens))


def mini():
    return Network(layers=4, vocabulary=30522, positions=512)


class Step(TrainingStep):
    def __init__(self, fused):
        super().__init__(mini(), fused)
        self.tokens, self.labels = integers((16, 128), 7, 30522), classes(16, 7, CLASSES)
        self.teacher, self.teacher_hidden = uniform((16, CLASSES), 78, 4), uniform((16, 128, WIDTH), 79, 1)

    def objective(self):
        hidden = self.model.hidden(self.tokens)
        soft = kd_loss(self.model.logits(hidden), self.teacher, self.labels, temperature=4, soft=0.7, hard=0.3)
        return soft + F.mse_loss(hidden, self.teacher_hidden)


WORKS = {
    "bert-step": Step,
    "bert-infer-1": lambda fused: Inference(mini(), integers((1, 128), 7, 30522)),
    "bert-infer-32": lambda fused: Inference(mini(), integers((32, 128), 7, 30522)),
}
