"""The llama.cpp side of a comparison: answers `NAME BUDGET_SECONDS` lines as ../works.md says.

llama.py FOLDER    where NAME.gguf lie

Times are those of llama-bench, which samples nothing; the loss is that of a greedy answer of llama-server, once a name.
"""
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from generator import integers
from serving import serve

PROMPT, PASSES, VOCABULARY, LEAST = 64, 128, 8192, 5
THREADS = os.cpu_count()
PINNED = ["-t", str(THREADS), "-C", hex(2 ** THREADS - 1), "--cpu-strict", "1"]


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def ask(port, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=600) as answer:
        return json.load(answer)


def mean_surprise(path):
    """Of a greedy answer, computed with the cache in floats."""
    port = free_port()
    command = ["llama-server", "-m", path, "--host", "127.0.0.1", "--port", str(port), "-t", "1", "-c", "256", "-np", "1",
               "-fa", "off", "-ctk", "f32", "-ctv", "f32", "--no-ui"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(300):
                try:
                    ask(port, "/health")
                    break
                except OSError:
                    time.sleep(0.1)
            answer = ask(port, "/completion", {
                "prompt": integers((PROMPT,), 8, VOCABULARY).tolist(), "n_predict": PASSES + 1, "temperature": 0, "n_probs": 1,
                "cache_prompt": False, "ignore_eos": True})
        finally:
            server.terminate()
    surprises = [-entry["logprob"] for entry in answer["completion_probabilities"]]
    if len(surprises) != PASSES + 1:
        raise ValueError(f"llama-server gave {len(surprises)} log-probabilities, not {PASSES + 1}")
    return statistics.mean(surprises)


def seconds(path, repetitions):
    """Of each answer: the prompt in one pass, then one token a pass."""
    command = ["llama-bench", "-m", path, "-p", "0", "-n", "0", "-pg", f"{PROMPT},{PASSES}", "-r", str(repetitions), "-o", "json", *PINNED]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return [nanoseconds * 1e-9 for nanoseconds in json.loads(done.stdout)[0]["samples_ns"]]


def version():
    """Of llama.cpp, and the build of its kernels that this processor gets."""
    told = subprocess.run(["llama-bench", "--version"], capture_output=True, text=True, check=True)
    words = [line for line in (told.stdout + told.stderr).splitlines() if line.startswith("version")]
    return words[0] if words else "version unknown"


class Bench:
    """What is known of each name: its loss, and how long an answer takes."""

    def __init__(self, folder):
        self.folder, self.losses, self.usual = folder, {}, {}

    def answer(self, name, budget):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        path = os.path.join(self.folder, name + ".gguf")
        if name not in self.losses:
            self.losses[name] = mean_surprise(path)
            self.usual[name] = statistics.median(seconds(path, LEAST))
        times = seconds(path, max(LEAST, round(budget / self.usual[name])))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return f"{statistics.median(times) * 1e3:.6f} {min(times) * 1e3:.6f} {len(times)} {self.losses[name]:.9g} {cpu:.6f}"


def main():
    print(f"ready llama.cpp {version()}, {THREADS} threads", flush=True)
    serve(Bench(sys.argv[1]))


main()
