"""What `entraide doctor` finds: how something is, and what to do about it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """WARN: it works, but somebody should look. FAIL: something does not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is, in sentences; `advice` says what to do."""

    state: State
    about: str
    words: str
    advice: str = ""

    def __str__(self) -> str:
        """One line, whatever others said in theirs."""
        told = " ".join(self.words.split()).rstrip(".")
        return f"{self.state:<5}{self.about}: {told}. {self.advice}".rstrip()


def ok(about: str, words: str) -> Finding:
    """Nothing is to be done."""
    return Finding(State.OK, about, words)


def warn(about: str, words: str, advice: str) -> Finding:
    """It works, but somebody should look."""
    return Finding(State.WARN, about, words, advice)


def fail(about: str, words: str, advice: str) -> Finding:
    """It does not work."""
    return Finding(State.FAIL, about, words, advice)


def looked(about: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What a look finds; whatever ends it is a finding too."""
    try:
        yield from look()
    except Exception as error:  # a doctor that falls ill helps nobody
        yield fail(about, f"{type(error).__name__}: {error}", "Put right what it says.")
