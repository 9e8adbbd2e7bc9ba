# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
# shellcheck shell=bash
#
# The last way into the root, for a machine without mount rights and without namespaces: a plain chroot. Nothing of
# the machine can be shown in it, so files are copied in before the command and back after it; chroot-proc.c
# answers for /proc, /sys and the terminals where the kernel allows that. Sourced by root.sh.

enter_bare() {
  local helper way=()
  [ "$(id -u)" = 0 ] ||
    die "this machine allows no user namespaces; run ./dev as root, or on a Debian $FLOOR machine or container"
  chroot "$ROOT" true || die "this machine allows neither namespaces nor chroot; use a Debian $FLOOR machine or container"
  need rsync
  helper=$(chroot_helper) || helper=
  if [ -n "$helper" ] && "$helper" "$ROOT" / test -e /proc/self/status -a -c /dev/ptmx 2>/dev/null; then
    case ${2:-} in run | shell) ;; *)
      say "no namespaces here: working in a chroot, on copies; files come back as they are written" ;;
    esac
    way=("$helper" "$ROOT" "$PWD")
  else
    say "no namespaces here: working in a bare chroot, on copies, without /proc and pseudo-terminals:"
    say "simulated meters and the sanitizers cannot run, their tests are skipped"
    export POSA_NO_PTY=1 POSA_NO_PROC=1
    # shellcheck disable=SC2016
    way=(chroot "$ROOT" sh -c 'cd "$0" && exec "$@"' "$PWD")
  fi
  carry_in "$@"
  carry_live </dev/null >/dev/null 2>&1 7>&- 8>&- &
  LIVE=$!
  run_sandbox "${way[@]}" -- "$@"
  kill "$LIVE" 2>/dev/null || true
  wait "$LIVE" 2>/dev/null || true
  carry_out
  exit "$STATUS"
}

# Builds chroot-proc in the root, once for every version of it, and prints its path.
chroot_helper() {
  local source=$SRC/tests/lib/chroot-proc.c path
  path=$ROOT/usr/local/lib/$(sha256sum <"$source" | cut -c1-12)/chroot-proc
  if [ ! -x "$path" ]; then
    mkdir -p "${path%/*}"
    chroot "$ROOT" gcc -static -O2 -x c -o "${path#"$ROOT"}.$$" - <"$source" >&2 || return 1
    mv "$path.$$" "$path"
  fi
  echo "$path"
}

# The tree itself, and what else the command may read or write: files and folders that its arguments name, the
# caller's folder, and the program's own data.
carry_in() {
  local arg path
  STATE=$ROOT.bare/$(sha256sum <<<"$SRC" | cut -c1-12)
  CARRIED=("${XDG_DATA_HOME:-$HOME/.local/share}/posa" "${XDG_CONFIG_HOME:-$HOME/.config}/posa"
    "${XDG_STATE_HOME:-$HOME/.local/state}/posa")
  BROUGHT=$(mktemp)
  STAMP=$(mktemp)
  mkdir -p "$STATE" "$ROOT$SRC" "$ROOT$PWD"
  cp -L /etc/resolv.conf /etc/hosts "$ROOT/etc/" 2>/dev/null || true
  for arg in "$@"; do
    arg=${arg#--*=}
    case $arg in -* | '') continue ;; /*) path=$arg ;; *) path=$PWD/$arg ;; esac
    if is_ours "$path" && [ -d "${path%/*}" ]; then CARRIED+=("$path"); fi
  done
  for path in "${CARRIED[@]}"; do
    mkdir -p "$ROOT${path%/*}"
    if [ -e "$path" ] || [ -L "$path" ]; then
      [ "$(du -sm "$path" | cut -f1)" -le 500 ] || { say "$path is too large to be copied"; continue; }
      rsync -auR "$path" "$ROOT/"
    fi
  done
  exec 7>"$STATE/lock"
  if flock -n 7; then # nobody else works in the copy: make it like the tree
    if [ -e "$STATE/open" ]; then
      say "bringing back what an interrupted run wrote"
      rsync -au --exclude=/.git "$ROOT$SRC/" "$SRC/"
    fi
    : >"$STATE/open"
    rsync -a --delete --exclude=/.git "$SRC/" "$ROOT$SRC/"
  fi
  flock -s 7
  rsync -au --exclude=/.git "$SRC/" "$ROOT$SRC/"
  list_copy >"$STATE/list.$$"
}

# Not the system, not the tree (which is carried as a whole), not a folder that holds everything.
is_ours() {
  case $1 in
    "$SRC" | "$SRC"/* | "$CACHE"/* | "$HOME" | / | /tmp | /tmp/ | */..*) return 1 ;;
    /bin/* | /boot/* | /dev/* | /etc/* | /lib*/* | /proc/* | /run/* | /sbin/* | /sys/* | /usr/* | /var/lib/*) return 1 ;;
  esac
}

list_copy() { (cd "$ROOT$SRC" && find . -type f | LC_ALL=C sort); }

# Brings back what the command wrote outside the tree.
bring_back() {
  local path here=$PWD
  for path in "${CARRIED[@]}"; do
    if [ -e "$ROOT$path" ] || [ -L "$ROOT$path" ]; then
      [ -e "$path" ] || [ -L "$path" ] || echo "$path" >>"$BROUGHT"
      (cd "$ROOT" && rsync -auR ".$path" /) || true
    elif grep -qxF "$path" "$BROUGHT"; then
      rm -f "$path" 2>/dev/null || true # it made it, it removed it
    fi
  done
  case $here/ in "$SRC"/*) ;; *)
    (cd "$ROOT$here" && find . -maxdepth 1 -newer "$STAMP" -type f -print0 | rsync -au0 --files-from=- . "$here/") ;;
  esac
  (cd "$ROOT/tmp" && find . -maxdepth 1 -name 'posa-*' -newer "$STAMP" -print0 | rsync -aur0 --files-from=- . /tmp/)
}

carry_live() {
  trap 'exit 0' TERM
  trap '' INT
  while kill -0 $$; do
    sleep 1 &
    wait $!
    bring_back
  done
}

carry_out() {
  local gone
  bring_back
  rsync -au --exclude=/.git "$ROOT$SRC/" "$SRC/"
  list_copy | LC_ALL=C comm -23 "$STATE/list.$$" - | while IFS= read -r gone; do rm -f "$SRC/$gone"; done
  rm -f "$STATE/list.$$" "$BROUGHT" "$STAMP"
  if flock -n 7; then rm -f "$STATE/open"; fi
}
