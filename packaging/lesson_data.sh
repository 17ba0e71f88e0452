#!/usr/bin/env bash
# The lesson's own pictures, where they are missing. Sourced by run.sh.

# fetch_lesson_data PROGRAM: has thaw-cli fetch CIFAR-10 from its authors' page, or from the folder that THAW_MIRROR names. A part
# that came earlier is continued. Goes on in any case: the lesson then runs on Fashion-MNIST.
fetch_lesson_data() {
  local program=$1
  say "CIFAR-10, the lesson's own pictures: 170 MB where they are not here yet (Ctrl+C: go on without them)"
  if "$program" data get cifar10 --give-up-after 10; then return; fi
  say "Without CIFAR-10 the lesson runs on Fashion-MNIST, and says so. To try again later: $program data get cifar10"
}

# names_data ARGUMENT...: whether the arguments say already which pictures are meant.
names_data() {
  local argument
  for argument in "$@"; do
    case $argument in --data | --data=* | --dataset | --dataset=* | --resume | --resume=* | --help | -h) return 0 ;; esac
  done
  return 1
}
