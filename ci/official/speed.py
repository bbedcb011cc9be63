"""Measures how fast features are read, beside `gherkin-official`: seconds of computing, medians."""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from gherkin.ast_builder import AstBuilder
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from gherkin.stream.id_generator import IdGenerator


def measure(texts):
    """Returns the seconds that one reading of a suite takes, and how many pickles it has."""
    began = time.process_time()
    ids = IdGenerator()
    parser, compiler = Parser(AstBuilder(ids)), Compiler(ids)
    pickles = 0
    for number, text in enumerate(texts):
        pickles += len(compiler.compile({**parser.parse(text), "uri": f"{number}.feature"}))
    return time.process_time() - began, pickles


def main():
    parser = argparse.ArgumentParser(prog="ci/conformance --speed", description=__doc__)
    parser.add_argument("--bench", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--folder", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--seed", default="1", help="the same number makes the same suite (default: 1)")
    parser.add_argument("--scenarios", default="10000", help="how many scenarios to read (default: 10000)")
    parser.add_argument("--runs", type=int, default=5, help="how often to measure (default: 5)")
    options = parser.parse_args()

    command = [options.bench, "--seed", options.seed, "--scenarios", options.scenarios, "--write", options.folder]
    ours = json.loads(subprocess.run([*command, "--runs", str(options.runs * 3)], capture_output=True, check=True).stdout)
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(options.folder).glob("*.feature"))]
    measured = sorted(measure(texts) for _ in range(options.runs))
    theirs, pickles = measured[len(measured) // 2]
    if pickles != ours["pickles"]:
        print(f"Assay made {ours['pickles']} pickles, gherkin-official {pickles}.")
        return 1
    print(f"{ours['bytes'] / 1e6:.1f} MB, {pickles} pickles, {ours['steps']} steps")
    print(f"gherkin-official  {theirs:.3f} s")
    print(f"assay             {ours['seconds']:.3f} s")
    print(f"ratio             {theirs / ours['seconds']:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
