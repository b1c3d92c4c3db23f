"""The figures of record stores for whoever watches the service, as Prometheus reads them."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..kernel import clock
from .models import Backfill, Reconciliation
from .progress import progress
from .removing import present

_GAUGES = {
    "pending": "Statements that wait, in the journal or in the store's queue.",
    "delivered": "Statements that the store has taken.",
    "dead": "Statements that the store refused for good.",
    "oldest_pending_seconds": "Age of what waits longest; 0 when nothing waits.",
    "paused": "1 while a person must look at the store, else 0.",
}
_SENDS = {"delivered": "arrived", "refused": "refused", "failed": "failed", "paused": "halted"}


def figures(session: Session) -> Iterator[Metric]:
    """The figures of all stores. Seven statements."""
    standings = progress(session)
    for name, help_text in _GAUGES.items():
        gauge = GaugeMetricFamily(f"entraide_lrs_{name}", help_text, labels=["lrs"])
        for called, standing in standings.items():
            gauge.add_metric([called], float(standing[name] or 0))
        yield gauge
    sends = CounterMetricFamily(
        "entraide_lrs_sends",
        "Outcomes ever since: statements delivered and refused, tries that failed, pauses.",
        labels=["lrs", "outcome"],
    )
    names = {}
    for store in session.scalars(present()):
        names[store.id] = store.name
        for outcome, column in _SENDS.items():
            sends.add_metric([store.name, outcome], getattr(store, column))
    yield sends
    ratio = GaugeMetricFamily(
        "entraide_lrs_backfill_ratio",
        "How much of what is carried from the past is queued, from 0 to 1, while it is on its way.",
        labels=["lrs", "kind"],
    )
    for row in session.scalars(
        select(Backfill).where(Backfill.ended_at.is_(None), Backfill.total > 0, Backfill.lrs_id.in_(names))
    ):
        ratio.add_metric([names[row.lrs_id], row.kind.value], min(1.0, row.done / row.total))
    yield ratio
    difference = GaugeMetricFamily(
        "entraide_lrs_reconciliation_difference",
        "Statements missing in the store, and unknown here, by the latest reconciliation.",
        labels=["lrs"],
    )
    age = GaugeMetricFamily(
        "entraide_lrs_reconciliation_age_seconds", "Age of the latest reconciliation.", labels=["lrs"]
    )
    latest = (
        select(Reconciliation.lrs_id, func.max(Reconciliation.asked_at).label("asked_at"))
        .where(Reconciliation.ended_at.is_not(None), Reconciliation.problem == "")
        .where(Reconciliation.lrs_id.in_(names))
        .group_by(Reconciliation.lrs_id)
        .subquery()
    )
    same = (Reconciliation.lrs_id == latest.c.lrs_id) & (Reconciliation.asked_at == latest.c.asked_at)
    for run in session.scalars(select(Reconciliation).join(latest, same)):
        difference.add_metric([names[run.lrs_id]], run.missing + run.unknown)
        age.add_metric([names[run.lrs_id]], (clock.now() - run.asked_at).total_seconds())
    yield difference
    yield age
