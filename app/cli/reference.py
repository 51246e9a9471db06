"""The reference of the ``shudi`` command, made from the commands themselves.

``python -m app.cli.reference > docs/cli.md`` writes it again; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from app.cli import shudi

_WIDTH = 100

_INTRODUCTION = """\
# The `shudi` command

Each section is what `--help` prints. Made by `python -m app.cli.reference`; do not edit by hand.

`.venv/bin/shudi` is there after `scripts/serve` or `scripts/test`.

| exit status | means |
| --- | --- |
| 0 | done |
| 1 | the data has blocking findings |
| 2 | the call or the input is unusable: one clear line on standard error |

Anything else is a bug.
"""


def commands(
    command: click.Command = shudi, parent: click.Context | None = None
) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Yield the full name, the command and its context, groups before what is in them."""
    settings = {"max_content_width": _WIDTH, **command.context_settings, "terminal_width": _WIDTH}
    context = click.Context(command, info_name=command.name, parent=parent, color=False, **settings)
    yield context.command_path, command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from commands(inner, context)


def reference() -> str:
    """Return the whole page, Markdown."""
    sections = [
        f"## {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
        for path, command, context in commands()
    ]
    return "\n".join([_INTRODUCTION, *sections])


if __name__ == "__main__":
    click.echo(reference(), nl=False)
