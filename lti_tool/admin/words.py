"""What the administrator's pages call things: acts of the log, notices after an act, parts of a check."""

from ..kernel.i18n import N_
from ..lti.checks import Part
from ..lti.models import ContactKind
from ..records.models import Carrying

PARTS = {
    Part.KEYS: N_("Keys of the LMS"),
    Part.TOKEN: N_("Access token"),
    Part.GRADEBOOK: N_("Gradebook"),
    Part.ROSTER: N_("List of people"),
}
CONTACTS = {
    ContactKind.LAUNCH: N_("Last launch"),
    ContactKind.TOKEN: N_("Last token"),
    ContactKind.GRADE: N_("Last grade"),
    ContactKind.ROSTER: N_("Last roster"),
}
CARRYINGS = {
    Carrying.BACKFILL: N_("What happened before"),
    Carrying.RESEND: N_("What the store lost"),
    Carrying.FORWARD: N_("What others wrote into the local store"),
}
DONE = {
    "registered": N_("The platform is registered. Give the LMS the addresses below."),
    "renamed": N_("The platform has its new name."),
    "confirmed": N_("The platform is confirmed. People can launch from it."),
    "approved": N_("The deployment is approved. People can launch from it."),
    "policy": N_("Your choice for new deployments is kept."),
    "telling": N_("Your choice for statements is kept."),
    "forgotten": N_("The key is destroyed. What people do next gets new pseudonyms."),
    "rotated": N_("The new key is published. It signs from tomorrow on."),
    "leaked": N_("The new key signs from now on. The older ones are withdrawn."),
    "retried": N_("What the store refused is queued again."),
    "store-added": N_("The store is added. It gets what happens from now on."),
    "store-changed": N_("Your changes are kept."),
    "store-removed": N_("The store is removed. What it got stays there."),
    "store-paused": N_("The store is paused. All that comes is kept for it."),
    "store-resumed": N_("The store goes on."),
}
ACTS = {
    "admin.invited": N_("sign-in link made"),
    "admin.entered": N_("signed in"),
    "admin.left": N_("signed out"),
    "platform.invited": N_("platform invited"),
    "platform.registered": N_("platform registered"),
    "platform.renamed": N_("platform renamed"),
    "platform.confirmed": N_("platform confirmed"),
    "platform.removed": N_("platform removed"),
    "platform.policy": N_("choice for new deployments"),
    "platform.checked": N_("platform checked"),
    "platform.statements": N_("choice for what statements say"),
    "platform.pseudonyms-forgotten": N_("key of pseudonyms destroyed"),
    "deployment.approved": N_("deployment approved"),
    "keys.rotated": N_("new key made"),
    "lrs.retried": N_("refused statements queued again"),
    "lrs.added": N_("record store added"),
    "lrs.changed": N_("record store changed"),
    "lrs.credentials": N_("credentials of a record store changed"),
    "lrs.removed": N_("record store removed"),
    "lrs.paused": N_("record store paused"),
    "lrs.resumed": N_("record store goes on"),
    "lrs.tested": N_("record store tested"),
    "lrs.backfill": N_("what happened before sent to a record store"),
    "lrs.resend": N_("what a record store lost sent again"),
    "lrs.forward": N_("what others wrote sent to a record store"),
    "lrs.cancelled": N_("sending to a record store ended"),
    "lrs.reconciled": N_("record store compared with the journal"),
    "store.added": N_("store credentials made"),
    "store.ended": N_("store credentials ended"),
}
