"""Reduces a run of the suite to a small file of verdicts and compares it with the committed one.

usage: judge.py SUMMARY.json EXPECTED.json [--accept]
Any difference, to the worse or to the better, has to be committed on purpose: --accept rewrites the file.
"""
import json
import sys

VERDICTS = ("ok", "informational", "non-strict", "unimplemented", "failed")


def natural(case):
    return [int(part) for part in case.split(".")]


def read_expected(path):
    try:
        with open(path) as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def write_expected(path, cases):
    """One case on each line, in the suite's order: a change is one line of a diff."""
    lines = [f'  "{case}": {json.dumps(cases[case])}' for case in sorted(cases, key=natural)]
    with open(path, "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


def main(summary_path, expected_path, accept):
    with open(summary_path) as file:
        summary = json.load(file)
    seen = {r["id"]: [r["behavior"], r["behaviorClose"]] for r in summary["results"]}
    seen.update((case, ["NOT RUN", "NOT RUN"]) for case in summary["not_run"])

    count = dict.fromkeys(VERDICTS, 0)
    count.update(summary["counts"])
    print(", ".join(f"{count[verdict]} {verdict}" for verdict in VERDICTS))

    expected = read_expected(expected_path)
    if accept:
        write_expected(expected_path, {**expected, **seen})
        print(f"{expected_path}: rewritten")
        return 0
    different = sorted((case for case in seen if seen[case] != expected.get(case)), key=natural)
    for case in different:
        was = " / ".join(expected[case]) if case in expected else "nothing"
        print(f"case {case}: {' / '.join(seen[case])}, expected {was}")
    print(f"conformance: {len(seen) - len(different)} passed, {len(different)} failed")
    return 1 if different else 0


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if a != "--accept"]
    if len(arguments) != 2:
        sys.exit(__doc__)
    sys.exit(main(*arguments, "--accept" in sys.argv))
