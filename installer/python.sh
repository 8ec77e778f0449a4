# The virtual environment: made when missing, made anew when broken or moved, filled from the lock files. Sourced by setup.sh.
# shellcheck shell=bash

# A stamp in .venv says what was installed from which lock, for which folder: while it agrees, pip need not even start.
# Its names: run and test (the lock files), program (the editable install of this checkout).
stamp_file() { echo "$VENV/installed-$1"; }

digest() { cat -- "$@" | sha256sum | cut -d ' ' -f 1; }

lock_stamp() { # lock_stamp run|test
    local locks=("$RUN_LOCK")
    [ "$1" = run ] || locks+=("$TEST_LOCK")
    echo "$(digest "${locks[@]}") $VENV"
}

program_stamp() { # the entry points stand in pyproject.toml, the version in __init__.py
    echo "$(digest "$ROOT/pyproject.toml" "$ROOT/hebca_helper/__init__.py") $VENV"
}

stamp_state() { # stamp_state NAME TEXT
    if [ -f "$(stamp_file "$1")" ] && [ "$(cat -- "$(stamp_file "$1")")" = "$2" ]; then
        echo "up to date"
    else
        echo "to be installed"
    fi
}

is_current() { # is_current NAME TEXT
    [ "$(stamp_state "$@")" = "up to date" ]
}

venv_state() { # broken: its Python is gone, or is another one since an upgrade of the system
    if [ ! -e "$VENV" ]; then
        echo "to be created"
    elif [ ! -x "$VENV/bin/python" ] || [ ! -d "$VENV/lib/$(basename -- "$(readlink -f -- "$VENV/bin/python")")" ]; then
        echo "broken, to be created anew"
    elif ! head -n 2 "$VENV/bin/pip" 2>/dev/null | grep --quiet --fixed-strings "$VENV/bin/python"; then
        echo "moved, to be created anew" # scripts name their interpreter by its full path
    else
        echo "usable"
    fi
}

base_python() { # Debian's own first: python3-venv belongs to it
    local candidate
    for candidate in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "找不到 Python 3.11 至 3.13 (no Python 3.11 to 3.13 with venv)" "Debian 12, 13: apt-get install python3-venv"
}

make_venv() {
    local python
    python="$(base_python)"
    say "正在建立虚拟环境 (making the virtual environment): $VENV"
    rm -rf -- "$VENV"
    "$python" -m venv -- "$VENV" >&2 || fail "无法建立虚拟环境 (cannot make the virtual environment): $VENV"
}

pip_install() {
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --progress-bar off "$@" >&2
}

install_lock() { # install_lock run|test
    local locks=(--requirement "$RUN_LOCK")
    [ "$1" = run ] || locks+=(--requirement "$TEST_LOCK")
    say "正在安装 Python 组件,首次约需下载 150 MB (installing Python packages)"
    pip_install --require-hashes --only-binary :all: "${locks[@]}" ||
        fail "Python 组件安装失败 (pip failed)" "请检查网络后重试 (check the network and try again)"
    lock_stamp "$1" >"$(stamp_file "$1")"
    [ "$1" = run ] || lock_stamp run >"$(stamp_file run)" # what tests need contains what the program needs
}

install_program() {
    pip_install --no-deps --no-build-isolation --editable "$ROOT" ||
        fail "助手本身安装失败 (the program cannot be installed into .venv)" "请确认源代码完整 (is the checkout complete?): $ROOT"
    program_stamp >"$(stamp_file program)"
}

fill_venv() { # fill_venv run|test
    [ "$(venv_state)" = usable ] || make_venv
    is_current "$1" "$(lock_stamp "$1")" || install_lock "$1"
    is_current program "$(program_stamp)" || install_program
}

everything_current() { # everything_current run|test
    [ "$(venv_state)" = usable ] && [ -x "$VENV/bin/hebca-helper" ] &&
        is_current "$1" "$(lock_stamp "$1")" && is_current program "$(program_stamp)"
}

compile_program() { # at once and for every user: Python itself keeps bytecode only where it may write, and not where told so
    "$VENV/bin/python" -m compileall -q "$ROOT/hebca_helper" >&2 ||
        say "提示 (note): 无法保存字节码，启动会慢一些 (bytecode could not be kept: starts are slower)"
}

install_python() { # install_python run|test
    if ! everything_current "$1"; then
        (
            flock 9 # two starts at once: the second waits and then finds everything done
            fill_venv "$1"
        ) 9<"$INSTALLER"
    fi
    compile_program
}
