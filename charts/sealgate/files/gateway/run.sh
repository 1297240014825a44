#!/bin/sh
# Runs nginx with a configuration, and has it read its files again when one of those that are named changes.
# Usage: run.sh CONFIGURATION [FILE...]
set -u
configuration=$1
shift

content() {
    [ "$#" -eq 0 ] || cat "$@" 2>/dev/null | cksum
}

nginx -e stderr -c "$configuration" &
nginx=$!
# Told to stop, it serves what it has begun.
trap 'kill -QUIT "$nginx" 2>/dev/null' INT QUIT TERM

seen=$(content "$@")
while kill -0 "$nginx" 2>/dev/null; do
    sleep "${RELOAD_SECONDS:-10}" &
    wait "$!"
    now=$(content "$@")
    if [ "$now" != "$seen" ]; then
        seen=$now
        kill -HUP "$nginx" 2>/dev/null
    fi
done
wait "$nginx"
