"""For whoever watches the service: is it alive, is it ready, and its figures."""

from collections.abc import Iterable

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .kernel.heartbeat import alive
from .kernel.web import database
from .records.metrics import figures

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


class _Stores(Collector):
    """The record stores' figures, which are the same whichever process answers."""

    def collect(self) -> Iterable[Metric]:
        """What Prometheus asks for; nothing while the database does not answer."""
        try:
            with database().read() as reading:
                return list(figures(reading))
        except SQLAlchemyError:
            return []


_stores = CollectorRegistry(auto_describe=False)
_stores.register(_Stores())


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus text format: the process that answers, and the record stores."""
    return Response(generate_latest() + generate_latest(_stores), content_type=CONTENT_TYPE_LATEST)
