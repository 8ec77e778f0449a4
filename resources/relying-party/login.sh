#!/usr/bin/env bash
# A login checked with curl. Usage: login.sh SERVICE SESSION; what the page signed is read from standard input.
set -euo pipefail
service="${1:?login.sh SERVICE SESSION}" session="${2:?login.sh SERVICE SESSION}"

ask() { # ask PATH JSON
    curl --silent --show-error --fail --header 'Content-Type: application/json' --data-binary "$2" "$service$1"
    echo
}

ask /v1/challenges "{\"session\": \"$session\"}"
# The page signs the challenge and hands in {"challenge": …, "certificate": …, "signature": …} or {"challenge": …, "token": …}.
read -r answer
case "$answer" in
    *'"token"'*) path=/v1/logins/web-eid ;;
    *) path=/v1/logins/pkcs1 ;;
esac
ask "$path" "{\"session\": \"$session\", ${answer#\{}"
