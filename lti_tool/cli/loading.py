"""Commands that are loaded when they are used: none pays for what only others need."""

import gc
from importlib import import_module
from typing import cast

import click


class Deferred(click.Command):
    """What the list of commands says of one; the command itself is what its module calls by the same name."""

    def __init__(self, name: str, module: str, help_line: str) -> None:
        super().__init__(name, short_help=help_line)
        self._module = module

    def load(self) -> click.Command:
        """The command itself. What modules make while they load stays: nobody looks for garbage there."""
        collecting = gc.isenabled()
        gc.disable()
        try:
            return cast(click.Command, getattr(import_module(self._module, __package__), self.name or ""))
        finally:
            if collecting:
                gc.enable()


class DeferringGroup(click.Group):
    """A group that lists deferred commands as they are, and loads the one that is used."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command as every group does; then load it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, Deferred) else command, rest
