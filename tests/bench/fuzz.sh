#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
#
# fuzz.sh [SECONDS [NAME…]]: runs the libFuzzer programs of tests/fuzz under ASan and UBSan, each for its share of
# SECONDS (default 1800, all of them), one after the other at the lowest priority (or NICE). Inputs that reach new code are kept
# in build-fuzz/corpus; a finding is kept in build-fuzz/findings and ends the run with status 1.
set -euo pipefail

SRC=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
DIR=$SRC/build-fuzz
MAX_LEN=8192

names=()
while read -r name; do names+=("$name"); done < <(cd "$SRC/tests/fuzz/corpus" && ls)
seconds=${1:-1800}
[[ $seconds =~ ^[0-9]+$ ]] || { echo "fuzz: \"$seconds\" is no number of seconds; names: ${names[*]}" >&2; exit 2; }
shift || true
[ $# = 0 ] || names=("$@")
for name in "${names[@]}"; do
  [ -f "$SRC/tests/fuzz/fuzz-$name.c" ] || { echo "fuzz: no harness \"$name\" in tests/fuzz" >&2; exit 2; }
done
share=$((seconds / ${#names[@]}))
[ "$share" -gt 0 ] || share=1

# Everything below the harnesses is instrumented too: what is new to the fuzzer is new code of ours.
if [ ! -e "$DIR/build.ninja" ]; then
  CC=clang meson setup "$DIR" "$SRC" --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false \
    -Dc_args='-fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined' >/dev/null
fi
ninja -C "$DIR" "${names[@]/#/tests/fuzz/libfuzzer-}" >&2

export POSA_DATADIR=$SRC/data TZ=Europe/Rome LC_ALL=C.UTF-8 G_DEBUG=fatal-warnings
export LSAN_OPTIONS=suppressions=$SRC/tests/lib/lsan.supp:print_suppressions=0
mkdir -p "$DIR/findings" "$DIR/logs"

# run NAME: one line of the table; the exit status of the program.
run() {
  local name=$1 log=$DIR/logs/$1.log status=0 options=() kept last
  mkdir -p "$DIR/corpus/$name"
  kept=$(find "$DIR/corpus/$name" -type f | wc -l)
  [ ! -f "$SRC/tests/fuzz/dict/$name.dict" ] || options+=("-dict=$SRC/tests/fuzz/dict/$name.dict")
  nice -n "${NICE:-19}" "$DIR/tests/fuzz/libfuzzer-$name" -max_total_time="$share" -timeout=25 -rss_limit_mb=2048 \
    -max_len=$MAX_LEN -print_final_stats=1 -artifact_prefix="$DIR/findings/$name-" "${options[@]}" \
    "$DIR/corpus/$name" "$SRC/tests/fuzz/corpus/$name" >"$log" 2>&1 || status=$?
  last=$(grep -a '^#[0-9]' "$log" | tail -n 1)
  printf '%-14s %6s s %10s runs  cov %6s  ft %6s  kept %5s -> %-5s %s\n' "$name" "$share" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
    "$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' <<<"$last")" "$(sed -n 's/.* ft: \([0-9]*\).*/\1/p' <<<"$last")" \
    "$kept" "$(find "$DIR/corpus/$name" -type f | wc -l)" "$([ $status = 0 ] || echo "FINDING, see $log")"
  return $status
}

failed=0
for name in "${names[@]}"; do
  run "$name" || failed=$((failed + 1))
done
echo "fuzz: ${#names[@]} harnesses, $((share * ${#names[@]})) s, $failed with a finding"
[ $failed = 0 ]
