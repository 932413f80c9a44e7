"""Reads `NAME BUDGET_SECONDS` lines and answers each with a line, as ../works.md says."""
import sys


def serve(bench):
    for line in sys.stdin:
        try:
            name, budget = line.split()
            answer = bench.answer(name, float(budget))
        except Exception as failure:  # whatever goes wrong is an answer, not the end
            answer = f"error {type(failure).__name__}: {failure}".replace("\n", " ")
        print(answer, flush=True)
