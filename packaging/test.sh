#!/usr/bin/env bash
# One command from nothing to passing tests: installs what is missing, builds with warnings as errors, runs all tests.
# Further arguments go to ctest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source packaging/install.sh

install_missing "${build_packages[@]}" "${run_packages[@]}" xvfb xauth
build_release
say "Running the tests"
ctest --preset release "$@"
