"""`nnlab completion`: the lines that teach a shell to complete nnlab's words."""

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete, add_completion_class, get_completion_class

VARIABLE = "_NNLAB_COMPLETE"
"""With it in the environment, nnlab answers the shell's questions instead of running."""

KEEPING = {
    "bash": "echo 'eval \"$(nnlab completion bash)\"' >> ~/.bashrc",
    "zsh": "echo 'eval \"$(nnlab completion zsh)\"' >> ~/.zshrc",
    "fish": "nnlab completion fish > ~/.config/fish/completions/nnlab.fish",
}
"""The line that each shell reads it by at every start."""


@add_completion_class
class Bash(BashComplete):
    """bash's way, which splits `--model=NL` into three words."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and the one at it."""
        words, incomplete = super().get_completion_args()
        return [word for word in words if word != "="], incomplete


@add_completion_class
class Zsh(ZshComplete):
    """zsh's way, which would put `NLayers` in the place of all of `--model=NL`."""

    source_template = ZshComplete.source_template.replace(
        "    for type key descr in", "    [[ $PREFIX == --*=* ]] && compset -P '*='\n\n    for type key descr in"
    ).replace("compadd -U", 'compadd -U -i "$IPREFIX"')


@add_completion_class
class Fish(FishComplete):
    """fish's way, which passes over what does not begin with all of `--model=NL`."""

    source_template = (
        FishComplete.source_template.replace(
            "    set -l response",
            "    set -l flag (string match -r -- '^--[^=]+=' (commandline -t));\n    set -l response",
        )
        .replace("echo $metadata[2]", 'echo "$flag$metadata[2]"')
        .replace(
            "__fish_complete_directories $metadata[2]",
            'printf "$flag%%s\\n" (__fish_complete_directories $metadata[2])',
        )
        .replace("__fish_complete_path $metadata[2]", 'printf "$flag%%s\\n" (__fish_complete_path $metadata[2])')
    )


@click.command("completion")
@click.argument("shell", type=click.Choice(list(KEEPING)), metavar="bash|zsh|fish")
@click.option("--debug", is_flag=True, help="a traceback with an error")
@click.pass_context
def command(ctx: click.Context, shell: str, debug: bool) -> None:
    """Print what teaches a shell to complete commands, flags, components, datasets and runs.

    \b
    eval "$(nnlab completion bash)"                                       now
    echo 'eval "$(nnlab completion bash)"' >> ~/.bashrc                   always
    echo 'eval "$(nnlab completion zsh)"' >> ~/.zshrc
    nnlab completion fish > ~/.config/fish/completions/nnlab.fish
    """
    known = get_completion_class(shell)
    assert known is not None  # the shells of the table are click's
    own = known(ctx.find_root().command, {}, "nnlab", VARIABLE)
    click.echo(own.source_template % own.source_vars())
