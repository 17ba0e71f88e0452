#!/usr/bin/env bash
# Installs the Debian packages that Thaw is built from and runs with; does nothing where they are there. Sourced by run.sh and test.sh.

build_packages=(
  g++ cmake ninja-build ccache pkg-config
  libtorch-dev libopenblas0-pthread libopencv-dev libspdlog-dev nlohmann-json3-dev libcli11-dev
  libhdf5-dev zlib1g-dev libarchive-dev libcurl4-openssl-dev libssl-dev libutf8proc-dev libuchardet-dev
  libonnx-dev libprotobuf-dev
  libjpeg-dev libpng-dev libtiff-dev libgif-dev libwebp-dev libheif-dev
  qt6-base-dev qt6-svg-dev libqcustomplot-dev
)
run_packages=(fonts-inter dataset-fashion-mnist)

say() { printf '\n== %s\n' "$*"; }

install_missing() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    say "All Debian packages are installed."
    return
  fi
  say "Installing Debian packages: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Neither root nor sudo: install these packages, then start again: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# build PRESET [TARGET...]: without targets everything, the tests included
build() {
  local preset=$1
  shift
  say "Building (preset $preset)"
  cmake --preset "$preset"
  cmake --build --preset "$preset" ${1:+--target "$@"}
}
