"""Log records as JSON lines for machines, or as plain lines for people."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sealgate import decision_log

if TYPE_CHECKING:
    from collections.abc import Mapping


class JsonFormatter(logging.Formatter):
    """One JSON object a record: time, level, logger, message, then the record's `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, whatever its values are."""
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **fields_of(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class TextFormatter(logging.Formatter):
    """`time level message name=value ...`; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text. Values are JSON, so that no value can pretend to be a line of its own."""
        fields = "".join(f" {name}={json.dumps(value, default=str)}" for name, value in fields_of(record).items())
        line = f"{_time(record)} {record.levelname.lower()} {record.getMessage()}{fields}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def fields_of(record: logging.LogRecord) -> Mapping[str, Any]:
    """Return what was logged with `extra={"fields": {...}}`."""
    return getattr(record, "fields", {})


def configuration(level: str, form: str) -> dict[str, Any]:
    """Return the configuration of `logging.config.dictConfig` that writes everything to standard error.

    `level` is a name as logging knows it, in any case; `form` is `json` or `text`. gunicorn takes the same. Decisions
    are lines whatever the level: they have a switch of their own.
    """
    formatter = JsonFormatter if form == "json" else TextFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"level": level.upper(), "handlers": ["stderr"]},
        "loggers": {
            decision_log.LOGGER: {"level": "INFO"},
            "gunicorn.error": {"level": "NOTSET", "handlers": [], "propagate": True},
            # The service writes its own line about each request.
            "gunicorn.access": {"handlers": [], "propagate": False},
        },
    }


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
