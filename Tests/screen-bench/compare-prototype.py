#!/usr/bin/env python3
"""Runs a prototype of the decision in Python and Assay's own side by side, on the same pictures.

    compare-prototype.py PROTOTYPE.py SCREEN-BENCH      needs opencv-python-headless and numpy

The prototype is a module with decide(scene, template). Figures are milliseconds of CPU, medians; both use one thread.
"""
import importlib.util
import os
import subprocess
import sys
import tempfile
import time

import cv2
import numpy


def prototype_costs(module, folder, names):
    for name in names:
        scene = cv2.imread(os.path.join(folder, name + ".screen.png"))
        template = cv2.imread(os.path.join(folder, name + ".wanted.png"))
        costs = []
        for _ in range(7):
            start = time.process_time()
            verdict, _ = module.decide(scene, template)
            costs.append((time.process_time() - start) * 1000)
        yield float(numpy.median(costs)), verdict


def main():
    prototype, bench = sys.argv[1:]
    cv2.setNumThreads(1)
    spec = importlib.util.spec_from_file_location("prototype", prototype)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with tempfile.TemporaryDirectory() as folder:
        lines = subprocess.run([bench, "decide", folder], check=True, capture_output=True, text=True).stdout.splitlines()
        ours = [line.split("\t") for line in lines]
        costs = list(prototype_costs(module, folder, [name for name, *_ in ours]))
    print(f"{'case':32} {'prototype':>10} {'whole':>8} {'glance':>8} {'times':>6} {'times':>6}  verdicts")
    for (name, whole, glance, verdict), (cost, theirs) in zip(ours, costs):
        print(
            f"{name:32} {cost:10.2f} {float(whole):8.2f} {float(glance):8.2f}"
            f" {cost / float(whole):6.1f} {cost / float(glance):6.1f}  {theirs}, {verdict}"
        )


if __name__ == "__main__":
    main()
