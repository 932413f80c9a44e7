"""Whole distillations, the teacher asked in every step. A call starts the student anew."""
import gzip
import math
import os
import numpy
import torch
import torch.nn.functional as F
import bert
import mlp
from generator import integers, order
from work import Work, kd_loss

EPOCHS = 10


def batches(rows, size, epoch):
    """Row numbers of each whole batch of an epoch."""
    return order(rows, epoch)[:rows // size * size].split(size)


def idx(name, header):
    path = os.path.join(os.environ.get("RETORT_DATA", "../shared/data"), "mnist", name + ".gz")
    return numpy.frombuffer(gzip.open(path).read(), numpy.uint8, offset=header)


def mnist(prefix, count):
    """Pixels [count, 784] in 0…1 and labels [count]."""
    pixels, labels = idx(f"{prefix}-images-idx3-ubyte", 16), idx(f"{prefix}-labels-idx1-ubyte", 8)
    return torch.from_numpy(pixels.reshape(-1, 784)[:count] / numpy.float32(255)), torch.from_numpy(labels[:count].astype(numpy.int64))


def sgd(model, rate, fused):
    return torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9, fused=fused)


class Distillation(Work):
    warmup, least = 0, 1


class Digits(Distillation):
    """784-1200-1200-10 teaches 784-800-800-10 at T = 20, soft targets alone."""
    BATCH = 128

    def __init__(self, fused):
        self.fused, self.student = fused, None
        (self.pixels, self.labels), (self.test_pixels, self.test_labels) = mnist("train", 50_000), mnist("t10k", 10_000)
        self.teacher = mlp.filled(mlp.network(784, 1200, 1200, 10), 11, lambda weight: (6 / weight.shape[1]) ** 0.5)
        optimizer = sgd(self.teacher, 0.1, fused)
        for epoch in range(3):
            for rows in batches(len(self.pixels), self.BATCH, epoch):
                optimizer.zero_grad(set_to_none=True)
                F.cross_entropy(self.teacher(self.pixels[rows]), self.labels[rows]).backward()
                optimizer.step()

    def run(self):
        self.student = mlp.filled(mlp.network(784, 800, 800, 10), 1, lambda weight: (6 / weight.shape[1]) ** 0.5)
        optimizer = sgd(self.student, 0.01, self.fused)
        step, steps = 0, EPOCHS * (len(self.pixels) // self.BATCH)
        for epoch in range(EPOCHS):
            for rows in batches(len(self.pixels), self.BATCH, epoch):
                optimizer.param_groups[0]["lr"] = 0.01 * 0.5 * (1 + math.cos(math.pi * step / steps))
                optimizer.zero_grad(set_to_none=True)
                examples = self.pixels[rows]
                with torch.no_grad():
                    answers = self.teacher(examples)
                kd_loss(self.student(examples), answers, None, temperature=20, soft=1, hard=0).backward()
                optimizer.step()
                step += 1

    def loss(self):
        with torch.inference_mode():
            wrong = self.student(self.test_pixels).argmax(1) != self.test_labels
        return 100 * wrong.double().mean().item()


class Encoder(Distillation):
    """12 layers teach 6 of the same width, which begin as every second layer of theirs."""
    BATCH, ROWS, HELD_OUT, LENGTH, VOCABULARY = 16, 512, 128, 64, 2048

    def __init__(self, fused):
        self.fused, self.student = fused, None
        self.teacher = self.network(12)
        self.tokens = integers((self.ROWS, self.LENGTH), 7, self.VOCABULARY)
        self.held_out = integers((self.HELD_OUT, self.LENGTH), 9, self.VOCABULARY)

    def network(self, layers):
        return bert.Network(layers, self.VOCABULARY, self.LENGTH)

    def run(self):
        self.student = self.network(6)
        for index, layer in enumerate(self.student.layers):
            layer.load_state_dict(self.teacher.layers[2 * index].state_dict())
        optimizer = torch.optim.AdamW(self.student.parameters(), lr=1e-4, weight_decay=0.01, fused=self.fused)
        for epoch in range(EPOCHS):
            for rows in batches(self.ROWS, self.BATCH, epoch):
                optimizer.zero_grad(set_to_none=True)
                tokens = self.tokens[rows]
                with torch.no_grad():
                    answers = self.teacher(tokens)
                kd_loss(self.student(tokens), answers, None, temperature=2, soft=1, hard=0).backward()
                optimizer.step()

    def loss(self):
        with torch.inference_mode():
            return kd_loss(self.student(self.held_out), self.teacher(self.held_out), None, temperature=1, soft=1, hard=0).item()


WORKS = {"distill-mlp": Digits, "distill-transformer": Encoder}
