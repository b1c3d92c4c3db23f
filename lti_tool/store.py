"""The local statement store's credentials in the settings; others are in its own table."""

import hmac
from collections.abc import Callable

from .settings import Settings


def authenticator(settings: Settings) -> Callable[[str, str], str | None]:
    """Check HTTP Basic credentials against the settings; without a password they let nobody in."""

    def authenticate(username: str, password: str) -> str | None:
        if not settings.store_password:
            return None
        right = hmac.compare_digest(username.encode(), settings.store_username.encode())
        right &= hmac.compare_digest(password.encode(), settings.store_password.encode())
        return username if right else None

    return authenticate
