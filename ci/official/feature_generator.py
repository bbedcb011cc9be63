"""Makes feature files with every construct of the language, sound ones and broken ones."""

import json
import re
from pathlib import Path

import gherkin

DIALECTS = json.loads((Path(gherkin.__file__).parent / "gherkin-languages.json").read_text(encoding="utf-8"))

WORDS = (
    "a relay", "3 users", "<a>", "<b>", "<a><b>", "<c", "café", "日本語", "🙂", "tab\there", "\"quoted\"", "x\\|y", "\\", "\\n",
    "#no comment", "@no tag", "Given", "Scenario", "a:b", "  wide  ", "\u00a0", "\u3000x", "e\u0301", "100%", "$1", "\\1",
    "`code`", "*", "|", "<>", "<a>>", "\u2028", "\x1f", "\x0b",
)
CELLS = ("", "a", "b", "c", "<b>", "<a>", "\\|", "\\\\", "\\n", "x\\n", " \\n y", "\\x", "é", "🙂", "1", "$&", "\\\\1", "---", ":-:", "a b")
NAMES = ("a", "b", "c", "d e", "ü")
TAGS = ("@a", "@b-c", "@ü", "@x@y", "@a#b", "@", "@@z", "@a+b", "@(1)", "@issue:5,6")
MUTATIONS = ("drop", "repeat", "swap", "text", "byte", "cut", "language", "indent")


class FeatureGenerator:
    """Writes features; the same random numbers give the same features."""

    def __init__(self, random):
        self.random = random

    def feature(self):
        """Returns the text of a feature in plain Gherkin."""
        random = self.random
        code = random.choice(sorted(DIALECTS)) if random.random() < 0.5 else "en"
        self.dialect = DIALECTS[code]
        self.lines = []
        self._noise(0.2)
        if code != "en" or random.random() < 0.1:
            self.lines.append(random.choice(("# language: ", "#language:", "  #  language :  ")) + code)
        self._noise(0.2)
        if random.random() < 0.97:
            self._tags(0.4)
            self._title("feature")
            self._children("feature")
        return self._finish(self.lines)

    def markdown(self):
        """Returns the text of a feature in Markdown."""
        random = self.random
        self.dialect = DIALECTS["en"]
        self.lines = []
        if random.random() < 0.3:
            self.lines.append(self._markdown_tags())
        if random.random() < 0.2:
            self.lines.append("Some prose first")
        self.lines.append(random.choice(("# Feature: ", "# ", "## Feature:", "Feature: ", "")) + self._words())
        for _ in range(random.randint(1, 14)):
            self._markdown_block()
        return self._finish(self.lines)

    # Plain Gherkin

    def _children(self, parent):
        random = self.random
        if random.random() < 0.4:
            self._title("background", indent=2)
            self._steps()
        for _ in range(random.randint(0, 3)):
            self._scenario()
        if parent == "feature":
            for _ in range(random.choice((0, 0, 0, 1, 2))):
                self._tags(0.4)
                self._title("rule", indent=2)
                self._children("rule")

    def _scenario(self):
        random = self.random
        self._tags(0.4)
        self._title(random.choice(("scenario", "scenarioOutline")), indent=2)
        self._steps()
        for _ in range(random.choice((0, 0, 1, 2))):
            self._tags(0.3)
            self._title("examples", indent=4)
            if random.random() < 0.9:
                self._table(6, names=True)

    def _steps(self):
        random = self.random
        for _ in range(random.randint(0, 4)):
            keyword = random.choice(self.dialect[random.choice(("given", "when", "then", "and", "but"))])
            self.lines.append(" " * random.choice((4, 4, 2, 0)) + keyword + self._words())
            arguments = random.choice(((), (), (), ("table",), ("text",), ("table", "text"), ("text", "table"), ("text", "text")))
            for argument in arguments:
                if random.random() < 0.1:
                    self._noise(1)
                self._table(6) if argument == "table" else self._doc_string(6)
            self._noise(0.1)

    def _table(self, indent, names=False):
        random = self.random
        width = random.randint(1, 3)
        for row in range(random.randint(1, 4)):
            cells = random.sample(NAMES, width) if names and row == 0 else [random.choice(CELLS) for _ in range(width)]
            if random.random() < 0.03:
                cells.append("odd")
            end = random.choice(("|", "|", "|", "| ", "| behind", "|\t"))
            self.lines.append(" " * indent + "|" + "|".join(random.choice(("{}", " {} ", "\t{}  ")).format(c) for c in cells) + end)
            self._noise(0.05)

    def _doc_string(self, indent):
        random = self.random
        fence = random.choice(('"""', "```"))
        self.lines.append(" " * indent + fence + random.choice(("", "", "json", " text/plain ", "<a>")))
        for _ in range(random.randint(0, 4)):
            line = random.choice((self._words(), "", "   ", '\\"\\"\\"', "\\`\\`\\`", "```", '"""', "  deep", "@x", "# y", "| z |", "Feature: f"))
            if line.startswith(fence) and random.random() < 0.8:
                continue
            self.lines.append(" " * random.choice((indent, indent, 0, indent + 3)) + line)
        if random.random() < 0.98:
            self.lines.append(" " * indent + fence + random.choice(("", "", "", " behind")))

    def _title(self, kind, indent=0):
        random = self.random
        self.lines.append(" " * indent + random.choice(self.dialect[kind]) + ":" + random.choice(("", " ")) + self._words())
        if random.random() < 0.35:
            for _ in range(random.randint(1, 4)):
                self.lines.append(random.choice(("", "  ", "# aside", "    text " + self._words(), "\\\"\\\"\\\"", "more", "- item")))
        self._noise(0.2)

    def _tags(self, chance):
        random = self.random
        while random.random() < chance:
            tags = random.choice((" ", "  ", "\t", "")).join(random.choice(TAGS) for _ in range(random.randint(1, 4)))
            self.lines.append(" " * random.choice((0, 2)) + tags + random.choice(("", "", " ", " #c", " # @d", " stray")))
            self._noise(0.1)

    def _noise(self, chance):
        if self.random.random() < chance:
            self.lines.append(self.random.choice(("", "", "   ", "# comment", "  # indented", "#", "\t", "# language: fr", "#language:none", "\xa0")))

    # Markdown

    def _markdown_block(self):
        random = self.random
        kind = random.choice(("heading", "heading", "step", "step", "step", "table", "text", "tags", "fence", "prose", "plain table", "blank"))
        if kind == "heading":
            title = random.choice(("Feature", "Rule", "Background", "Scenario", "Scenario Outline", "Examples", "Other", "Scenarios"))
            self.lines.append(random.choice(("", "", "  ")) + "#" * random.randint(1, 7) + random.choice((" ", " ", "  ", "")) + title + random.choice((":", ":", ": ", "")) + self._words())
        elif kind == "step":
            bullet = random.choice(("* ", "- ", "+ ", "*", "-  ", "  * ", "1. ", ""))
            self.lines.append(bullet + random.choice(("Given ", "When ", "Then ", "And ", "But ", "* ", "given ")) + self._words())
        elif kind in ("table", "plain table"):
            indent = random.choice((2, 2, 3, 5, 6, 1)) if kind == "table" else 0
            width = random.randint(1, 3)
            for row in range(random.randint(1, 4)):
                cells = random.sample(NAMES, width) if row == 0 else [random.choice(CELLS) for _ in range(width)]
                if row == 1 and random.random() < 0.7:
                    cells = [random.choice(("-", "---", ":-:", "-:", " --- ")) for _ in range(width)]
                self.lines.append(" " * indent + "|" + "|".join(cells) + "|")
        elif kind == "text":
            self.lines.append(self._words())
        elif kind == "tags":
            self.lines.append(self._markdown_tags())
        elif kind == "fence":
            fence = random.choice(('"""', "```", "````"))
            indent = " " * random.choice((0, 2, 4))
            self.lines.append(indent + fence + random.choice(("", "json", " x ")))
            for _ in range(random.randint(0, 3)):
                self.lines.append(random.choice((indent, "", indent + "  ")) + random.choice((self._words(), "", "\\`\\`\\`", "* Given x", "`@t`", "```")))
            if random.random() < 0.9:
                self.lines.append(indent + fence)
        elif kind == "prose":
            self.lines.append(random.choice(("> quote", "* item", "- [ ] task", "---", "text with `code`", "<!-- note -->", "## Heading")))
        else:
            self.lines.append(random.choice(("", "  ")))

    def _markdown_tags(self):
        random = self.random
        return random.choice((" ", ", ", "")).join(random.choice(("`@a`", "`@b c`", "@d", "`@`", "`e`", "`@ü`", "``@f``", "`@g")) for _ in range(random.randint(1, 3)))

    # Both

    def _words(self):
        return " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(0, 3)))

    def _finish(self, lines):
        random = self.random
        lines = list(lines)
        if random.random() < 0.5:
            for _ in range(random.choice((1, 1, 2, 5))):
                self._mutate(lines)
        end = random.choice(("\n", "\n", "\n", "\r\n", "\r\r\n"))
        return end.join(lines) + random.choice((end, end, ""))

    def _mutate(self, lines):
        random = self.random
        if not lines:
            return
        mutation = random.choice(MUTATIONS)
        place = random.randrange(len(lines))
        if mutation == "drop":
            del lines[place]
        elif mutation == "repeat":
            lines.insert(random.randrange(len(lines)), lines[place])
        elif mutation == "swap":
            other = random.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        elif mutation == "text":
            lines.insert(place, random.choice(("stray", "  stray words  ", "\"\"\"", "```", "| x |", "@tag", "@bad tag", "Examples:", "Background:", "Rule:", "Feature: again", "\\")))
        elif mutation == "byte":
            line = lines[place]
            at = random.randint(0, len(line))
            lines[place] = line[:at] + random.choice(("", "|", "\\", "@", "#", ":", " ", "\"", "\u00a0", "é", "\r")) + line[at + random.randint(0, 1):]
        elif mutation == "cut":
            lines[place] = lines[place][: random.randint(0, len(lines[place]))]
        elif mutation == "language":
            lines.insert(0, random.choice(("# language: xx", "# language: de", "#language:no-such", " # language: en-old")))
        else:
            lines[place] = random.choice(("\t", "      ", "\u3000")) + re.sub(r"^\s+", "", lines[place])
