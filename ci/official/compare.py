"""Compares Assay's parsers with the official ones; closes with the counts."""

import argparse
import json
import random
import sys

import features


class Report:
    """Counts, and shows the first differences."""

    def __init__(self, limit):
        self.limit = limit
        self.passed = 0
        self.failed = 0
        self.accepted = 0

    def __call__(self, name, agrees, theirs, ours, question):
        if agrees:
            self.passed += 1
            return
        self.failed += 1
        if self.failed <= self.limit:
            print(f"{name}: {question!r}", file=sys.stderr)
            print(f"  official: {json.dumps(theirs, sort_keys=True, ensure_ascii=False)}", file=sys.stderr)
            print(f"  ours:     {json.dumps(ours, sort_keys=True, ensure_ascii=False)}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probe", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=8000)
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("folders", nargs="*")
    options = parser.parse_args()
    total = Report(options.show)

    def section(title, compare):
        before = (total.passed, total.failed)
        compare()
        print(f"{title}: {total.passed - before[0]} agree, {total.failed - before[1]} differ")

    section("keywords of every language", lambda: features.compare(options.probe, features.dialect_cases(), total))
    generated = features.generated_cases(random.Random(options.seed), options.count)
    section("generated features", lambda: features.compare(options.probe, generated, total))
    if options.folders:
        section("given features", lambda: features.compare(options.probe, features.file_cases(options.folders), total))
    print(f"{total.passed} passed, {total.failed} failed")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
