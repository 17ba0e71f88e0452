#!/usr/bin/env bash
# One command from nothing to the running lesson: installs what is missing, builds, fetches CIFAR-10 where it is missing, opens the
# window and starts the lesson. Without a display: runs a smaller lesson headless, and says where the results are.
# Further arguments go to the program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source packaging/install.sh
source packaging/lesson_data.sh

install_missing "${build_packages[@]}" "${run_packages[@]}"
build release thaw thaw-cli
if [[ " $* " =~ --preset[\ =](words|gpt)- ]]; then
  say "The lesson's texts come with Thaw"
else
  names_data "$@" || fetch_lesson_data build/release/bin/thaw-cli
fi

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  say "Opening Thaw; the lesson starts by itself"
  exec build/release/bin/thaw --run-lesson "$@"
fi
say "No display: the lesson runs headless on 20,000 training samples"
exec build/release/bin/thaw-cli lesson --train-limit 20000 --test-limit 4000 "$@"
