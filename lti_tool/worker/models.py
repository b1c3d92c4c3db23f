"""The tables of the room below, under the name by which the worker's modules know them."""

from ..records.models import Delivery, DeliveryState, Lrs, Statement

__all__ = ["Delivery", "DeliveryState", "Lrs", "Statement"]
