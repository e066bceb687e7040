#!/bin/sh
# Waits until whoever started it is gone or has had enough: the end of standard input. Then nothing
# of the real cluster is left: its processes, its network namespaces, its bridge.
# Arguments: the bridge, then the namespaces.
while read -r _; do :; done
bridge=$1
shift
for name; do
    for pid in $(ip netns pids "$name" 2>/dev/null); do
        kill -KILL "$pid" 2>/dev/null
    done
    ip netns delete "$name" 2>/dev/null
    rm -rf "/etc/netns/$name"
done
rmdir /etc/netns 2>/dev/null
ip link delete "$bridge" 2>/dev/null
exit 0
