# Debian packages that the program (run) and its tests (test) need. Sourced by setup.sh.
# shellcheck shell=bash

RUN_PACKAGES=(
    ca-certificates python3-venv
    softhsm2      # the practice USBKEY
    libnss3-tools # `trust install`: browsers' own certificate databases
    # What Qt loads, and what its xcb platform plugin names (ldd libqxcb.so)
    libegl1 libgl1 libdbus-1-3 libfontconfig1 libfreetype6 libglib2.0-0 libxkbcommon0 libbrotli1
    libx11-6 libx11-xcb1 libxcb1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
    libxcb-render0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1
)

TEST_PACKAGES=(
    chromium chromium-sandbox           # the browser that page tests run in; the helper is for kernels without user namespaces
    fonts-wqy-microhei                  # the font that screenshots are made with
    firefox-esr                         # 80 MB: the other browser whose rules for loopback and TLS are tested
    gcc libc6-dev libp11-kit-dev libssl-dev # libraries of the tests and benchmarks in C
    opensc openssl poppler-utils imagemagick curl
    xvfb openbox trayer xdotool x11-utils dbus dbus-x11 # a desktop without a display
    nodejs node-ws                      # the WebSocket client of the benchmarks
    procps iproute2 git
    unicode-data                        # what the table of invisible characters is compared with
)

has_chinese_font() { # fc-list itself comes with the first desktop program; without it, there are hardly fonts
    command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ]
}

wanted_packages() { # wanted_packages run|test: names, one a line
    printf '%s\n' "${RUN_PACKAGES[@]}"
    if [ "$1" = test ]; then
        printf '%s\n' "${TEST_PACKAGES[@]}"
        return
    fi
    has_chinese_font || echo fonts-wqy-microhei
}

installed_packages() { # installed_packages FORMAT [NAME…]
    local format="\${db:Status-Status} $1\n"
    shift
    { dpkg-query --show --showformat="$format" "$@" 2>/dev/null || true; } | sed -n 's/^installed //p'
}

without() { # without TEXT: lines of standard input that are no line of TEXT
    grep --line-regexp --fixed-strings --invert-match --file=<(printf '%s\n' "$1") || true
}

missing_packages() { # missing_packages run|test: names, one a line
    command -v dpkg-query >/dev/null || return 0
    local wanted missing
    mapfile -t wanted < <(wanted_packages "$1")
    missing="$(printf '%s\n' "${wanted[@]}" | without "$(installed_packages '${Package}' "${wanted[@]}")")"
    [ -n "$missing" ] || return 0
    # A later release may have renamed a package (libglib2.0-0t64 provides libglib2.0-0): then it is there all the same.
    printf '%s\n' "$missing" | without "$(installed_packages '${Provides}' | tr ',' '\n' | sed 's/^ *//; s/ .*//')"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

require_rights() { # require_rights PACKAGE…: told in words before anything starts
    local ask="请让管理员执行 (ask an administrator to run): apt-get install $*"
    [ "$(id -u)" -ne 0 ] || return 0
    command -v sudo >/dev/null || fail "缺少系统组件,而当前用户不是 root,也没有 sudo (system packages are missing)" "$ask"
    sudo -n true 2>/dev/null || sudo -v || fail "缺少系统组件,而当前用户没有 sudo 权限 (system packages are missing, and sudo refused)" "$ask"
}

apt() { as_root apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@"; }

install_packages() { # install_packages run|test
    command -v dpkg-query >/dev/null || say "提示:这不是 Debian 系统,请自行安装相应的系统组件 (not Debian: system packages are up to you)"
    local missing log
    mapfile -t missing < <(missing_packages "$1")
    [ ${#missing[@]} -gt 0 ] || return 0
    require_rights "${missing[@]}"
    say "正在安装系统组件,可能需要几分钟 (installing ${#missing[@]} system packages): ${missing[*]}"
    log="$(mktemp)"
    # One unreachable mirror out of several makes update fail, but what is needed may still be had: install decides.
    apt update >"$log" 2>&1 || say "提示:软件源更新不完整 (package lists are incomplete)"
    apt install --yes --no-install-recommends "${missing[@]}" >>"$log" 2>&1 || {
        tail -n 15 "$log" >&2
        fail "系统组件安装失败 (apt-get failed)" "请检查网络和软件源后重试;完整记录 (full log): $log"
    }
    rm -f -- "$log"
}
