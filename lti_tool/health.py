"""For whoever watches the service: is it alive, is it ready, and its figures."""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .kernel.heartbeat import alive
from .kernel.web import database

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Liveness: the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Readiness: the database answers, and a worker was seen in the last half minute."""
    try:
        with database().read() as reading:
            reading.execute(text("SELECT 1"))
            checks = {"database": True, "worker": alive(reading)}
    except SQLAlchemyError:
        checks = {"database": False, "worker": False}
    return jsonify(checks), 200 if all(checks.values()) else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus text format."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
