#!/usr/bin/env bash
# One command from nothing to passing tests: installs what is missing, builds, runs all tests. Further arguments go to ctest.
# THAW_PRESET=ci builds with warnings as errors. The last line counts test functions, each row of their data for itself.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source packaging/install.sh

install_missing "${build_packages[@]}" "${run_packages[@]}" xvfb xauth
preset=${THAW_PRESET:-release}
build "$preset"
say "Running the tests"
log=build/$preset/Testing/Temporary/LastTest.log
rm -f "$log"
result=0
ctest --preset "$preset" "$@" || result=$?
[ -f "$log" ] || exit "$result"
# ctest calls a program passed whose tests were all skipped; Qt Test's own lines say more. A program that fails without such a line
# (it crashed, or took too long) counts as one.
awk '
  /^[0-9]+\/[0-9]+ Test: / { name = $3; told = 0 }
  /^PASS   : / && !/::(initTestCase|cleanupTestCase)\(\)/ { ++passed }
  /^(FAIL!  |XPASS  ): / { ++failed; told = 1 }
  /^SKIP   : / { ++skipped; reasons = reasons "Skipped: " substr($0, 10) "\n" }
  /^Test (Failed|timeout|time out)|\*\*\*(Exception|Failed|Timeout|Not Run)/ { if (!told) { ++failed; reasons = reasons "Failed: " name "\n" } told = 1 }
  END { printf "%s\n%d passed, %d failed, %d skipped\n", reasons, passed, failed, skipped }
' "$log"
exit "$result"
