"""The launch message: PyLTI1p3's steps, each done by our own policy."""

from collections.abc import Mapping
from typing import Self

from pylti1p3.cookie import CookieService
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.session import SessionService
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.secrets import digest
from ..people.models import Platform
from . import logins
from .addresses import origin
from .claims import LaunchClaims, read_claims
from .keysets import KeySets
from .models import LoginAttempt
from .refusals import LaunchRefusedError
from .registrations import Registrations
from .shapes import parse_strictly
from .tokens import SignedToken


class ProofNeededError(Exception):
    """A launch that holds, from a browser without the login's cookie: `storage` is to be asked."""

    def __init__(self, storage: logins.Storage, return_url: str) -> None:
        super().__init__()
        self.storage = storage
        self.return_url = return_url


class StrictLaunch(MessageLaunch):  # type: ignore[misc]  # PyLTI1p3 has no types
    """One launch, validated whole before anything of it is used.

    After `validate()`: `platform` and `claims`. Nothing is written: the caller uses the attempt up
    (`logins.use`) in the transaction that lets the launch in.
    """

    platform: Platform
    claims: LaunchClaims
    _attempt: LoginAttempt
    _is_bound: bool
    _token: SignedToken

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
            ProofNeededError: all of it holds, but that this browser began it is still to be shown.

        """
        self.validate_state().validate_jwt_format().validate_jwt_signature().validate_message()
        self.validate_nonce().validate_deployment().validate_browser()
        self._validated = True
        return self

    def validate_state(self) -> Self:
        """The state is one of ours, fresh, unused, and no other browser's."""
        state = self._get_request_param("state")
        if not state or not self._get_request_param("id_token"):
            raise LaunchRefusedError("launch-incomplete")
        self._attempt, self.platform = logins.find(self._session, state)
        self._is_bound = logins.is_bound(self._attempt, self._cookies, state)
        return self

    def validate_jwt_format(self) -> Self:
        """A signed token of a sane size, with a plain header."""
        self._token = SignedToken.read(self._get_id_token())
        return self

    def validate_jwt_signature(self) -> Self:
        """Signed by a key of the platform, by that key's own algorithm."""
        self._token.verify(self._keysets, self.platform.jwks_url)
        return self

    def validate_message(self) -> Self:
        """Every claim holds."""
        body = parse_strictly(self._token.payload)
        self._jwt = {"header": self._token.header, "body": body}
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

    def validate_browser(self) -> Self:
        """This browser began the login: its cookie says so, or the platform's storage will."""
        if not self._is_bound:
            raise ProofNeededError(
                logins.Storage(self._attempt.storage_target, origin(self.platform.auth_url)),
                self.claims.return_url,
            )
        return self
