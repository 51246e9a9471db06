"""A group of commands of which some need the database: those are imported when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click


class StoredGroup(click.Group):
    """Knows the commands of the database by name; their module has them as ``STORE_COMMANDS``."""

    def __init__(self, *args: Any, module: str, stored: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._module, self._stored = module, stored

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Those of the group, then those of the database."""
        return [*super().list_commands(ctx), *self._stored]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name; ``None`` where there is none."""
        if cmd_name not in self._stored:
            return super().get_command(ctx, cmd_name)
        commands: Sequence[click.Command] = import_module(self._module).STORE_COMMANDS
        return next((one for one in commands if one.name == cmd_name), None)
