"""What was asked of the LMS, and the answers it gives when it is told to fail."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Asked:
    """One request as the LMS received it, and the `status` it answered (0: none). `at` is time.time()."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # names in lower case
    body: bytes
    at: float
    status: int = 0
    why: str = ""  # it was refused

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """An answer instead of the LMS's own."""

    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | bytes = b""


HANG = Answer(-1)  # says nothing until the LMS stops
DROP = Answer(-2)  # closes the connection without a word

Behaviour = Callable[[Asked], Answer | None]


@dataclass
class Fault:
    """Answers for the requests whose path matches; `after` the LMS has done what was asked, or instead."""

    pattern: str
    behaviour: Behaviour
    method: str | None
    after: bool


class Faulty:
    """An LMS that remembers what it was asked, and fails as it is told to."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self._faults: list[Fault] = []
        self._delays: list[tuple[str, float]] = []

    def fail(
        self, pattern: str, answers: Sequence[Answer | tuple[Any, ...]] | Behaviour, *,
        method: str | None = None, after: bool = False,
    ) -> None:  # fmt: skip
        """Give these answers, once each, to requests whose path matches; or what a function says, always.

        An answer may be a tuple (status, headers, body). With `after`, what was asked is done first.
        """
        if not callable(answers):
            left = iter([Answer(*each) if isinstance(each, tuple) else each for each in answers])
            answers = lambda asked: next(left, None)  # noqa: E731 - a behaviour like the given ones
        self._faults.append(Fault(pattern, answers, method, after))

    def delay(self, pattern: str, seconds: float) -> None:
        """Answer such requests that much later."""
        self._delays.append((pattern, seconds))

    def heal(self) -> None:
        """No more faults and delays."""
        self._faults.clear()
        self._delays.clear()

    def fault(self, asked: Asked, after: bool) -> Answer | None:
        """What to answer to this request instead, if anything."""
        for fault in self._faults:
            concerned = fault.after == after and fault.method in (None, asked.method)
            if concerned and re.search(fault.pattern, asked.path):
                answer = fault.behaviour(asked)
                if answer:
                    return answer
        return None

    def delay_of(self, asked: Asked) -> float:
        """How many seconds to wait before answering."""
        return sum(seconds for pattern, seconds in self._delays if re.search(pattern, asked.path))

    def asked(self, method: str, pattern: str = "") -> list[Asked]:
        """The requests so far with this method and a path that matches."""
        return [each for each in self.requests if each.method == method and re.search(pattern, each.path)]

    @property
    def refusals(self) -> list[str]:
        """Why requests were refused so far: the tool's mistakes, in words."""
        return [f"{each.method} {each.path}: {each.why}" for each in self.requests if each.why]
