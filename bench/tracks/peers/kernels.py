"""Parts of a step: the loss over rows of logits, and the update."""
import torch
from generator import classes, uniform
from work import Work, kd_loss, root_mean_square


class RowLoss(Work):
    """Loss and gradient with respect to the student's logits, T = 3."""

    def __init__(self, rows, vocabulary):
        self.student, self.teacher = uniform((rows, vocabulary), 3, 4).requires_grad_(), uniform((rows, vocabulary), 4, 4)
        self.labels, self.value = classes(rows, 31, vocabulary), None

    def run(self):
        self.student.grad = None
        self.value = kd_loss(self.student, self.teacher, self.labels, temperature=3, soft=0.5, hard=0.5)
        self.value.backward()

    def loss(self):
        return self.value.item()


class ClippedAdamW(Work):
    """The gradient is clipped in place, so that from the second call on its norm is 1 already; the work is the same."""

    def __init__(self, fused):
        self.parameter = torch.nn.Parameter(uniform((7_000_000,), 1, 0.05))
        self.parameter.grad = uniform((7_000_000,), 2, 0.01)
        self.optimizer = torch.optim.AdamW([self.parameter], lr=1e-3, weight_decay=0.01, fused=fused)

    def run(self):
        torch.nn.utils.clip_grad_norm_([self.parameter], 1.0)
        self.optimizer.step()

    def loss(self):
        return root_mean_square(self.parameter)


WORKS = {
    "kd-loss-1024x8192": lambda fused: RowLoss(1024, 8192),
    "kd-loss-1024x32768": lambda fused: RowLoss(1024, 32768),
    "adamw-7m": ClippedAdamW,
}
