"""What the administrator's pages call things: acts of the log, notices after an act, parts of a check."""

from ..kernel.i18n import N_
from ..lti.checks import Part
from ..lti.models import ContactKind

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
DONE = {
    "registered": N_("The platform is registered. Give the LMS the addresses below."),
    "renamed": N_("The platform has its new name."),
    "confirmed": N_("The platform is confirmed. People can launch from it."),
    "approved": N_("The deployment is approved. People can launch from it."),
    "policy": N_("Your choice for new deployments is kept."),
    "rotated": N_("The new key is published. It signs from tomorrow on."),
    "leaked": N_("The new key signs from now on. The older ones are withdrawn."),
    "retried": N_("What the store refused is queued again."),
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
    "deployment.approved": N_("deployment approved"),
    "keys.rotated": N_("new key made"),
    "lrs.retried": N_("refused statements queued again"),
}
