"""C = A·B in float32 into a C that exists."""
import torch
from generator import uniform
from work import Work, root_mean_square


class MatrixProduct(Work):
    def __init__(self, form, m, n, k):
        a = uniform((k, m) if form[0] == "t" else (m, k), 1, 1)
        b = uniform((n, k) if form[1] == "t" else (k, n), 2, 1)
        self.a, self.b = a.t() if form[0] == "t" else a, b.t() if form[1] == "t" else b
        self.c = torch.empty(m, n)

    def run(self):
        torch.mm(self.a, self.b, out=self.c)

    def loss(self):
        return root_mean_square(self.c)


def find(name):
    """sgemm-FORM-M-N-K, any sizes."""
    match name.split("-"):
        case ["sgemm", form, m, n, k]:
            return lambda fused: MatrixProduct(form, int(m), int(n), int(k))
    return None
