"""Where the independent platform lives: an environment of its own, since its libraries are not ours.

`python -m services.openedx_environment` makes it beforehand, with nothing but the standard library.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from services import UnavailableError, one_at_a_time

ROOT = Path(__file__).parents[2]
HOME = ROOT / "tests" / "platforms" / "openedx"
ENVIRONMENT = ROOT / ".venv-openedx"
PIP = [sys.executable, "-m", "pip"]
QUICKLY = ["--quiet", "--no-compile"]  # what is loaded is compiled then


def version() -> str:
    """The version of the installed consumer."""
    folder = next(ENVIRONMENT.glob("lib/python*/site-packages/lti_consumer_xblock-*.dist-info"))
    return folder.name.removeprefix("lti_consumer_xblock-").removesuffix(".dist-info")


def python() -> Path:
    """The environment's interpreter; makes the environment on first use. Raises `UnavailableError`."""
    wanted = (HOME / "requirements.txt").read_text() + sys.version.split()[0]
    stamp = ENVIRONMENT / "installed.txt"
    interpreter = ENVIRONMENT / "bin" / "python"
    with one_at_a_time("openedx"):
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(ENVIRONMENT, ignore_errors=True)
            _run([sys.executable, "-m", "venv", "--without-pip", ENVIRONMENT])
            _run([*PIP, "--python", interpreter, "install", *QUICKLY, "-r", HOME / "requirements.txt"])
            stamp.write_text(wanted)
    return interpreter


def _run(command: list[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stderr or done.stdout).strip()[-400:]
        raise UnavailableError(f"Open edX's consumer could not be installed in {ENVIRONMENT.name}: {reason}")


if __name__ == "__main__":
    try:
        python()
    except UnavailableError as error:
        sys.exit(str(error))
