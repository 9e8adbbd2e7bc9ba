# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
# shellcheck shell=bash
#
# Where ./dev works: on this machine if it is Debian 13 or newer, else in a Debian 13 root that is
# kept in the user's cache. Sourced by ./dev, which sets SRC (the source tree) and say/die.

SUITE=trixie
FLOOR=13
CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/posa
PACKAGES=$(sed 's/#.*//' "$SRC/data/packages.debian" | xargs)
ROOT=$CACHE/root-$(printf '%s\n' "$SUITE $PACKAGES" | sha256sum | cut -c1-12)
MAKE_TOOLS='mmdebstrap bubblewrap debian-archive-keyring'

# shellcheck source=tests/lib/bare.sh
. "$SRC/tests/lib/bare.sh"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs those of the named packages that this machine lacks.
need() {
  local package missing=()
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null ||
    die "missing here: ${missing[*]}; no apt on this machine, so use the Flatpak (see README)"
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
    die "missing here: ${missing[*]}; as root, run: apt-get install ${missing[*]}"
  say "installing ${missing[*]}"
  as_root apt-get -qq update >&2 || say "could not refresh the package lists; trying with the old ones"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 \
    install -y --no-install-recommends "${missing[@]}" >/dev/null </dev/null ||
    die "could not install: ${missing[*]}"
}

# The machine itself meets the floor: make sure of the packages (once per list), then work right here.
host_is_enough() {
  local ID='' VERSION_ID=''
  # shellcheck disable=SC1091
  [ ! -r /etc/os-release ] || . /etc/os-release
  [ "$ID" = debian ] && [ "${VERSION_ID:-99}" -ge $FLOOR ] 2>/dev/null
}

prepare_host() {
  local stamp=$CACHE/host-${ROOT##*-}
  [ ! -e "$stamp" ] || return 0
  # shellcheck disable=SC2086
  need $PACKAGES
  locale -a | grep -qi '^it_IT.utf-\?8$' || as_root localedef -i it_IT -f UTF-8 it_IT.UTF-8
  mkdir -p "$CACHE"
  : >"$stamp"
}

# apt_source SUITE: the address from which this machine takes SUITE, from deb822 and one-line sources.
apt_source() {
  local etc=${POSA_APT_ETC:-/etc/apt}
  cat "$etc"/sources.list.d/*.sources "$etc"/sources.list "$etc"/sources.list.d/*.list 2>/dev/null |
    awk -v want="$1" '
      function offer(uri, suites,   n, i, s) {
        n = split(suites, s)
        for (i = 1; i <= n; i++) if (!found && s[i] == want && uri ~ /^https?:/) found = uri
      }
      function flush() { offer(uri, suites); uri = suites = "" }
      /^[ \t]*#/ { next }
      /^[ \t]*$/ || /^Types:/ { flush() }
      /^URIs:/ { uri = $2 }
      /^Suites:/ { sub(/^Suites:[ \t]*/, ""); suites = $0 }
      $1 == "deb" { sub(/^deb[ \t]+(\[[^]]*\][ \t]*)?/, ""); offer($1, $2) }
      END { flush(); sub("/$", "", found); if (found) print found; else exit 1 }'
}

sources_list() {
  local ID='' VERSION_CODENAME='' main security
  # shellcheck disable=SC1091
  . /etc/os-release
  main=${POSA_MIRROR:-$(apt_source "$VERSION_CODENAME" || true)}
  [ "$ID" = debian ] || [ -n "${POSA_MIRROR:-}" ] || main=
  [ -n "$main" ] || die "no Debian mirror in this machine's apt sources; name one with POSA_MIRROR=URL ./dev …"
  security=${POSA_MIRROR_SECURITY:-$(apt_source "$VERSION_CODENAME-security" || true)}
  echo "deb $main $SUITE main"
  [ "$SUITE" = trixie ] || return 0
  echo "deb $main $SUITE-updates main"
  if [ -n "$security" ]; then echo "deb $security $SUITE-security main"; fi
}

# Removes what an interrupted run left: its processes, then its files. While one of its processes lives it holds
# the lock "alive", so the recorded sessions are still theirs.
remove_stale() {
  local dir
  for dir in "$CACHE"/making.*; do
    [ -d "$dir" ] || continue
    say "removing what an interrupted run left"
    if [ -e "$dir/alive" ] && ! flock -n "$dir/alive" true; then
      kill -9 $(session_members $(cat "$dir/sessions")) 2>/dev/null || true
      flock -w 10 "$dir/alive" true || die "processes of an interrupted run still work in $dir"
    fi
    remove_tree "$dir"
  done
}

session_members() {
  cat /proc/[0-9]*/stat 2>/dev/null | sed 's/(.*)/-/' |
    awk -v wanted="$*" 'BEGIN { n = split(wanted, w); for (i = 1; i <= n; i++) is[w[i]] = 1 } $6 in is { print $1 }'
}

remove_tree() {
  if [ -e "$1/root/proc/self" ]; then die "$1/root/proc is still mounted; unmount it and try again"; fi
  rm -rf --one-file-system "$1" 2>/dev/null || true
  if [ -e "$1" ]; then # a root half made by a plain user belongs to that user's subordinate ids
    mmdebstrap --unshare-helper rm -rf "$1" 2>/dev/null || true
    rm -rf --one-file-system "$1" || die "could not remove $1"
  fi
}

# start IN OUT COMMAND…: in the background and in a session of its own, without the locks; it dies with this script.
start() {
  (
    exec 8>&- 9>&- <"$1" >"$2" 2>"$work/messages" 5>"$work/alive"
    flock -s 5
    exec setpriv --pdeathsig KILL setsid env TMPDIR="$work/tmp" "${@:3}"
  ) &
  echo $! >>"$work/sessions"
}

make_root() {
  local mode=root key value work=$CACHE/making.$$ options=() apart=() maker list
  list=$(sources_list)
  # shellcheck disable=SC2086
  need $MAKE_TOOLS
  if [ "$(id -u)" != 0 ]; then
    need uidmap
    mode=unshare
  fi
  say "making a Debian root ($SUITE) in $ROOT: once, about 3 minutes, up to 400 MB to download, 2 GB on disk"
  [ "$(df -Pk "$CACHE" | awk 'NR == 2 { print $4 }')" -gt 3000000 ] ||
    die "less than 3 GB free in $CACHE; make room or point XDG_CACHE_HOME elsewhere"
  # mmdebstrap does not read this machine's apt settings
  for key in Acquire::Check-Valid-Until Acquire::http::Proxy Acquire::https::Proxy; do
    value=$(apt-config dump --format '%v' $key)
    [ -z "$value" ] || options+=(--aptopt="$key \"$value\"")
  done
  options+=(--variant=apt --include="${PACKAGES// /,}"
    --aptopt='Apt::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"'
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*'
    --dpkgopt='path-include=/usr/share/doc/*/copyright' --dpkgopt=force-unsafe-io)
  [ "$SUITE" != trixie ] ||
    options+=(--customize-hook='for l in it_IT en_GB en_US; do chroot "$1" localedef -i $l -f UTF-8 $l.UTF-8; done')
  mkdir -p "$work/tmp" "$work/root"
  chmod 755 "$work" "$work/tmp"
  mkfifo "$work/messages" "$work/archive"
  echo "$list" >"$work/sources"
  if [ $mode = unshare ]; then
    start "$work/sources" "$work/archive" \
      mmdebstrap --mode=unshare "${options[@]}" --format=tar $SUITE - -
    maker=$!
    start "$work/archive" /dev/null tar -x -C "$work/root" --no-same-owner --exclude='./dev/*'
  else
    # in namespaces of its own, so that its mounts and processes end with it
    ! unshare --mount --pid --fork true 2>/dev/null || apart=(unshare --mount --pid --fork --kill-child --mount-proc)
    start "$work/sources" /dev/null \
      "${apart[@]}" mmdebstrap --mode=root "${options[@]}" $SUITE "$work/root" -
    maker=$!
  fi
  progress <"$work/messages"
  wait $maker || die "could not make the root; the whole log is in $CACHE/making.log"
  wait || die "could not unpack the root"
  mv -T "$work/root" "$ROOT"
  rm -rf "$work"
}

# Keeps the log beside the root; shows the steps, and a sign of life while a step is long.
progress() {
  local line status start=$SECONDS
  : >"$CACHE/making.log"
  while :; do
    status=0
    read -r -t 15 line || status=$? # no "IFS= read": a trap that interrupts it would inherit that IFS
    if [ $status -gt 128 ]; then
      say "  … $((SECONDS - start)) s, $(du -sm "$CACHE"/making.* 2>/dev/null | awk '{ n += $1 } END { print n + 0 }') MB"
    elif [ $status != 0 ]; then
      break
    else
      echo "$line" >>"$CACHE/making.log"
      case $line in
        'I: running --customize'* | *'W: Download is performed unsandboxed'* | 'W: skipping'* | 'W: cannot mount'*) ;;
        [IEW]:*) say "  ${line#I: }" ;;
      esac
    fi
  done
}

# Removes roots of older package lists that nobody uses; a user holds a shared lock on ROOT.lock.
remove_old_roots() {
  local old
  for old in "$CACHE"/root-????????????; do
    if [ ! -d "$old" ] || [ "$old" = "$ROOT" ]; then continue; fi
    if flock -n "$old.lock" true; then
      say "removing the old root ${old##*/}"
      rm -rf --one-file-system "$old" "$old.etc" "$old.bare" "$old.lock"
    fi
  done
}

# Makes the root unless it is there, and holds it (descriptor 8) for the life of this process and its children.
hold_root() {
  mkdir -p "$CACHE"
  exec 8>"$ROOT.lock"
  flock -s 8
  [ ! -d "$ROOT" ] || return 0
  exec 9>"$CACHE/making.lock"
  flock -n 9 || { say "another ./dev is making the root; waiting for it"; flock 9; }
  if [ ! -d "$ROOT" ]; then
    trap 'say "interrupted"; exit 130' INT TERM HUP
    trap 'remove_stale 2>/dev/null' EXIT
    remove_stale
    make_root
    trap - INT TERM HUP EXIT
    remove_old_roots
  fi
  exec 9>&-
}

# Fills BIND with the arguments that show this machine's files to the root.
bind_arguments() {
  local path etc
  BIND=(--bind "$ROOT" / --dev-bind /dev /dev --ro-bind-try /sys /sys --bind /tmp /tmp
    --tmpfs /run --bind-try /run/media /run/media --ro-bind-try /run/udev /run/udev --bind-try /var/tmp /var/tmp
    --ro-bind-try /etc/resolv.conf /etc/resolv.conf --ro-bind-try /etc/hosts /etc/hosts)
  # everything that is not the system itself, so that any path the caller names means the same inside
  for path in /*; do
    case $path in
      /bin | /boot | /dev | /etc | /lib* | /proc | /run | /sbin | /sys | /tmp | /usr | /var | /lost+found) ;;
      *) [ ! -d "$path" ] || [ -L "$path" ] || BIND+=(--bind "$path" "$path") ;;
    esac
  done
  case $SRC/ in /usr/* | /var/* | /run/*) BIND+=(--bind "$SRC" "$SRC") ;; esac
  [ -z "${XDG_RUNTIME_DIR:-}" ] || BIND+=(--bind-try "$XDG_RUNTIME_DIR" "$XDG_RUNTIME_DIR")
  [ -z "${XAUTHORITY:-}" ] || BIND+=(--ro-bind-try "$XAUTHORITY" "$XAUTHORITY")
  if [ "$(id -u)" != 0 ]; then # the buses want a name for this user
    etc=$ROOT.etc
    mkdir -p "$etc"
    { cat "$ROOT/etc/passwd"; echo "$(id -un):x:$(id -u):$(id -g)::$HOME:/bin/bash"; } >"$etc/passwd.$$"
    { cat "$ROOT/etc/group"; echo "$(id -gn):x:$(id -g):"; } >"$etc/group.$$"
    mv "$etc/passwd.$$" "$etc/passwd"
    mv "$etc/group.$$" "$etc/group"
    BIND+=(--ro-bind "$etc/passwd" /etc/passwd --ro-bind "$etc/group" /etc/group)
  fi
}

# The ways into the root, the best first. With a process namespace nothing can outlive the command, whatever
# happens to it; a nested sandbox (POSA_NEST: flatpak-builder) needs the machine's own /proc.
WAYS=('--unshare-pid --proc /proc --die-with-parent' '--unshare-pid --proc /proc --die-with-parent --unshare-user'
  '--bind /proc /proc' '--bind /proc /proc --unshare-user')

# Runs a command in the root, by the best means that this machine allows, and ends with its status.
enter_root() {
  local way
  hold_root
  need bubblewrap
  bind_arguments
  export POSA_IN_ROOT=1 LANG=${LANG:-C.UTF-8}
  for way in "${WAYS[@]}"; do
    case ${POSA_NEST:+nest}$way in nest--unshare-pid*) continue ;; esac
    # shellcheck disable=SC2086
    if bwrap "${BIND[@]}" $way true 2>/dev/null; then
      run_sandbox bwrap "${BIND[@]}" $way --chdir "$PWD" -- "$@"
      exit $STATUS
    fi
  done
  enter_bare "$@"
}

# run_sandbox BOX… -- COMMAND…: runs the box (bwrap, chroot) as a child, hands signals on to the command in it, and
# sets STATUS. A background child starts with SIGINT ignored: env undoes that. setpriv ends the command when the box
# is killed.
run_sandbox() {
  local box signal at=0
  while [ "${*:at+1:1}" != -- ]; do at=$((at + 1)); done
  setpriv --pdeathsig TERM "${@:1:at}" env --default-signal=INT,QUIT setpriv --pdeathsig TERM "${@:at+2}" <&0 &
  box=$!
  for signal in INT TERM HUP QUIT; do
    # shellcheck disable=SC2064
    trap "pass_on $box $signal" $signal
  done
  STATUS=0
  wait $box || STATUS=$?
  while kill -0 $box 2>/dev/null; do
    STATUS=0
    wait $box || STATUS=$?
  done
}

# pass_on BOX SIGNAL: as if the command had got it itself; SIGINT goes to all that it started, as from a terminal.
pass_on() {
  local group foreground pid
  read -r group _ _ foreground < <(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f3-6)
  # on Ctrl-C the terminal has told them all already
  case $2 in INT | QUIT) [ "$group" != "$foreground" ] || return 0 ;; esac
  for pid in $1 $(descendants "$1" "$group"); do
    case $(cat "/proc/$pid/comm" 2>/dev/null) in bwrap | chroot-proc | '') continue ;; esac
    kill -s "$2" "$pid" 2>/dev/null || true
    case $2 in TERM | HUP) return 0 ;; esac
  done
}

# descendants PID GROUP: those of its process group, parents before children.
descendants() {
  cat /proc/[0-9]*/stat 2>/dev/null | sed 's/(.*)/-/' | awk -v pid="$1" -v group="$2" '
    { children[$4] = children[$4] " " $1; of[$1] = $5 }
    function walk(p,   i, n, list) {
      n = split(children[p], list)
      for (i = 1; i <= n; i++) if (of[list[i]] == group) { print list[i]; walk(list[i]) }
    }
    END { walk(pid) }'
}

clean_cache() {
  local root
  mkdir -p "$CACHE"
  exec 9>"$CACHE/making.lock"
  flock -n 9 || die "another ./dev is making the root in $CACHE"
  remove_stale
  for root in "$CACHE"/root-???????????? "$CACHE"/tshark-*; do
    [ -d "$root" ] || continue
    flock -n "$root.lock" true || die "$root is in use"
    remove_tree "$root"
  done
  rm -rf --one-file-system "$CACHE"
  say "removed $CACHE"
}
