"""``canarytui completion bash|zsh|fish``: scripts that ask ``canarytui __complete`` for what may come next."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from canarytui.arguments import Parser
from canarytui.output import say

_BASH = """\
# bash completion for canarytui: source <(canarytui completion bash)
_canarytui() {
    local typed="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
    local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    COMPREPLY=()
    if [[ $previous == --kubeconfig ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$typed")
        return
    fi
    mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
}
complete -o default -F _canarytui canarytui
"""

_ZSH = """\
#compdef canarytui
# zsh completion for canarytui: source <(canarytui completion zsh), after compinit
_canarytui() {
    local -a found
    if [[ ${words[CURRENT-1]} == --kubeconfig ]]; then
        _files
        return
    fi
    found=("${(@f)$(${words[1]} __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    found=(${found:#})
    (( ${#found} )) && compadd -a found
}
compdef _canarytui canarytui
"""

_FISH = """\
# fish completion for canarytui: canarytui completion fish | source
function __canarytui_candidates
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    if test "$words[-1]" = --kubeconfig
        __fish_complete_path $typed
        return
    end
    $words[1] __complete $words[2..-1] "$typed" 2>/dev/null
end
complete -c canarytui -f -a '(__canarytui_candidates)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}

_EPILOG = """\
bash:  echo 'source <(canarytui completion bash)' >> ~/.bashrc
zsh:   echo 'source <(canarytui completion zsh)' >> ~/.zshrc      (after compinit)
fish:  canarytui completion fish > ~/.config/fish/completions/canarytui.fish
"""


def parser() -> argparse.ArgumentParser:
    """Options of ``completion``."""
    made = Parser(
        prog="canarytui completion",
        description="Print a script that completes commands, options, contexts, namespaces and canaries.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("shell", choices=sorted(SCRIPTS))
    return made


def run(arguments: Sequence[str]) -> int:
    """Print the script; its exit code."""
    say(SCRIPTS[parser().parse_args(arguments).shell], end="")
    return 0
