"""The PyTorch side of a comparison: answers `NAME BUDGET_SECONDS` lines as ../works.md says.

peer.py [--default-optimizer]    without it AdamW and SGD are fused, PyTorch's fastest
"""
import argparse
import ctypes
import gc
import os
import statistics
import time
import warnings
import torch
import bert
import cnn
import distillation
import gpt
import kernels
import mlp
import sgemm
from serving import serve

warnings.filterwarnings("ignore", category=FutureWarning)  # torch.jit goes, and is still the fastest here
WORKS = {**mlp.WORKS, **cnn.WORKS, **gpt.WORKS, **bert.WORKS, **kernels.WORKS, **distillation.WORKS}


def blas():
    """The library that computes products, and the core it was built or chosen for."""
    with open("/proc/self/maps", encoding="ascii") as maps:
        paths = {line.split()[-1] for line in maps if "openblas" in line}
    for path in paths:
        core = ctypes.CDLL(path).openblas_get_corename
        core.restype = ctypes.c_char_p
        return "OpenBLAS " + core().decode()
    return "MKL" if torch.backends.mkl.is_available() else "BLAS unknown"


class Bench:
    """Keeps the work of the last name."""

    def __init__(self, fused):
        self.fused, self.name, self.work, self.value, self.calls = fused, None, None, None, 0

    def prepare(self, name):
        if name == self.name:
            return
        build = WORKS.get(name) or sgemm.find(name)
        if build is None:
            raise KeyError(f"{name} is no work; ../works.md names them")
        self.name = self.work = None
        gc.collect()
        self.work, self.name, self.value, self.calls = build(self.fused), name, None, 0

    def call(self):
        started = time.perf_counter()
        self.work.run()
        seconds = time.perf_counter() - started
        self.calls += 1
        if self.calls == max(1, self.work.warmup):
            self.value = self.work.loss()
        return seconds

    def answer(self, name, budget):
        cpu = time.process_time()
        self.prepare(name)
        for _ in range(self.work.warmup):
            self.call()
        times, started = [], time.perf_counter()
        while len(times) < self.work.least or (self.work.warmup and time.perf_counter() - started < budget):
            times.append(self.call())
        cpu = time.process_time() - cpu
        return f"{statistics.median(times) * 1e3:.6f} {min(times) * 1e3:.6f} {len(times)} {self.value:.9g} {cpu:.6f}"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--default-optimizer", action="store_true")
    fused = None if arguments.parse_args().default_optimizer else True
    torch.set_num_threads(os.cpu_count())
    torch.mm(torch.ones(512, 512), torch.ones(512, 512))
    capability = torch.backends.cpu.get_cpu_capability()
    print(f"ready PyTorch {torch.__version__}, {capability}, {blas()}, {torch.get_num_threads()} threads", flush=True)
    serve(Bench(fused))


main()
