"""Secrets at rest, and values that a browser may carry but not forge."""

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet


class Sealer:
    """Encrypts what the database must not show in clear: private keys, an LRS's password.

    The key is derived from ENTRAIDE_SECRET_KEY; without that key the values cannot be read again.
    """

    def __init__(self, secret_key: str) -> None:
        derived = hashlib.scrypt(secret_key.encode(), salt=b"entraide/at-rest", n=2**14, r=8, p=1, dklen=32)
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def seal(self, clear: str) -> str:
        """Encrypt and authenticate a text."""
        return self._fernet.encrypt(clear.encode()).decode()

    def open(self, sealed: str) -> str:
        """Decrypt a text. Raises cryptography.fernet.InvalidToken when it was sealed with another key."""
        return self._fernet.decrypt(sealed.encode()).decode()


def random_token() -> str:
    """A value nobody guesses: 192 bits, safe in an address and in a cookie's name."""
    return secrets.token_hex(24)


def digest(token: str) -> str:
    """What the database keeps of a token, so that a copy of the database opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()
