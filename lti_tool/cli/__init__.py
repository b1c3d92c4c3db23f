"""The command `entraide`."""

import click

from .loading import Deferred, DeferringGroup

SELF_SUFFICIENT = {"demo", "doctor", "report", "validate", "profile", "score", "compare", "allocate"}
"""Commands that bring their own settings, or need none."""


@click.group(cls=DeferringGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="entraide")
@click.pass_context
def entraide(context: click.Context) -> None:
    """Peers who teach each other, inside the course: an LTI 1.3 tool that speaks xAPI."""
    if context.invoked_subcommand in SELF_SUFFICIENT:
        return
    from .surroundings import read_settings, write_logs  # not for `--help`

    context.obj = read_settings()
    write_logs(context.obj.log_level)


for name, module, help_line in (
    ("serve", ".running", "Run web and worker together: the embedded default."),
    ("web", ".webserver", "Run the web application alone."),
    ("worker", ".workers", "Run a worker alone."),
    ("db", ".databases", "The database's schema."),
    ("platform", ".platforms", "The learning platforms (LMSs) that may launch this tool."),
    ("person", ".people", "The people whom platforms launch."),
    ("lrs", ".stores", "The learning record stores (LRSs) that statements go to."),
    ("store", ".credentials", "The local statement store, and who may use it."),
    ("admin", ".administration", "The administrator's pages."),
    ("keys", ".administration", "The key pairs that the tool signs with."),
    ("doctor", ".doctor", "Look whether all is well here, and say what to do."),
    ("demo", ".demos", "Run a small LMS, the tool, its worker and a statement store, with a ready course."),
    ("seed", ".demos", "Make a synthetic course, marked as such, by the actions a person uses."),
    ("report", ".reporting", "Report on peer learning from the statements of any LRS."),
    ("validate", ".files", "Check xAPI statements strictly, one on each line of FILE."),
    ("profile", ".profiles", "Print the xAPI profile that statements keep to, as JSON-LD."),
    ("score", ".research", "Turn the reviews in FILE into one score for each contribution."),
    ("compare", ".comparing", "Turn the comparisons in FILE into one score for each item."),
    ("allocate", ".allocating", "Draw who reviews whom among the people in FILE."),
):
    entraide.add_command(Deferred(name, module, help_line))


def main() -> None:
    """The console script's entry."""
    entraide(prog_name="entraide")
