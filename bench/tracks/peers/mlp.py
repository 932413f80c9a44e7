"""784-800-800-10 with ReLU."""
import torch
from torch import nn
from generator import classes, fan_in_scale, fill, uniform
from work import Inference, TrainingStep, kd_loss


def network(*sizes):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers[:-1])


def filled(model, first_seed, scale):
    """Weights by seeds that count up from the first, biases 0."""
    for seed, layer in enumerate((layer for layer in model if isinstance(layer, nn.Linear)), first_seed):
        fill(layer.weight, seed, scale(layer.weight))
        nn.init.zeros_(layer.bias)
    return model


def student():
    return filled(network(784, 800, 800, 10), 1, fan_in_scale)


class Step(TrainingStep):
    def __init__(self, fused):
        super().__init__(student(), fused)
        self.input, self.teacher, self.labels = uniform((128, 784), 77, 1), uniform((128, 10), 78, 4), classes(128, 7, 10)

    def objective(self):
        return kd_loss(self.model(self.input), self.teacher, self.labels, temperature=4, soft=0.7, hard=0.3)


def inference(batch):
    """Traced and frozen, which on a network this small is ahead of eager layers."""
    examples = uniform((batch, 784), 77, 1)
    traced = torch.jit.freeze(torch.jit.trace(student().eval(), examples))
    return Inference(torch.jit.optimize_for_inference(traced), examples)


WORKS = {
    "mlp-step": Step,
    "mlp-infer-1": lambda fused: inference(1),
    "mlp-infer-32": lambda fused: inference(32),
}
