"""Compares Assay's parsers with the official ones; closes with the counts."""

import argparse
import json
import random
import sys

import expressions
import features
import tag_expressions
import testdata


class Report:
    """Counts, and shows the first differences."""

    def __init__(self, limit):
        self.limit = limit
        self.passed = 0
        self.failed = 0

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
    parser = argparse.ArgumentParser(prog="ci/conformance", description=__doc__)
    parser.add_argument("--probe", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=1, help="the same number makes the same cases (default: 1)")
    parser.add_argument("--count", type=int, default=12_000, help="how many features to make (default: 12000)")
    parser.add_argument("--show", type=int, default=10, help="how many differences to print (default: 10)")
    parser.add_argument("--testdata", metavar="FOLDER", help="compare with Cucumber's own test data instead of cases made by chance")
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="a folder with feature files to compare as well")
    options = parser.parse_args()
    total = Report(options.show)

    def section(title, compare, cases):
        before = (total.passed, total.failed)
        compare(options.probe, cases, total)
        print(f"{title}: {total.passed - before[0]} agree, {total.failed - before[1]} differ", flush=True)

    def chance():
        return random.Random(options.seed)

    if options.testdata:
        testdata.compare(options.testdata, section)
    else:
        section("keywords of every language", features.compare, features.dialect_cases())
        section("features made by chance", features.compare, features.generated_cases(chance(), options.count))
        section("patterns of steps", expressions.compare, expressions.cases(chance(), options.count // 2))
        section("tag expressions", tag_expressions.compare, tag_expressions.cases(chance(), options.count // 2))
    if options.folders:
        section("features in the folders", features.compare, features.file_cases(options.folders))
    print(f"{total.passed} passed, {total.failed} failed")
    # A comparison of nothing shows nothing.
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
