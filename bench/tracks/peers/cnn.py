"""Three blocks of 3×3 convolution, batch norm, ReLU and pooling; mean over space; linear."""
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from generator import classes, fan_in_scale, fill, uniform
from work import Inference, TrainingStep, kd_loss

CHANNELS = (1, 32, 64, 128)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        blocks = []
        for seed, (inputs, outputs) in enumerate(zip(CHANNELS, CHANNELS[1:]), 1):
            convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
            fill(convolution.weight, seed, fan_in_scale(convolution.weight))
            blocks += [convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
            if outputs != CHANNELS[-1]:
                blocks.append(nn.MaxPool2d(2))
        self.blocks = nn.Sequential(*blocks)
        self.output = nn.Linear(CHANNELS[-1], 10)
        fill(self.output.weight, 4, fan_in_scale(self.output.weight))
        nn.init.zeros_(self.output.bias)

    def forward(self, x):
        return self.output(self.blocks(x).mean((2, 3)))


class Step(TrainingStep):
    def __init__(self, layout, fused):
        super().__init__(Network().to(memory_format=layout), fused)
        self.input = uniform((128, 1, 28, 28), 77, 1).contiguous(memory_format=layout)
        self.teacher, self.labels = uniform((128, 10), 78, 4), classes(128, 7, 10)

    def objective(self):
        return kd_loss(self.model(self.input), self.teacher, self.labels, temperature=4, soft=0.7, hard=0.3)


def inference(batch):
    """Batch norm folded into the convolutions, as one does before deployment."""
    model, blocks = Network().eval(), []
    for layer in model.blocks:
        if isinstance(layer, nn.BatchNorm2d):
            blocks[-1] = fuse_conv_bn_eval(blocks[-1], layer)
        else:
            blocks.append(layer)
    model.blocks = nn.Sequential(*blocks)
    layout = torch.channels_last
    return Inference(model.to(memory_format=layout), uniform((batch, 1, 28, 28), 77, 1).contiguous(memory_format=layout))


WORKS = {
    "cnn-step": lambda fused: Step(torch.channels_last, fused),
    "cnn-step-first": lambda fused: Step(torch.contiguous_format, fused),
    "cnn-infer-1": lambda fused: inference(1),
    "cnn-infer-32": lambda fused: inference(32),
}
