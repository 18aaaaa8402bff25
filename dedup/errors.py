"""Every error that dedup raises on purpose.

The tree::

    DedupError                  exit code 1
      + SourceError             a source is missing, empty, unreadable or of no known format
      + RecordError             --strict: the first record that cannot be used
      + OutputError             the output folder is foreign, inside an input, or not a finished run
      + ConfigError             a setting is out of range or two settings contradict  (also a ValueError)
      + GiantClusterError       one cluster swallowed more of the corpus than can be true
      + UnknownDocumentError    a doc_id that the run does not hold  (also a KeyError)
      + TextUnavailableError    a text cannot be read again, or has changed since the run
      + InternalError           an invariant of the run is broken: a bug of ours

Each carries what was seen (the message) and what to do (the hint). Only ``dedup.cli`` turns them into exit codes.
"""

from __future__ import annotations


class DedupError(Exception):
    """Root of all errors of this package.

    Args:
        message: what was seen, and where.
        hint: what the user can do about it; empty if nothing is known to help.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nHint: {self.hint}" if self.hint else self.message


class SourceError(DedupError):
    """A source is missing, empty, unreadable or of no known format."""


class RecordError(DedupError):
    """A record that cannot be used, under ``strict``."""


class OutputError(DedupError):
    """The output folder cannot be written, or does not hold what was asked for."""


class ConfigError(DedupError, ValueError):
    """A setting is out of range, unknown, or contradicts another."""


class GiantClusterError(DedupError):
    """One cluster holds more of the corpus than can be true."""


class UnknownDocumentError(DedupError, KeyError):
    """A ``doc_id`` or a pair that the run does not hold."""


class TextUnavailableError(DedupError):
    """A text cannot be read again, or is no longer the one that the run saw."""


class InternalError(DedupError):
    """An invariant of the run is broken."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(
            message, hint=hint or "This is a bug of dedup; please report it with the command and the sources."
        )
