"""Weights and data that our side makes bit for bit as well: ../works.md, "Generator"."""
import numpy
import torch


def states(count, seed):
    """uint32[count]: the generator's states after the seed. Doubled, since x[i+k] = a·x[i] + c for any k."""
    x = numpy.empty(count, numpy.uint32)
    a, c = 1664525, 1013904223
    x[0], filled = (a * seed + c) % 2**32, 1
    while filled < count:
        part = min(filled, count - filled)
        x[filled:filled + part] = x[:part] * numpy.uint32(a) + numpy.uint32(c)
        filled += part
        a, c = a * a % 2**32, (a * c + c) % 2**32
    return x


def uniform(shape, seed, scale):
    """float32 in [−scale, scale), row-major."""
    count = int(numpy.prod(shape))
    values = ((states(count, seed) >> 8) / 2**24 - 0.5) * 2 * scale
    return torch.from_numpy(values.astype(numpy.float32)).reshape(shape)


def integers(shape, seed, below):
    """int64 in [0, below)."""
    values = (states(int(numpy.prod(shape)), seed) >> 8) % below
    return torch.from_numpy(values.astype(numpy.int64)).reshape(shape)


def classes(rows, factor, count):
    """int64[rows]: factor·row mod count."""
    return torch.arange(rows) * factor % count


def order(rows, epoch):
    """int64[rows]: the order in which an epoch takes its rows."""
    return torch.from_numpy(numpy.argsort(states(rows, 1000 + epoch) >> 8, kind="stable"))


def fill(weight, seed, scale):
    """Overwrites a parameter."""
    with torch.no_grad():
        weight.copy_(uniform(tuple(weight.shape), seed, scale))


def fan_in_scale(weight):
    """1/√(inputs that one output sums over)."""
    return weight[0].numel() ** -0.5
