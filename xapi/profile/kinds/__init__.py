"""Every kind of statement that we make: the statement templates of the profile."""

from xapi.profile.kinds.exchanges import EXCHANGES
from xapi.profile.kinds.kind import Kind, template_iri
from xapi.profile.kinds.reviews import REVIEWS
from xapi.profile.kinds.works import WORKS

__all__ = ["KINDS", "Kind", "template_iri"]

KINDS = (*WORKS, *REVIEWS, *EXCHANGES)
