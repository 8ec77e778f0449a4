#!/usr/bin/env bash
# Writes requirements.lock and requirements-test.lock anew from pyproject.toml: every version pinned, every file's hash,
# for all platforms. Run it by hand when a dependency changes; setup.sh only reads the result.
# Needs the network. Versions stay as they are unless asked: `lock.sh --upgrade` or `lock.sh --upgrade-package NAME`.
set -euo pipefail

INSTALLER="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)"
ROOT="$(dirname -- "$INSTALLER")"
WORK="$(mktemp -d)"
trap 'rm -rf -- "$WORK"' EXIT

# Building the editable install needs these two; they are locked with the rest because pip runs without build isolation.
printf 'hatchling\neditables\n' >"$WORK/build.in"

compile() { # compile OUTPUT INPUT… [OPTION]…
    local output="$1"
    shift
    "$WORK/tool/bin/uv" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file "$output" "$@"
}

# A name that the first lock pins already must not be pinned twice: what is left is what tests add.
only_new() { # only_new ALL KNOWN
    awk 'FNR == 1 { file++ }
         /^[A-Za-z0-9]/ { split($1, name, "=="); skip = (file == 2 && name[1] in known); if (file == 1) known[name[1]] = 1 }
         file == 2 && !skip' "$2" "$1"
}

python3 -m venv "$WORK/tool"
"$WORK/tool/bin/pip" install --quiet --disable-pip-version-check uv

run="$INSTALLER/requirements.lock" test="$INSTALLER/requirements-test.lock"
[ -f "$run" ] && cp -- "$run" "$WORK/run.lock"
cat -- "$run" "$test" >"$WORK/all.lock" 2>/dev/null || true
compile "$WORK/run.lock" "$ROOT/pyproject.toml" "$WORK/build.in" "$@"
compile "$WORK/all.lock" "$ROOT/pyproject.toml" "$WORK/build.in" --all-extras --constraint "$WORK/run.lock" "$@"

{
    echo "# What the program needs. Made by installer/lock.sh from pyproject.toml; not edited by hand."
    cat -- "$WORK/run.lock"
} >"$run"
{
    echo "# What tests, checks and packaging need besides. Made by installer/lock.sh from pyproject.toml; not edited by hand."
    only_new "$WORK/all.lock" "$WORK/run.lock"
} >"$test"
