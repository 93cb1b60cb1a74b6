#!/usr/bin/env bash
# fetch-python.sh SUITE... - unpack the Python of other Debian suites into the user's cache folder.
# SPDX-License-Identifier: MIT
#
# bullseye has 3.9, bookworm 3.11, trixie 3.13, forky and sid newer ones. Nothing of the system is
# touched: packages come from the mirror apt already uses, checked with Debian's keys, and are
# unpacked into $XDG_CACHE_HOME/heapgraph/pythons/SUITE, libc included. tests/capture/pythons.py
# finds them there. Without a suite: all of these.
set -eu

cache=${XDG_CACHE_HOME:-$HOME/.cache}/heapgraph/pythons
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep '/debian/*$' | head -1)
[ -n "$mirror" ] || { echo "fetch-python: apt knows no Debian mirror (run apt-get update)" >&2; exit 1; }

configure() { # configure FOLDER SUITE: an apt that lives in FOLDER
    mkdir -p "$1/state/lists/partial" "$1/cache/archives/partial"
    : >"$1/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $2 main" >"$1/sources.list"
    cat >"$1/conf" <<END
Dir::State "$1/state";
Dir::State::status "$1/status";
Dir::Cache "$1/cache";
Dir::Etc::SourceList "$1/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Log "$1";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Debug::NoLocking "true";
END
}

unpack() { # unpack FOLDER ARCHIVES: all packages, with / and /usr merged
    local directory archive
    for directory in bin lib lib64 sbin; do
        mkdir -p "$1/usr/$directory"
        [ -e "$1/$directory" ] || ln -s "usr/$directory" "$1/$directory"
    done
    for archive in "$2"/*.deb; do
        dpkg --fsys-tarfile "$archive" | tar -x --no-same-owner --keep-directory-symlink -C "$1"
    done
}

newest() { # newest: the name of the package of the newest Python there is
    apt-cache pkgnames python3. | grep -E '^python3\.[0-9]+$' | sort -V | tail -1
}

fetch() { # fetch SUITE
    local folder=$cache/$1 work
    [ ! -e "$folder" ] || { echo "fetch-python: $folder is there"; return 0; }
    work=$(mktemp -d "$cache/.$1.XXXXXX")
    configure "$work/apt" "$1"
    APT_CONFIG=$work/apt/conf apt-get update -qq &&
        APT_CONFIG=$work/apt/conf apt-get install -y -qq --download-only python3 \
            "$(APT_CONFIG=$work/apt/conf newest)" >/dev/null &&
        mkdir "$work/root" && unpack "$work/root" "$work/apt/cache/archives" &&
        mv "$work/root" "$folder" && echo "fetch-python: $folder"
    rm -rf "$work"
    [ -e "$folder" ] || { echo "fetch-python: could not get $1" >&2; return 1; }
}

mkdir -p "$cache"
status=0
for suite in "${@:-bullseye trixie forky sid}"; do
    for one in $suite; do fetch "$one" || status=1; done
done
exit $status
