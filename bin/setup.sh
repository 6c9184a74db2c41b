# Sourced by bin/nnlab and bin/test, with $root set: makes $root/.venv and keeps it as pyproject.toml and
# bin/constraints.txt want it. POSIX sh. Says what it does on stderr; stdout belongs to the command.
#
# .venv/nnlab-setup/ holds what is known about the set-up:
#   <profile>/    copies of pyproject.toml and constraints.txt as they were installed, and `place`: where the checkout
#                 and its Python were. Written last, so a profile that has a `place` is complete.
#   unfinished    there while pip works. Found later: somebody pressed Ctrl-C, and nothing in .venv can be trusted.
#   lock, log     held during a set-up (flock, so it goes with its process); what pip said in the last one.

venv=$root/.venv
state=$venv/nnlab-setup

say() { printf 'nnlab: %s\n' "$*" >&2; }

fail() { # fail CODE MESSAGE...
    code=$1
    shift
    say "error: $*"
    exit "$code"
}

# set_up PROFILE EXTRAS: returns at once when the profile is up to date. EXTRAS: as in pip, with brackets, or empty.
set_up() {
    own=
    if [ -n "${PYTHON:-}" ] && in_venv "$PYTHON"; then own=$PYTHON PYTHON=''; fi # it says: the environment that is there
    if up_to_date "$1"; then return; fi
    find_python
    mkdir -p "$state" 2>/dev/null || fail 6 "cannot write to $venv; make $root writable," \
        "or install nnlab elsewhere: python3 -m venv ~/nnlab && ~/nnlab/bin/pip install '$root'"
    take_lock
    if up_to_date "$1"; then return; fi # the one we waited for has done it
    trap 'exit 130' INT
    trap 'exit 143' TERM
    make_venv
    install "$1" "$2"
    trap - INT TERM
    exec 9>&-
}

up_to_date() {
    [ -x "$venv/bin/python" ] && [ -f "$state/$1/place" ] && [ ! -f "$state/unfinished" ] && in_place "$1" &&
        cmp -s "$root/pyproject.toml" "$state/$1/pyproject.toml" &&
        cmp -s "$root/bin/constraints.txt" "$state/$1/constraints.txt"
}

# Whether the checkout, and the Python that .venv was made with, are where they were: both are written into .venv.
in_place() {
    { read -r old_root && read -r old_python && read -r old_choice; } <"$state/$1/place" || return 1
    [ "$old_root" = "$root" ] && [ "$old_python" = "$(readlink -f "$venv/bin/python")" ] || return 1
    [ -z "${PYTHON:-}" ] || [ "$old_choice" = "$PYTHON" ]
}

# Whether a program lies in .venv, or a link on the way to it does: it goes when .venv is made anew, so it cannot make it.
in_venv() {
    case $1 in */*) path=$1 ;; *) path=$(command -v "$1") || return 1 ;; esac
    [ -x "$path" ] && inside=$(CDPATH='' cd -- "$venv" 2>/dev/null && pwd -P) || return 1
    while :; do
        folder=$(CDPATH='' cd -- "${path%/*}/" && pwd -P) || return 1
        path=$folder/${path##*/}
        case $path in "$inside"/*) return 0 ;; esac
        [ -h "$path" ] || break
        target=$(readlink "$path")
        case $target in /*) path=$target ;; *) path=$folder/$target ;; esac
    done
    # a program that starts the one in .venv
    [ "$("$1" -c 'import os, sys; print(os.path.realpath(sys.prefix))' 2>/dev/null </dev/null)" = "$inside" ]
}

# Sets $python to what the environment that is there was made with, as long as it can make one.
python_below() {
    python=$(readlink -f "$venv/bin/python") || return 1
    if in_venv "$python"; then # a copy, not a link
        python=$("$own" -c 'import sys; print(sys._base_executable)' 2>/dev/null </dev/null) || return 1
    fi
    [ -x "$python" ] && ! in_venv "$python" && usable
}

# Sets $python to the first interpreter that runs and is new enough; version managers leave names on PATH that do not.
find_python() {
    no_venv=
    if [ -n "$own" ] && python_below; then return; fi
    if [ -n "${PYTHON:-}" ]; then
        python=$PYTHON
        if usable; then return; fi
        [ -n "$no_venv" ] || fail 6 "PYTHON=$PYTHON is not a working Python 3.11 or newer"
    else
        search_path && return
    fi
    [ -z "$no_venv" ] || fail 6 "$no_venv cannot make virtual environments (no ensurepip); on Debian or Ubuntu:" \
        "apt-get install $("$no_venv" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fail 6 "no Python 3.11 or newer found on PATH; install one, or say where it is: PYTHON=/path/to/python3 $0"
}

search_path() {
    for name in python3.13 python3.12 python3.11 python3.14 python3 python; do
        rest=$PATH:
        while [ -n "$rest" ]; do
            python=${rest%%:*}/$name
            rest=${rest#*:}
            if [ -x "$python" ] && ! in_venv "$python" && usable; then return 0; fi
        done
    done
    return 1
}

usable() {
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 </dev/null || return 1
    if "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 </dev/null; then return 0; fi
    no_venv=${no_venv:-$python}
    return 1
}

# Two first starts at once: the second waits. The lock is of the open file, so it lasts until we and our pip are gone.
take_lock() {
    exec 9>>"$state/lock"
    "$python" -c '
import fcntl, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("nnlab: another set-up is at work; waiting for it", file=sys.stderr, flush=True)
    fcntl.flock(9, fcntl.LOCK_EX)
except OSError:
    pass  # a file system without locks: better unlocked than unusable
' || exit 130
}

# Makes .venv anew unless what is there can be built on: finished, where it was, new enough, with pip.
make_venv() {
    if [ ! -f "$state/unfinished" ] && { [ ! -d "$state/run" ] || in_place run; } &&
        "$venv/bin/python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then return; fi
    rm -rf "$state/run" "$state/test" # first: from here on nothing counts as complete
    : >"$state/unfinished"
    find "$venv" -mindepth 1 -maxdepth 1 ! -name nnlab-setup -exec rm -rf {} +
    say "making .venv with $("$python" -c 'import sys; print(f"Python {sys.version.split()[0]} ({sys.executable})")')"
    (unset PYTHONHOME PYTHONPATH && exec "$python" -m venv "$venv") >"$state/log" 2>&1 || explain "could not make $venv"
}

install() {
    say "installing what nnlab needs (a minute or two, only now; log: .venv/nnlab-setup/log)"
    rm -rf "$state/$1" "$state/new"
    mkdir "$state/new"
    cp "$root/pyproject.toml" "$root/bin/constraints.txt" "$state/new/" # what pip reads now, not what it is afterwards
    printf '%s\n' "$root" "$(readlink -f "$venv/bin/python")" "${PYTHON:-}" >"$state/new/place"
    : >"$state/unfinished"
    if ! pip_install "$2" >"$state/log" 2>&1; then
        rm -f "$state/unfinished" # pip has ended by itself and put back what it had begun
        explain "could not install what nnlab needs"
    fi
    [ "$1" = run ] || { rm -rf "$state/run" && cp -R "$state/new" "$state/run"; } # every profile holds `run`
    rm -f "$state/unfinished"
    mv "$state/new" "$state/$1"
    say "ready"
}

# The person's own index, proxy and certificates count; settings that would send the packages elsewhere do not.
pip_install() (
    unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_ROOT PIP_REQUIREMENT PIP_PYTHON PIP_DRY_RUN PIP_NO_DEPS \
        PIP_REQUIRE_HASHES PIP_REQUIRE_VIRTUALENV PIP_QUIET PIP_NO_BINARY PIP_ONLY_BINARY
    export PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_RETRIES="${PIP_RETRIES:-2}"
    # The pins hold for what builds a package too; relative, because pip splits this at spaces.
    export PIP_CONSTRAINT=bin/constraints.txt PIP_BUILD_CONSTRAINT=bin/constraints.txt
    # pyvips would compile against any libvips headers it finds; the libvips that we use comes as a wheel.
    export PKG_CONFIG_LIBDIR=/nonexistent
    unset PKG_CONFIG_PATH
    cd "$root"
    exec "$venv/bin/python" -P -m pip install --progress-bar off --editable ".$1"
)

explain() { # explain WHAT: the last errors of the log, then one line that says what to do
    { grep -E '^ *([A-Za-z]*Error|ERROR|error|fatal): ' "$state/log" || cat "$state/log"; } | tail -n 4 | sed 's/^ */    /' >&2
    rm -rf "$state/new"
    if grep -qiE 'NewConnectionError|name resolution|ConnectTimeout|Network is unreachable|ProxyError|Connection refused' "$state/log"; then
        fail 6 "$1: no connection to the package index; mend it and call again (log: $state/log)"
    elif grep -qi 'No space left' "$state/log"; then
        fail 6 "$1: the disk is full; make room and call again (log: $state/log)"
    fi
    fail 6 "$1; the log says why: $state/log"
}
