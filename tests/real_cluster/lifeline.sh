#!/bin/sh
# Waits until whoever started it is gone or has had enough: the end of standard input. Then nothing
# of the real cluster is left: its processes, its network namespaces, its bridge.
# Arguments: the bridge, then the namespaces.
while read -r _; do :; done
bridge=$1
shift
for name; do
    looks=100
    while [ "$looks" -gt 0 ] && pids=$(ip netns pids "$name" 2>/dev/null) && [ -n "$pids" ]; do
        looks=$((looks - 1))
        # shellcheck disable=SC2086  # one word a process
        kill -KILL $pids 2>/dev/null
        sleep 0.1
    done
done
# The cables first: a namespace may linger for a while after it was deleted, and its cable with it.
for cable in "/sys/class/net/$bridge/brif/"*; do
    ip link delete "${cable##*/}" 2>/dev/null
done
ip link delete "$bridge" 2>/dev/null
for name; do
    ip netns delete "$name" 2>/dev/null
    rm -rf "/etc/netns/$name"
done
rmdir /etc/netns 2>/dev/null
exit 0
