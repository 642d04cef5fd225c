#!/bin/sh
# Installs the Debian packages that the tests use, or those of another list, with their services kept from starting; where that
# is not permitted it says which are missing, and what needs them is left out.
set -eu
list="${1:-$(dirname "$0")/debian-packages.txt}"
missing=""
while read -r package command _; do
    case "$package" in ""|"#"*) continue ;; esac
    PATH="$PATH:/usr/sbin:/sbin" command -v "$command" >/dev/null 2>&1 || missing="$missing $package"
done <"$list"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "left out: what needs$missing (as root they are installed; or: apt-get install$missing)" >&2
    exit 0
fi
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list of words is meant
apt-get install -qq -y --no-install-recommends $missing >/dev/null
