"""Run the policies' own tests, and fail where a line of a policy is in none of them.

OPA's own threshold counts the lines of the tests too, and says nothing of a policy that half of its tests hide.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def uncovered(report: dict[str, dict[str, dict[str, list[dict[str, dict[str, int]]]]]]) -> list[str]:
    """Return `file:line` of each line of a policy, not of a test, that OPA's report has as not covered."""
    return [
        f"{name}:{line}"
        for name, file in sorted(report["files"].items())
        if not name.endswith("_test.rego")
        for line in sorted(
            {line for gap in file.get("not_covered", []) for line in range(gap["start"]["row"], gap["end"]["row"] + 1)}
        )
    ]


def main() -> int:
    command = [
        *(
            ".tools/bin/opa",
            "test",
            "--timeout",
            "60s",
            "policies",
            "--capabilities",
            ".ci/capabilities.json",
            "--fail-on-empty",
        ),
        *("--coverage", "--coverage-runs=", "--format=json"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        return 1
    report = json.loads(done.stdout)
    lines = uncovered(report)
    for line in lines:
        sys.stderr.write(f"{line} is in no test\n")
    policies = sum(not name.endswith("_test.rego") for name in report["files"])
    sys.stdout.write(f"opa test: passed; {policies} policies, {len(lines)} of their lines in no test\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
