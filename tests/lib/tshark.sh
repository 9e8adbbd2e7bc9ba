# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
# shellcheck shell=bash
#
# A small root with the tshark of a newer suite, beside the root of ./dev and made as that one is: only for
# "./dev bench frames", which compares our decoder with it. Sourced by ./dev after root.sh.

# Debian's tshark decodes DLMS/COSEM from 4.6 on.
TSHARK_SUITES='forky sid'

make_tshark_root() (
  SUITE=$1 PACKAGES=tshark ROOT=$CACHE/tshark-$1
  exec 9>"$CACHE/making.lock"
  flock 9
  [ ! -d "$ROOT" ] || exit 0
  trap 'say "interrupted"; exit 130' INT TERM HUP
  trap 'remove_stale 2>/dev/null' EXIT
  remove_stale
  make_root
)

# Tells tests/bench/frames.py where tshark is, or why there is none.
find_tshark() {
  local suite
  mkdir -p "$CACHE"
  export POSA_TSHARK_ROOT='' POSA_TSHARK_WHY="no root with tshark could be made; see $CACHE/making.log"
  for suite in $TSHARK_SUITES; do
    if [ -d "$CACHE/tshark-$suite" ] || make_tshark_root "$suite"; then
      POSA_TSHARK_ROOT=$CACHE/tshark-$suite
      break
    fi
  done
}
