"""Launches that a platform's storage has to prove: the browser keeps no cookie, an LMS's page keeps a secret.

LTI postMessage Storage 0.1. The token waits here, validated, until the same browser shows the login's secret.
"""

from sqlalchemy import update
from sqlalchemy.orm import Session

from ..kernel.secrets import digest
from .models import LoginAttempt
from .refusals import LaunchRefusedError


def keep(session: Session, state: str, token: str) -> None:
    """Let a validated token wait for its proof. It goes with its attempt: used, or ten minutes later."""
    session.execute(
        update(LoginAttempt)
        .where(LoginAttempt.state == digest(state), LoginAttempt.used_at.is_(None))
        .values(token=token)
    )


def waiting(session: Session, state: str, proof: str) -> str:
    """The token that waits for this proof.

    Raises:
        LaunchRefusedError: proof-unexpected (no launch waits, or it was let in), or proof-wrong.

    """
    attempt = session.get(LoginAttempt, digest(state))
    if attempt is None or not attempt.token:
        raise LaunchRefusedError("proof-unexpected", status=403)
    if digest(proof) != attempt.browser:
        raise LaunchRefusedError("proof-wrong", status=403)
    return attempt.token
