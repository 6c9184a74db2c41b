"""Groups of commands."""

import click

from nnlab.core.registry import did_you_mean, nearest


class NearestGroup(click.Group):
    """A group that names the nearest command when there is none of that name."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest command named."""
        names = self.list_commands(ctx)
        if args and args[0] not in names:
            if ctx.resilient_parsing:  # a shell asks what may follow; it wants no error
                return None, None, []
            near = nearest(args[0], names) or names
            raise click.UsageError(f"no command '{self.name} {args[0]}'; {did_you_mean(near)}")
        return super().resolve_command(ctx, args)
