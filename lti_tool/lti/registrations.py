"""Registrations and deployments, from the database, in the shape PyLTI1p3 wants them."""

from pylti1p3.deployment import Deployment as LtiDeployment
from pylti1p3.registration import Registration
from pylti1p3.tool_config import ToolConfAbstract
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel import clock
from ..people.models import Deployment, Platform
from .claims import LaunchClaims
from .refusals import LaunchRefusedError


class DeploymentPendingError(LaunchRefusedError):
    """A launch that holds, from a deployment that no administrator has approved."""

    def __init__(self, platform: Platform, deployment_id: str) -> None:
        super().__init__("deployment-unknown", deployment_id, status=403, deployment=deployment_id[:60])
        self.platform = platform
        self.deployment_id = deployment_id


class Registrations(ToolConfAbstract):  # type: ignore[misc]  # PyLTI1p3 has no types
    """PyLTI1p3's tool configuration over our tables: an issuer has many clients, a client many tenants."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check_iss_has_one_client(self, iss: str) -> bool:
        """Never assumed: cloud LMSs share one issuer."""
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        """Always possible."""
        return True

    def platform(self, iss: str, client_id: str | None) -> Platform:
        """The platform of a login initiation; without a client only when the issuer has just one.

        Raises:
            LaunchRefusedError: platform-unknown, platform-pending or platform-ambiguous.

        """
        if not f"{iss}{client_id or ''}".isprintable():  # PostgreSQL takes no NUL, and nobody is called so
            raise LaunchRefusedError("platform-unknown", f"{iss!r} {client_id!r}", status=404)
        query = select(Platform).where(Platform.issuer == iss)
        if client_id:
            query = query.where(Platform.client_id == client_id)
        found = self._session.scalars(query.limit(2)).all()
        if not found:
            raise LaunchRefusedError("platform-unknown", f"{iss} {client_id}", status=404)
        if len(found) > 1:
            raise LaunchRefusedError("platform-ambiguous", iss)
        if not found[0].confirmed:
            raise LaunchRefusedError("platform-pending", found[0].name, status=403)
        return found[0]

    def find_registration_by_issuer(self, iss: str, *args: object, **kwargs: object) -> Registration:
        """The registration of an issuer that has only one."""
        return _registration(self.platform(iss, None))

    def find_registration_by_params(
        self, iss: str, client_id: str, *args: object, **kwargs: object
    ) -> Registration:
        """The registration of an issuer and a client."""
        return _registration(self.platform(iss, client_id))

    def find_deployment(self, iss: str, deployment_id: str) -> LtiDeployment | None:
        """The deployment of an issuer that has only one client."""
        return self._deployment(self.platform(iss, None), deployment_id)

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: object, **kwargs: object
    ) -> LtiDeployment | None:
        """The deployment of an issuer and a client, if it is approved."""
        return self._deployment(self.platform(iss, client_id), deployment_id)

    def check_deployment(self, platform: Platform, deployment_id: str) -> None:
        """Check that launches of a deployment are let in.

        Raises:
            DeploymentPendingError: an administrator must approve it first.

        """
        known = self.find_tenant(platform, deployment_id)
        if not (known.approved if known else platform.trusts_deployments):
            raise DeploymentPendingError(platform, deployment_id)

    def tenant(self, platform: Platform, claims: LaunchClaims) -> Deployment:
        """The tenant of a launch that is let in: its deployment's row, made if the platform is trusted so."""
        known = self.find_tenant(platform, claims.deployment_id)
        return known or self.remember(platform, claims.deployment_id, claims.platform_label, approved=True)

    def remember(
        self, platform: Platform, deployment_id: str, label: str, *, approved: bool = False
    ) -> Deployment:
        """Keep a deployment that a signed launch named; one not approved waits for an administrator."""
        known = self.find_tenant(platform, deployment_id)
        if known is None:
            known = Deployment(
                platform_id=platform.id,
                deployment_id=deployment_id,
                approved=approved,
                asked_at=clock.now(),
                label=label,
            )
            self._session.add(known)
            self._session.flush()
        return known

    def _deployment(self, platform: Platform, deployment_id: str) -> LtiDeployment | None:
        known = self.find_tenant(platform, deployment_id)
        return LtiDeployment().set_deployment_id(known.deployment_id) if known and known.approved else None

    def find_tenant(self, platform: Platform, deployment_id: str) -> Deployment | None:
        """The row of a deployment, approved or not."""
        return self._session.scalar(
            select(Deployment).where(
                Deployment.platform_id == platform.id, Deployment.deployment_id == deployment_id
            )
        )


def _registration(platform: Platform) -> Registration:
    return (
        Registration()
        .set_issuer(platform.issuer)
        .set_client_id(platform.client_id)
        .set_auth_login_url(platform.auth_url)
        .set_auth_token_url(platform.token_url)
        .set_auth_audience(platform.audience or platform.token_url)
        .set_key_set_url(platform.jwks_url)
    )
