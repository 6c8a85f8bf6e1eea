#!/bin/sh
# Runs one host: launch.sh LOG GROUP... -- PROGRAM ARGUMENT...
# A process can only be put into control groups from outside its program, so a child of this one goes there and then
# becomes nspawn. nspawn ends with 133 when the host reboots (--keep-unit), and is started again in fresh groups, as
# after a real reboot. The first line of standard output is this process's number; all else is in LOG.
# SIGTERM asks the host to power off.
log=$1
shift
groups=
while [ "$1" != -- ]; do
  groups="$groups $1" # names of control groups hold no spaces
  shift
done
shift
echo $$
exec < /dev/null >> "$log" 2>&1

enter() {
  for group in $groups; do
    find "$group" -mindepth 1 -depth -type d -exec rmdir {} + 2> /dev/null
    sh -c 'echo "$PPID"' > "$group/cgroup.procs" || exit 1
  done
}

stop=
child=
trap 'stop=1; [ -z "$child" ] || kill -TERM "$child" 2> /dev/null' TERM
while :; do
  (enter && exec "$@") &
  child=$!
  wait "$child"
  code=$?
  # a signal ends the wait, not the child
  while kill -0 "$child" 2> /dev/null; do
    wait "$child"
    code=$?
  done
  [ "$code" = 133 ] && [ -z "$stop" ] || exit 0
done
