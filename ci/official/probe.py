"""Asks Assay's own parsers, through the program `conformance-probe`."""

import json
import subprocess
import tempfile


def ask(program, questions):
    """Returns the answers to many questions, in their order."""
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as answered:
        for question in questions:
            asked.write(json.dumps(question).encode() + b"\n")
        asked.seek(0)
        subprocess.run([program], stdin=asked, stdout=answered, check=True)
        answered.seek(0)
        answers = [json.loads(line) for line in answered]
    if len(answers) != len(questions):
        raise SystemExit(f"{program} answered {len(answers)} of {len(questions)} questions.")
    return answers
