"""Compares tag expressions with `cucumber-tag-expressions`."""

from cucumber_tag_expressions import parse
from cucumber_tag_expressions.parser import TagExpressionError

from probe import ask

TAGS = ("@a", "@b", "@c", "@d e", "@f(1)", "@g\\", "a", "@e\u0301(\u0301", "@h\\(", "@nota", "@i:5,6")


def cases(random, count):
    """Expressions made by chance, some of them broken.

    Left out is what the official implementations disagree about: blanks other than the space, a parenthesis or nothing
    behind a backslash; and `,@` within a tag, which no tag can have, and which ours takes for the old way to say `or`.
    """
    for _ in range(count):
        expression = _expression(random, random.randint(0, 4))
        if random.random() < 0.4:
            words = expression.split(" ")
            place = random.randrange(len(words))
            extra = random.choice(("(", ")", "and", "or", "not", "@a", "@\\y", "", "()"))
            words[place : place + random.randint(0, 1)] = [extra]
            expression = " ".join(words)
        yield expression, [random.sample(TAGS, random.randint(0, 5)) for _ in range(8)]


def _expression(random, depth):
    kind = random.random()
    if depth == 0 or kind < 0.1:
        tag = random.choice(TAGS)
        return "".join(f"\\{character}" if character in "() \\" else character for character in tag)
    if kind < 0.3:
        return "not " + _expression(random, depth - 1)
    if kind < 0.5:
        return random.choice(("({})", "( {} )", "(({}))")).format(_expression(random, depth - 1))
    operator = random.choice((" and ", " or ", "  and ", " or  "))
    return _expression(random, depth - 1) + operator + _expression(random, depth - 1)


def official(expression, tags):
    """Returns the official answer; of an error only that there is one, since the wording differs between languages."""
    try:
        tree = parse(expression)
    except TagExpressionError:
        return {"error": True}
    return {"formatted": str(tree), "results": [tree(some) for some in tags]}


def compare(program, cases, report):
    """Compares every case."""
    cases = list(cases)
    answers = ask(program, [{"tagExpression": {"source": source, "tags": tags}} for source, tags in cases])
    for (source, tags), ours in zip(cases, answers):
        if "error" in ours:
            ours = {"error": True}
        theirs = official(source, tags)
        report("tag expression", ours == theirs, theirs, ours, source)
