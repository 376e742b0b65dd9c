"""What does the log say? What happened, one JSON object a line; never a document, a literal or a name."""

import logging
import sys

import structlog


def configure_logs(*, level: int = logging.INFO) -> None:
    """Sets up the log of one server process; a library's user keeps their own."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
