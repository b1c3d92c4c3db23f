"""People who write one page at the same time, always at the places where they get in each other's way."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

from classroom import Classroom

from lti_tool.contributions import together
from lti_tool.contributions.teams import WHOLE_COURSE
from lti_tool.contributions.together import Edit, Saved
from lti_tool.kernel.permissions import Visit


def save(room: Classroom, visit: Visit, text: str, base: int, **more) -> Saved:
    """Save the course's page, written over version `base`."""
    with room.database.write() as session:
        edit = Edit(text, base, more.pop("form", None) or uuid4(), **more)
        return together.save(session, visit, room.activity, WHOLE_COURSE, edit)


def write_at_once(room: Classroom, visits: list[Visit], saves: int) -> set[str]:
    """Let each save so many times, a word of its own each time; return all these words."""
    start = Barrier(len(visits))

    def write(number: int, visit: Visit) -> set[str]:
        start.wait()
        text, base = "", 0
        words = [f"writer{number}word{n}" for n in range(saves)]
        for n, word in enumerate(words):
            ways = (f"{text}\n\n{word}", f"{text} {word}", f"{word} {text}", f"{text}\n- {word}")
            saved = save(room, visit, ways[n % 4] if text else word, base)
            text, base = saved.text, saved.page.revision
        return set(words)

    with ThreadPoolExecutor(len(visits)) as threads:
        return set().union(*threads.map(write, range(len(visits)), visits))
