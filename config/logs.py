"""What the log says less of."""

import logging


def without_traceback(record: logging.LogRecord) -> bool:
    """A warning of one line instead of an error with its traceback."""
    record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
    return True
