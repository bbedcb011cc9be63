"""Compares with what Cucumber's own test data expect: answers beside features, and YAML files."""

import json
import re
from pathlib import Path

import yaml

import expressions
import features
import tag_expressions
from probe import ask

# What a file beside a feature is called, and which messages it holds.
ANSWERS = {"ast": "gherkinDocument", "pickles": "pickle", "errors": "parseError"}
# The types that say in YAML what a number is; the larger kinds stand there as text.
NUMBERS = {"int": int, "byte": int, "short": int, "long": int, "float": float, "double": float}


def compare(folder, section):
    """Compares everything below a folder; `section` runs one comparison and prints its counts."""
    if not Path(folder).is_dir():
        raise SystemExit(f"--testdata expects a folder with test data of Cucumber, and {folder} is none.")
    patterns, tags = [], []
    for path in sorted(Path(folder).rglob("*.y*ml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        if isinstance(document, dict) and "expression" in document:
            patterns.append((str(path), document))
        elif isinstance(document, list):
            tags += [(str(path), item) for item in document if {"error", "formatted", "tests"} & item.keys()]
    section("features of the test data", features.compare, features.file_cases([folder]))
    section("their expected messages", _compare_messages, Path(folder))
    section("patterns of the test data", _compare_patterns, patterns)
    # Syntax trees and tokens are no part of an answer; what they lead to is, in the official implementation's words.
    sources = [
        (case["expression"], _texts(case))
        for path, case in patterns
        if _is_regular(path) == expressions.is_regular(case["expression"])
    ]
    section("the same patterns by the official implementation", expressions.compare, sources)
    section("tag expressions of the test data", _compare_tags, tags)


# Features


def _compare_messages(program, folder, report):
    cases = []
    for path in sorted(folder.rglob("*.ndjson")):
        name, _, kind = path.name.removesuffix(".ndjson").rpartition(".")
        feature = path.with_name(name)
        if kind in ANSWERS and feature.is_file():
            expected = list(_json_values(path.read_text(encoding="utf-8")))
            cases.append((str(path), feature.open(encoding="utf-8", newline="").read(), expected, ANSWERS[kind]))
    # The addresses of files are compared as the test data write them.
    questions = [{"feature": {"uri": _uri(expected, path), "data": data}} for path, data, expected, _ in cases]
    for (path, _, expected, kind), ours in zip(cases, ask(program, questions)):
        ours = [features.normalized(message) for message in ours if kind in message]
        report(path, ours == features.normalized(expected), expected, ours, path)


def _json_values(text):
    """The values of a text, one behind the other; some of the test data have one a line, some are indented."""
    decoder, offset = json.JSONDecoder(), 0
    while text[offset:].strip():
        offset += len(text[offset:]) - len(text[offset:].lstrip())
        value, offset = decoder.raw_decode(text, offset)
        yield value


def _uri(expected, path):
    for message in expected:
        (content,) = message.values()
        return content["uri"] if "uri" in content else content["source"]["uri"]
    return path.removesuffix(".ndjson").rpartition(".")[0]


# Patterns of steps


def _texts(case):
    return [str(case["text"])] if "text" in case else []


def _is_regular(path):
    """The folder says it: some Cucumber Expressions look like regular ones."""
    return "regular-expression" in Path(path).parts


def _compare_patterns(program, cases, report):
    cases = [(path, case) for path, case in cases if {"exception", "expected_regex", "expected_args"} & case.keys()]
    questions = [
        {
            "expression": {
                "source": case["expression"],
                "isCucumberExpression": not _is_regular(path),
                "kinds": [],
                "texts": _texts(case),
            }
        }
        for path, case in cases
    ]
    for (path, case), ours in zip(cases, ask(program, questions)):
        if "exception" in case:
            report(path, ours.get("error") == case["exception"], case["exception"], ours, case["expression"])
        elif "expected_regex" in case:
            regex = ours.get("regularExpression")
            report(path, regex == case["expected_regex"], case["expected_regex"], ours, case["expression"])
        else:
            found = ours["matches"][0] if "error" not in ours else ours
            values = [_value(argument) for argument in found] if isinstance(found, list) else found
            report(path, values == case["expected_args"], case["expected_args"], ours, case["expression"])


def _value(argument):
    """An argument as the test data write it: numbers as numbers, strings without quotation marks and escapes."""
    text = argument.get("value")
    if text is None:
        return None
    kind = argument.get("kind")
    if kind == "string":
        return re.sub(r"\\(['\"])", r"\1", next(group for group in argument["texts"] if group is not None))
    return NUMBERS.get(kind, str)(text)


# Tag expressions


def _compare_tags(program, cases, report):
    def question(case):
        tags = [test["variables"] for test in case.get("tests", [])]
        return {"tagExpression": {"source": case["expression"], "tags": tags}}

    questions = [question(case) for _, case in cases]
    for (path, case), ours in zip(cases, ask(program, questions)):
        if "error" in case:
            expected, seen = case["error"], ours.get("error")
        elif "formatted" in case:
            expected, seen = case["formatted"], ours.get("formatted")
        else:
            expected, seen = [test["result"] for test in case["tests"]], ours.get("results")
        report(path, seen == expected, expected, ours, case["expression"])
