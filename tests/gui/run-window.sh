#!/bin/sh
# run-window.sh - runs a test of the window with a display, a session bus and a home of its own.
# SPDX-License-Identifier: MIT
set -eu
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME="$home" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config" XDG_CACHE_HOME="$home/cache"
export XDG_RUNTIME_DIR="$home/run" GSETTINGS_BACKEND=memory GTK_A11Y=atspi GSK_RENDERER=cairo GDK_BACKEND=x11
export NO_AT_BRIDGE=0 ADW_DISABLE_PORTAL=1 GTK_USE_PORTAL=0 LC_ALL=C.UTF-8
mkdir -m 700 "$home/run"
mkdir -p "$home/config/gtk-4.0"
printf '[Settings]\ngtk-enable-animations=%s\n' "${ANIMATIONS:-0}" > "$home/config/gtk-4.0/settings.ini"
unset G_DEBUG
# Under a sanitizer: the driver of the display leaks, and is gone when that is told; GLib 2.74 hands out objects from
# pieces of its own, which nobody can look into
[ -z "${ASAN_OPTIONS-}" ] || export GDK_DEBUG=gl-disable G_SLICE=always-malloc
# What services of the bus print is no line of a test: it is told if the test fails. -a alone lets two that start at once take the same number; a busy machine is slow to show a display
status=0
xvfb-run -a -n $((100 + $$ % 800)) -s "-screen 0 ${SCREEN:-1280x800}x24 -nolisten tcp -noreset" dbus-run-session -- sh -c '
    for try in $(seq 150); do
        xdotool getmouselocation >/dev/null 2>&1 && break
        sleep 0.2
    done
    xdotool getmouselocation >/dev/null || { echo "run-window: there is no display" >&4; exit 1; }
    exec "$@" >&3 2>&4 3>&- 4>&-' run-window "$@" 3>&1 4>&2 >/dev/null 2>"$home/services.log" || status=$?
[ $status = 0 ] || cat "$home/services.log" >&2
exit $status
