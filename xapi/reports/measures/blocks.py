"""What measures are made of: tables of SQL, each made of those before it and of `acts`.

Written for DuckDB in what ClickHouse knows too. Times are called `moment`: DuckDB keeps AT to itself.
"""

from collections.abc import Mapping

from xapi.reports.measures.acts import VIEWS
from xapi.reports.measures.groups import GROUPS
from xapi.reports.measures.people import PEOPLE
from xapi.reports.measures.scores import SCORES
from xapi.reports.measures.spans import SPANS

BLOCKS: Mapping[str, str] = {**VIEWS, **PEOPLE, **SCORES, **GROUPS, **SPANS}
"""In the order in which they build on each other; `asked` comes before all."""
