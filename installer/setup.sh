#!/usr/bin/env bash
# One script for a fresh Debian 12 or 13: installs what is missing and then starts the assistant (run) or tests it (test).
# What is there already is left alone, so that a second run costs a fraction of a second.
set -euo pipefail

INSTALLER="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)"
ROOT="$(dirname -- "$INSTALLER")"
VENV="$ROOT/.venv"
RUN_LOCK="$INSTALLER/requirements.lock"
TEST_LOCK="$INSTALLER/requirements-test.lock"

# shellcheck source=installer/packages.sh
. "$INSTALLER/packages.sh"
# shellcheck source=installer/python.sh
. "$INSTALLER/python.sh"
# shellcheck source=installer/desktop.sh
. "$INSTALLER/desktop.sh"

usage() {
    cat <<'END'
用法 (usage):
  bash installer/setup.sh run [参数…]              安装缺少的组件,并用演练 USBKEY 启动助手;没有显示器时演示一遍主要流程
  bash installer/setup.sh test [--full] [-- 参数…]  再安装测试组件,运行全部检查和测试;--full 另加长时间测试;-- 之后的参数交给 pytest
  bash installer/setup.sh uninstall                移除桌面图标、p11 链接、开机启动和浏览器中的信任设置,并列出移除了什么
  bash installer/setup.sh --print-plan run|test    只说明将要做什么,不做任何改动
END
}

say() { printf '%s\n' "$*" >&2; }

fail() {
    printf '错误 (error): %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
    exit 1
}

prepare() { # prepare run|test
    install_packages "$1"
    install_python "$1"
}

print_plan() { # print_plan run|test: one fact per line, "what: state", for people and for tests
    local name
    for name in $(wanted_packages "$1"); do echo "wanted-package: $name"; done
    for name in $(missing_packages "$1"); do echo "missing-package: $name"; done
    echo "virtual-environment: $(venv_state)"
    echo "python-packages: $(stamp_state "$1" "$(lock_stamp "$1")")"
    echo "program: $(stamp_state program "$(program_stamp)")"
    [ "$1" != run ] || echo "desktop-entries: $(desktop_state)"
}

run() {
    prepare run
    install_desktop
    exec "$VENV/bin/hebca-helper" run --practice "$@"
}

check() { # check TITLE COMMAND…
    say "── $1"
    shift
    "$@" || failed_checks+=("$*")
}

run_checks() {
    local failed_checks=()
    check "ruff check" "$VENV/bin/ruff" check .
    check "ruff format --check" "$VENV/bin/ruff" format --check .
    check "mypy" "$VENV/bin/mypy"
    check "lint-imports" "$VENV/bin/lint-imports"
    [ ${#failed_checks[@]} -eq 0 ] || fail "检查未通过 (checks failed)" "${failed_checks[@]}"
}

run_tests() {
    local tier=(-m "not full") minutes=90
    while [ $# -gt 0 ]; do
        case "$1" in
            --full) tier=() minutes=480 ;;
            --) shift && break ;;
            *) usage >&2 && fail "不认识的参数 (unknown option): $1" ;;
        esac
        shift
    done
    prepare test
    cd -- "$ROOT"
    run_checks
    say "── pytest"
    [ $# -eq 0 ] || exec "$VENV/bin/python" -m pytest "${tier[@]}" "$@"
    run_measured "$minutes" "${tier[@]}"
}

run_measured() { # run_measured MINUTES OPTION…: all tests, with the files that guard held at 100 % of their branches
    local rules="--rcfile=tests/guarding.coveragerc" status=0 minutes="$1"
    shift
    COVERAGE_FILE="$(mktemp -d)/coverage"
    export COVERAGE_FILE
    # most tests wait for windows, browsers and token hosts rather than compute: more of them than processors at a time.
    # xdist waits for ever after the crash of a worker that it replaced; whatever else may hang has a limit, too: an
    # interrupt, after which pytest tells what it has and coverage is written
    timeout --foreground --signal=INT --kill-after=120 "${minutes}m" \
        "$VENV/bin/python" -m coverage run "$rules" -m pytest -n 3 --dist loadfile --max-worker-restart=0 "$@" || status=$?
    case "$status" in
        124 | 137) say "错误 (error): 测试在 $minutes 分钟内没有结束,已中止 (the tests did not end in time and were stopped)" ;;
    esac
    # a child that a test killed leaves half a file: its branches must be taken by another one, too
    "$VENV/bin/python" -m coverage combine --quiet "$rules" 2>/dev/null || true
    say "── coverage"
    if ! "$VENV/bin/python" -m coverage report "$rules"; then
        say "错误 (error): 安全核心代码必须由测试走过每个分支 (files that guard are below 100 % branch coverage)"
        [ "$status" -ne 0 ] || status=1
    fi
    rm -rf -- "$(dirname -- "$COVERAGE_FILE")"
    return "$status"
}

main() {
    case "${1-}" in
        run) shift && run "$@" ;;
        test) shift && run_tests "$@" ;;
        uninstall) uninstall ;;
        --print-plan)
            case "${2-}" in
                run | test) print_plan "$2" ;;
                *) usage >&2 && exit 2 ;;
            esac
            ;;
        -h | --help) usage ;;
        *) usage >&2 && exit 2 ;;
    esac
}

main "$@"
