#!/usr/bin/env bash
# Runs a command on this checkout in a fresh minimal Debian of a release, made by debootstrap; needs root.
# usage: packaging/in-debian.sh SUITE COMMAND [ARGUMENT...]
#   packaging/in-debian.sh trixie packaging/test.sh
# The command sees a clone of HEAD in /root/thaw, this machine's mirrors and package settings, and no display.
# THAW_DEBIAN_ROOT=DIR: where the Debian is made; it stays there, and is used again as it is where it exists already.
# THAW_DEBIAN_CCACHE=DIR: a compiler cache that the command shares.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source packaging/install.sh

[ $# -ge 2 ] || { sed -n '2,7s/^# \{0,1\}//p' "packaging/in-debian.sh" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "in-debian.sh needs root: it mounts /proc and /dev and changes its root folder." >&2; exit 1; }
suite=$1
shift

install_missing debootstrap
root=${THAW_DEBIAN_ROOT:-}
if [ -z "$root" ]; then
  root=$(mktemp -d)
  made_here=1
fi
mkdir -p "$root"
root=$(cd "$root" && pwd)

unmount() {
  local place
  for place in root/.cache/ccache dev proc; do
    if mountpoint -q "$root/$place"; then umount -R "$root/$place" || umount -R -l "$root/$place"; fi
  done
}
leave() {
  unmount
  if [ -n "${made_here:-}" ]; then rm -rf --one-file-system "$root"; fi
}
trap leave EXIT

# The first mirror that this machine's own apt uses.
mirror=$(grep -hoE '^(URIs:|deb( \[[^]]*\])?) https?://[^ ]*/debian/?( |$)' -r /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
  grep -oE 'https?://[^ ]*' | sed -n '1p' || true)
[ -n "$mirror" ] || { echo "No Debian mirror is named in /etc/apt/sources.list or sources.list.d." >&2; exit 1; }

if [ ! -e "$root/etc/debian_version" ]; then
  say "Making a minimal Debian $suite"
  # Its own first packages are fetched with the settings of this machine's apt; later ones too.
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" "$mirror" >"$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; exit 1; }
  rm -f "$root.log"
fi
cp -a /etc/apt/apt.conf.d /etc/apt/auth.conf.d "$root/etc/apt/" 2>/dev/null || true
cp -aL /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
cp -a /etc/ssl/certs/. "$root/etc/ssl/certs/"
echo "deb $mirror $suite main" >"$root/etc/apt/sources.list"

mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev" && mount --make-rslave "$root/dev"
if [ -n "${THAW_DEBIAN_CCACHE:-}" ]; then
  mkdir -p "$root/root/.cache/ccache" "$THAW_DEBIAN_CCACHE"
  mount --bind "$THAW_DEBIAN_CCACHE" "$root/root/.cache/ccache"
fi

say "Copying this checkout's last commit"
mkdir -p "$root/root/thaw"
find "$root/root/thaw" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
git archive HEAD | tar -x -C "$root/root/thaw"

say "Debian $suite: $*"
status=0
chroot "$root" /usr/bin/env -u DISPLAY -u WAYLAND_DISPLAY HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
  bash -c 'cd /root/thaw && exec "$@"' in-debian "$@" || status=$?
say "Debian $suite: exit $status"
exit $status
