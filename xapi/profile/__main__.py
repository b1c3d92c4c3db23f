"""`python -m xapi.profile`: our profile as JSON-LD, to be published."""

import sys

from xapi.profile.publishing import as_json

sys.stdout.write(as_json())
