"""Compares the reading of feature files with `gherkin-official`."""

import re
from pathlib import Path

from gherkin.errors import CompositeParserException, ParserError
from gherkin.parser import Parser
from gherkin.ast_builder import AstBuilder
from gherkin.pickles.compiler import Compiler
from gherkin.stream.id_generator import IdGenerator
from gherkin.token_matcher import TokenMatcher
from gherkin.token_matcher_markdown import GherkinInMarkdownTokenMatcher

from feature_generator import DIALECTS, FeatureGenerator
from probe import ask


class OrderedParser(Parser):
    """The official parser, but for one mistake: looking ahead twice from one line may swap the lines that follow.

    It only happens in Markdown, where fences outside of steps make the second look end earlier than the first.
    """

    def lookahead_0(self, context, currentToken):
        return self._in_order(context, currentToken, super().lookahead_0)

    def lookahead_1(self, context, currentToken):
        return self._in_order(context, currentToken, super().lookahead_1)

    @staticmethod
    def _in_order(context, token, look_ahead):
        first = context.token_queue[0] if context.token_queue else None
        found = look_ahead(context, token)
        while first is not None and context.token_queue[0] is not first:
            context.token_queue.rotate(-1)
        return found


class LiteralCompiler(Compiler):
    """The official compiler, but for one mistake of this release.

    It takes the name of a column for a regular expression, so that `<a.b>` stands for `<axb>` too, and `<a(>` ends it.
    The official compilers in other languages replace the name as it is written. All of them fill in one column after
    the other, so that a value may bring along the placeholder of a later column.
    """

    def _interpolate(self, name, variable_cells, value_cells):
        if name is None:
            return name
        for variable, value in zip(variable_cells, value_cells):
            name = name.replace(f"<{variable['value']}>", value["value"])
        return name


def official(uri, data):
    """Returns the official answer: envelopes of the syntax tree and pickles, or of errors."""
    ids = IdGenerator()
    matcher = GherkinInMarkdownTokenMatcher() if uri.endswith(".feature.md") else TokenMatcher()
    try:
        document = OrderedParser(AstBuilder(ids)).parse(data, matcher)
    except CompositeParserException as error:
        return [_error(uri, one) for one in error.errors]
    except ParserError as error:
        return [_error(uri, error)]
    document = {**document, "uri": uri}
    pickles = LiteralCompiler(ids).compile(document)
    return [{"gherkinDocument": document}] + [{"pickle": pickle} for pickle in pickles]


def _error(uri, error):
    message = str(error)
    location = dict(error.location)
    if "Language not supported" in message:
        # The place is shared with the line's, which is a comment afterwards; the text still has the right column.
        location["column"] = int(re.match(r"\(\d+:(\d+)\)", message).group(1))
    return {"parseError": {"source": {"uri": uri, "location": location}, "message": message}}


def normalized(node):
    """Levels what the schema of the messages demands and the official parser leaves out, and one column."""
    if isinstance(node, list):
        return [normalized(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: normalized(value) for key, value in node.items() if value is not None}
    if "astNodeIds" in node and "text" in node:
        # A conjunction that comes first in an outline has no type in Python; in a plain scenario it is `Unknown`, and in
        # JavaScript it is so in both.
        result.setdefault("type", "Unknown")
    if "children" in node and "name" in node:
        # A feature of Markdown without a heading has no keyword in Python and JavaScript; the schema demands one.
        result.setdefault("keyword", "")
        if not result["keyword"] and not result["name"]:
            # Its line is empty then. Python counts the end of the line as a blank before it, and says column 2 or 3;
            # in JavaScript, whose lines have no end, the feature begins in column 1.
            result["location"]["column"] = 1
    return result


def dialect_cases():
    """One feature for every keyword of every language."""
    for code, dialect in sorted(DIALECTS.items()):
        head = f"# language: {code}\n"
        feature = f"{dialect['feature'][-1]}: f\n"
        for kind in ("feature", "background", "scenario", "scenarioOutline", "rule", "examples"):
            for keyword in dialect[kind]:
                before = "" if kind == "feature" else feature
                if kind == "examples":
                    before += f"{dialect['scenario'][0]}: s\n{dialect['given'][-1]}x\n"
                yield f"dialect-{code}-{kind}.feature", f"{head}{before}{keyword}: n\n"
        for kind in ("given", "when", "then", "and", "but"):
            for keyword in dialect[kind]:
                yield f"dialect-{code}-{kind}.feature", f"{head}{feature}{dialect['scenario'][0]}: s\n{keyword}x\n"


def generated_cases(random, count):
    """Features made by chance, one in four of them in Markdown."""
    generator = FeatureGenerator(random)
    for number in range(count):
        if number % 4 == 3:
            yield f"generated-{number}.feature.md", generator.markdown()
        else:
            yield f"generated-{number}.feature", generator.feature()


def file_cases(folders):
    """The feature files below some folders."""
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and (path.name.endswith(".feature") or path.name.endswith(".feature.md")):
                try:
                    yield str(path), path.open(encoding="utf-8", newline="").read()
                except UnicodeDecodeError:
                    continue


def compare(program, cases, report):
    """Compares every case; `report` is told the name, whether they agree, and both answers.

    In two places JavaScript differs from Python and the test data say nothing; there ours does as Python does: an `@`
    with nothing behind it is a tag, and lines of blanks at the end of a description belong to it.
    """
    # The official parser takes a byte order mark for text; that files may have one is asked for elsewhere.
    cases = [(uri, data.removeprefix("\ufeff")) for uri, data in cases]
    answers = ask(program, [{"feature": {"uri": uri, "data": data}} for uri, data in cases])
    for (uri, data), ours in zip(cases, answers):
        theirs = normalized(official(uri, data))
        report(uri, normalized(ours) == theirs, theirs, ours, data)
