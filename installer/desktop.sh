# The person's desktop: entries (the assistant, 印章查看), icon, and who opens p11 links. Sourced by setup.sh.
# Places by the XDG Base Directory specification 0.8, entries by the Desktop Entry specification 1.5, defaults by
# "Association between MIME types and applications" 1.0.1.
# shellcheck shell=bash

ENTRIES=(hebca-helper hebca-helper-seals hebca-helper-p11)
SCHEME="x-scheme-handler/p11=hebca-helper-p11.desktop"

absolute_or() { # absolute_or PATH DEFAULT: relative or empty paths in XDG variables do not count
    case "$1" in
        /*) echo "$1" ;;
        *) echo "$2" ;;
    esac
}

data_folder() { absolute_or "${XDG_DATA_HOME-}" "${HOME-}/.local/share"; }
config_folder() { absolute_or "${XDG_CONFIG_HOME-}" "${HOME-}/.config"; }
icon_file() { echo "$(data_folder)/icons/hicolor/scalable/apps/hebca-helper.svg"; }
entry_file() { echo "$(data_folder)/applications/$1.desktop"; }

program_word() { # the program as a word of Exec: quoted, then escaped once more as any string of the file
    local word="$VENV/bin/hebca-helper" escaped
    # xdg-open splits at spaces and knows no quotes: none where none are needed
    [[ "$word" =~ [^A-Za-z0-9/._+-] ]] || { printf '%s' "$word"; return; }
    escaped="$(printf '%s' "$word" | sed 's/["`$\\]/\\&/g')"
    printf '"%s"' "$escaped" | sed 's/\\/\\\\/g; s/%/%%/g'
}

entry_text() { # entry_text NAME: the template with our program in it; nothing of it is taken for a pattern
    local line program
    program="$(program_word)"
    while IFS= read -r line; do
        printf '%s\n' "${line//@PROGRAM@/"$program"}"
    done <"$INSTALLER/desktop/$1.desktop"
}

place() { # place FILE MODE <CONTENT: only when it differs, and never half
    local content beside="$1.new-$$"
    content="$(cat; echo x)"
    [ ! -f "$1" ] || [ "$(cat -- "$1"; echo x)" != "$content" ] || return 0
    mkdir -p -- "$(dirname -- "$1")" && printf '%s' "${content%x}" >"$beside" && chmod "$2" "$beside" && mv -f -- "$beside" "$1"
}

shown_folder() { # the folder whose files lie on the person's screen; nothing where there is none
    local folder=""
    ! command -v xdg-user-dir >/dev/null || folder="$(xdg-user-dir DESKTOP 2>/dev/null)" || true
    [ "$folder" = "${HOME-}" ] || [ ! -d "$folder" ] || echo "$folder"
}

entry_files() { # "NAME FILE", one a line: where each entry is to be
    local name folder
    for name in "${ENTRIES[@]}"; do echo "$name $(entry_file "$name")"; done
    folder="$(shown_folder)"
    [ -z "$folder" ] || for name in "${ENTRIES[@]:0:2}"; do echo "$name $folder/$name.desktop"; done
}

desktop_state() {
    local name file state="up to date"
    while read -r name file; do
        [ -f "$file" ] && [ "$(entry_text "$name")" = "$(cat -- "$file")" ] || state="to be placed"
    done < <(entry_files)
    [ -f "$(icon_file)" ] && scheme_is_ours || state="to be placed"
    echo "$state"
}

scheme_list() { echo "$(config_folder)/mimeapps.list"; }

scheme_is_ours() { [ -f "$(scheme_list)" ] && grep --quiet --line-regexp --fixed-strings "$SCHEME" "$(scheme_list)"; }

without_scheme() { # the person's list without any line about p11
    [ ! -f "$(scheme_list)" ] || grep --invert-match '^x-scheme-handler/p11=' "$(scheme_list)" || true
}

register_scheme() {
    ! scheme_is_ours || return 0
    without_scheme | awk -v line="$SCHEME" '
        { print }
        $0 == "[Default Applications]" && !done { print line; done = 1 }
        END { if (!done) { print "[Default Applications]"; print line } }' | place "$(scheme_list)" 600
}

forget_scheme() {
    scheme_is_ours || return 0
    without_scheme | place "$(scheme_list)" 600
    echo "$(scheme_list): $SCHEME"
}

place_desktop() { # 755: desktops start what lies on the screen only when it may be executed
    local name file
    while read -r name file; do
        entry_text "$name" | place "$file" 755 || return 1
    done < <(entry_files)
    place "$(icon_file)" 644 <"$ROOT/resources/icons/assistant.svg" && register_scheme && refresh_desktop
}

refresh_desktop() { # caches of desktops that have such; without the tool there is none
    ! command -v update-desktop-database >/dev/null || update-desktop-database -q "$(data_folder)/applications" || true
}

install_desktop() { # a home that cannot be written to keeps nobody from working
    [ -n "${HOME-}" ] || return 0
    [ "$(desktop_state)" = "up to date" ] || place_desktop ||
        say "提示:未能放置桌面图标 (desktop entries could not be placed): $(data_folder)"
}

remove_desktop() { # says what it removes, one path a line
    local file
    while IFS= read -r file; do
        [ ! -e "$file" ] || { rm -f -- "$file" && echo "$file"; }
    done < <(entry_files | cut -d ' ' -f 2-; icon_file; echo "$(config_folder)/autostart/hebca-helper.desktop")
    forget_scheme
    refresh_desktop
}

remove_trust() { # certificates and policies that the program placed in browsers: it knows them itself; fails when some are left
    local what left=0
    [ -x "$VENV/bin/hebca-helper" ] || return 0
    for what in trust policy; do
        ! "$VENV/bin/hebca-helper" "$what" --help >/dev/null 2>&1 || "$VENV/bin/hebca-helper" "$what" remove || left=1
    done
    return "$left"
}

uninstall() {
    local left=0
    say "正在移除 (removing):"
    remove_trust || left=1
    remove_desktop
    say "程序文件、设置和记录没有动,需要时请自行删除 (left alone): $ROOT"
    [ "$left" -eq 0 ] || fail "浏览器中的信任设置没有全部移除,原因见上 (trust settings of browsers are left, see above)" \
        "它们属于整台计算机,请以管理员身份再移除一次 (as an administrator): sudo bash $(printf '%q' "$INSTALLER/setup.sh") uninstall"
}
