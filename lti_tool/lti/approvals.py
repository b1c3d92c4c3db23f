"""What an administrator decides of a registration: by command or by page, each noted in the audit log."""

from sqlalchemy.orm import Session

from ..kernel import audit
from ..people.models import Deployment, Platform


def confirm(session: Session, platform: Platform, *, actor: str = audit.COMMAND_LINE) -> None:
    """Let a platform that registered itself launch; the deployments it registered with are approved too."""
    if platform.confirmed:
        return
    platform.confirmed = True
    for deployment in platform.deployments:
        deployment.approved = True
    audit.note(session, actor, "platform.confirmed", platform.name, issuer=platform.issuer)


def approve_deployment(session: Session, deployment: Deployment, *, actor: str = audit.COMMAND_LINE) -> None:
    """Let a deployment launch."""
    if deployment.approved:
        return
    deployment.approved = True
    audit.note(
        session,
        actor,
        "deployment.approved",
        deployment.platform.name,
        deployment=deployment.deployment_id,
    )


def set_policy(
    session: Session, platform: Platform, *, trusts_deployments: bool, actor: str = audit.COMMAND_LINE
) -> None:
    """Choose whether a new deployment is approved by itself or waits. Those that wait already still do."""
    if platform.trusts_deployments == trusts_deployments:
        return
    platform.trusts_deployments = trusts_deployments
    policy = "approve" if trusts_deployments else "wait"
    audit.note(session, actor, "platform.policy", platform.name, deployments=policy)
