"""Compares the patterns of steps with `cucumber-expressions`."""

from cucumber_expressions.errors import CucumberExpressionError
from cucumber_expressions.expression import CucumberExpression
from cucumber_expressions.parameter_type import ParameterType
from cucumber_expressions.parameter_type_registry import ParameterTypeRegistry
from cucumber_expressions.regular_expression import RegularExpression

from probe import ask

KINDS = (
    {"name": "color", "patterns": ["red|blue|yellow"], "isPreferred": False},
    {"name": "answer", "patterns": ["yes", "no+"], "isPreferred": False},
    {"name": "span", "patterns": [r"(\d+)-(\d+)", r"(\d+) to (\d+)(!)?"], "isPreferred": False},
    {"name": "code", "patterns": ["[A-Z]{3}"], "isPreferred": True},
    {"name": "flag", "patterns": ["[A-Z]{3}"], "isPreferred": False},
    {"name": "cssColor", "patterns": ["red|blue|yellow"], "isPreferred": False},
    {"name": "wide name", "patterns": ["w(?:i)de", r"\(x\)"], "isPreferred": False},
)
BUILT_IN = ("int", "float", "word", "string", "", "double", "bigdecimal", "byte", "short", "long", "biginteger")
SAMPLES = {
    "int": ("0", "-5", "42", "007"), "float": ("1.5", "-3", ".5", "+2.25", "1E10", "1.5E-3", "5."), "word": ("word", "ünï", "a-b"),
    "string": ('"quoted"', "'single'", '"es\\"caped"', '""', "'it\\'s'", '"a \\\\ b"', '"🙂"'), "": ("anything at all", "", "x"),
    "color": ("red", "blue"), "answer": ("yes", "nooo"), "span": ("1-2", "3 to 4", "3 to 4!"), "code": ("ABC",), "flag": ("XYZ",),
    "cssColor": ("yellow",), "wide name": ("wide", "(x)"),
}
TEXTS = ("I have ", "cucumber", " in my belly", "a", " ", "  ", "café ", "🙂 ", "100% ", "x.y", "[z]", "^", "$", "|", "+ ", "-", "\u00a0", ".\u0301", "\\(\u0301")
SPECIAL = ("\\(", "\\)", "\\{", "\\}", "\\/", "\\\\", "\\ ", "\\x", "(", ")", "{", "}", "/", "()", "{no}", "(s)", "(very )", "/b", "a/b", "mouse/mice ", "{a/b}", "{a(b)}", "({int})", "((x))", "(a/b)", "\\")
REGULAR = (
    "^I have (\\d+) (red|blue|yellow) things$", "^(-?\\d+)$", "^(yes)? ?(.*)$", "^((a)|(b))+$", "^(?:x|(y)) (z)$", "^a\\(b\\) ([A-Z]{3})$",
    "^[(](\\d+)[)]$", "^([A-Z]{3}) (\"([^\"\\\\]*(\\\\.[^\"\\\\]*)*)\")$", "^(?=x)(x)(?!y)$", "^plain$", "/^slashes (\\d+)$/", "^(no+|yes) end$",
)


def cases(random, count):
    """Patterns made by chance with texts that fit and texts that nearly do."""
    for number in range(count):
        if number % 20 == 0:
            source = random.choice(REGULAR)
            texts = ["I have 5 red things", "7", "-7", "yes x", "abab", "x z", "y z", "a(b) QQQ", "(12)", "ABC \"q\"", "x", "plain", "slashes 3", "no end", "yes end", ""]
        else:
            source, texts = _expression(random)
        if number % 20 != 0 and is_regular(source):
            continue
        yield source, texts


def _expression(random):
    source, fitting = "", [""]
    for _ in range(random.randint(0, 6)):
        choice = random.random()
        if choice < 0.45:
            name = random.choice(BUILT_IN + tuple(kind["name"] for kind in KINDS))
            source += "{" + name + "}"
            parts = SAMPLES.get(name, SAMPLES["int" if name in ("byte", "short", "long", "biginteger") else "float"])
        elif choice < 0.8:
            text = random.choice(TEXTS)
            source += text
            parts = (text,)
        elif choice < 0.9:
            source += "(s)"
            parts = ("s", "")
        else:
            part = random.choice(SPECIAL)
            source += part
            parts = (part.replace("\\", ""), "a", "b", "")
        fitting = [text + random.choice(parts) for text in fitting for _ in range(2)][:6]
    return source, fitting + [text + "x" for text in fitting[:2]] + [text[1:] for text in fitting[:1]]


def is_regular(source):
    """Tells whether a pattern is taken for a regular expression."""
    return source.startswith("^") or source.endswith("$") or (len(source) > 1 and source[0] == source[-1] == "/")


def official(source, texts):
    """Returns the official answer: the regular expression and the arguments, or the error."""
    registry = ParameterTypeRegistry()
    for kind in KINDS:
        registry.define_parameter_type(
            ParameterType(kind["name"], kind["patterns"], str, lambda *groups: groups, True, kind["isPreferred"])
        )
    try:
        if is_regular(source):
            expression = RegularExpression(source.removeprefix("/").removesuffix("/"), registry)
        else:
            expression = CucumberExpression(source, registry)
        matches = [_arguments(expression.match(text), text) for text in texts]
        return {"regularExpression": expression.regexp, "matches": matches}
    except CucumberExpressionError as error:
        # An ambiguous group: the texts differ, since ours does not try the step.
        return {"error": True if is_regular(source) else str(error)}


def _arguments(arguments, text):
    if arguments is None:
        return None
    return [
        {
            key: value
            for key, value in {
                "value": argument.group.value,
                "start": _utf16(text, argument.group.start),
                "texts": argument.group.values,
                "kind": argument.parameter_type.name,
            }.items()
            if value is not None
        }
        for argument in arguments
    ]


def _utf16(text, start):
    """Messages count in UTF-16, Python in characters."""
    return None if start < 0 else len(text[:start].encode("utf-16-le")) // 2


def compare(program, cases, report):
    """Compares every case."""
    cases = list(cases)
    questions = [{"expression": {"source": source, "kinds": KINDS, "texts": texts}} for source, texts in cases]
    for (source, texts), ours in zip(cases, ask(program, questions)):
        theirs = official(source, texts)
        if "error" in ours:
            ours = {"error": True if theirs.get("error") is True else ours["error"]}
        report("expression", ours == theirs, theirs, ours, source)
