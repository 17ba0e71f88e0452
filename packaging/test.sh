#!/usr/bin/env bash
# One command from nothing to passing tests: installs what is missing, builds, runs all tests. Further arguments go to ctest.
# THAW_PRESET=ci builds with warnings as errors.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source packaging/install.sh

install_missing "${build_packages[@]}" "${run_packages[@]}" xvfb xauth
preset=${THAW_PRESET:-release}
build "$preset"
say "Running the tests"
ctest --preset "$preset" "$@"
