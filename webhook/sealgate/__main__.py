"""Run the command line as `python -m sealgate`."""

from __future__ import annotations

from sealgate.cli import main

main()
