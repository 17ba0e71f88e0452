#!/usr/bin/env bash
# Checks what no compiler checks: formatting, clang-tidy's rules, and the files for the desktop. Changes nothing.
# usage: packaging/check-style.sh [--all]
# clang-tidy takes most of an hour for all sources, so without --all it looks at those that the latest commits changed, 24 at most.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source packaging/install.sh

install_missing "${build_packages[@]}" git clang-format clang-tidy appstream desktop-file-utils

say "Files for the desktop"
appstreamcli validate --no-net packaging/linux/org.thaw.Thaw.metainfo.xml
desktop-file-validate packaging/linux/org.thaw.Thaw.desktop && echo "The desktop file is valid."

is_source='^(app|core|ui|tests)/.*\.(cpp|h)$'
version=$(clang-format --version | grep -oE '[0-9]+' | head -n 1)
if [ "$version" -eq 14 ]; then
  say "Formatting (clang-format 14)"
  git ls-files | grep -E "$is_source" | xargs clang-format --dry-run -Werror
  echo "All sources have the project's format."
else
  say "Formatting is not checked: the sources are formatted by clang-format 14, and this is $version"
fi

mkdir -p build
if [ "${1:-}" = --all ]; then
  git ls-files >build/tidy-candidates
  most=100000
else
  git log -n 10 --format= --name-only --diff-filter=AM >build/tidy-candidates
  most=24
fi
# Sources that include what moc makes, as all tests do, are left out; QCustomPlot's and Torch's headers are not ours to judge.
mapfile -t sources < <(awk '!seen[$0]++' build/tidy-candidates | grep -E '^(app|core|ui)/.*\.cpp$' |
  while read -r file; do if [ -e "$file" ] && ! grep -q '^#include ".*\.moc"' "$file"; then echo "$file"; fi; done | head -n "$most")
if [ ${#sources[@]} -eq 0 ]; then
  say "clang-tidy: the latest commits changed no source"
  exit 0
fi
say "clang-tidy on ${#sources[@]} sources"
# Clang cannot read GCC's precompiled headers.
cmake -S . -B build/tidy -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DTHAW_BUILD_TESTS=OFF >build/tidy.log
printf '%s\0' "${sources[@]}" | xargs -0 -n 1 -P "$(nproc)" \
  clang-tidy -p build/tidy --quiet --warnings-as-errors='*' --extra-arg=-std=c++17 --extra-arg=-Wno-unknown-warning-option \
  2> >(grep -vE '^[0-9]+ warnings? generated' >&2)
echo "clang-tidy has no complaint."
