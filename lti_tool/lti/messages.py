"""The launch message: PyLTI1p3's steps, each done by our own policy."""

from collections.abc import Mapping
from typing import Any, Self

import jwt
from jwt.utils import base64url_decode, base64url_encode
from pylti1p3.cookie import CookieService
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.session import SessionService
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.secrets import digest
from ..people.models import Platform
from . import logins
from .claims import LaunchClaims, read_claims
from .keysets import KeySets
from .models import LoginAttempt
from .refusals import LaunchRefusedError
from .registrations import Registrations
from .shapes import parse_strictly

LARGEST = 64 * 1024  # bytes of a token; real ones have 3 to 8 kB
ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")


class StrictLaunch(MessageLaunch):  # type: ignore[misc]  # PyLTI1p3 has no types
    """One launch, validated whole before anything of it is used.

    After `validate()`: `platform` and `claims`. Nothing is written: the caller uses the attempt up
    (`logins.use`) in the transaction that lets the launch in.
    """

    platform: Platform
    claims: LaunchClaims
    _attempt: LoginAttempt
    _header: dict[str, Any]
    _payload: bytes

    def __init__(
        self,
        session: Session,
        keysets: KeySets,
        form: Mapping[str, str],
        cookies: Mapping[str, str],
        base_url: str,
    ) -> None:
        super().__init__(None, Registrations(session), SessionService(None), CookieService())
        self._session = session
        self._keysets = keysets
        self._form = form
        self._cookies = cookies
        self._base_url = base_url

    def _get_request_param(self, key: str) -> str:
        return self._form.get(key, "")

    def validate(self) -> Self:
        """Run all steps, in the order in which a failure tells an attacker least.

        Raises:
            LaunchRefusedError: with the code of the first step that failed.

        """
        self.validate_state().validate_jwt_format().validate_jwt_signature().validate_message()
        self.validate_nonce().validate_deployment()
        self._validated = True
        return self

    def validate_state(self) -> Self:
        """The state is one of ours, fresh, unused, and this browser's."""
        state = self._get_request_param("state")
        if not state or not self._get_request_param("id_token"):
            raise LaunchRefusedError("launch-incomplete")
        cookie = self._cookies.get(logins.cookie_name(state))
        self._attempt, self.platform = logins.find(self._session, state, cookie)
        return self

    def validate_jwt_format(self) -> Self:
        """A signed token of a sane size, with a plain header."""
        token = self._get_id_token()
        if len(token) > LARGEST:
            raise LaunchRefusedError("token-malformed", f"{len(token)} bytes", status=413)
        try:
            header, self._payload, _signature = (_decoded(part) for part in token.encode("ascii").split(b"."))
        except ValueError:
            raise LaunchRefusedError("token-malformed", "not three parts of base64url") from None
        self._header = parse_strictly(header)
        if not isinstance(self._header.get("kid", ""), str) or {"crit", "b64"} & self._header.keys():
            raise LaunchRefusedError("token-malformed", "header")
        if self._header.get("alg") not in ALGORITHMS:
            raise LaunchRefusedError("token-signature", f"alg {self._header.get('alg')!r}")
        return self

    def validate_jwt_signature(self) -> Self:
        """Signed by a key of the platform, by that key's own algorithm."""
        self._keysets.find(self.platform.jwks_url, self._header.get("kid"), self._is_verified_by)
        return self

    def _is_verified_by(self, key: jwt.PyJWK) -> bool:
        if key.algorithm_name != self._header["alg"]:
            return False
        try:
            jwt.PyJWS().decode(self._get_id_token(), key, algorithms=[key.algorithm_name])
        except jwt.InvalidSignatureError:
            return False
        except jwt.PyJWTError as error:
            raise LaunchRefusedError("token-malformed", type(error).__name__) from None
        return True

    def validate_message(self) -> Self:
        """Every claim holds."""
        body = parse_strictly(self._payload)
        self._jwt = {"header": self._header, "body": body}
        self.claims = read_claims(
            body,
            issuer=self.platform.issuer,
            client_id=self.platform.client_id,
            base_url=self._base_url,
            now=clock.now(),
        )
        return self

    def validate_nonce(self) -> Self:
        """The nonce is the one given to this very attempt."""
        if digest(self.claims.nonce) != self._attempt.nonce:
            raise LaunchRefusedError("token-nonce")
        return self

    def validate_deployment(self) -> Self:
        """The deployment is approved, or its platform may bring new ones."""
        Registrations(self._session).check_deployment(self.platform, self.claims.deployment_id)
        return self


def _decoded(part: bytes) -> bytes:
    """Base64url in its one canonical form. Raises ValueError for any other."""
    decoded = base64url_decode(part)
    if base64url_encode(decoded) != part:
        raise ValueError("not canonical")
    return decoded
