#!/bin/sh
# Shows a checkout at a place that everybody can reach, in a mount namespace of its own, and runs a program there.
#   elsewhere.sh CHECKOUT PLACE PROGRAM…
set -eu
checkout=$1 place=$2
shift 2
mkdir -p "$place"
mount --bind "$checkout" "$place"
cd "$place"
exec "$@"
