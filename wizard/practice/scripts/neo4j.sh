#!/bin/sh
# PRACTICE: starts and stops the simulated Neo4j of this server; speaks and exits like bin/neo4j.
set -u
home=@HOME@
pid_file=$home/run/neo4j.pid
flag=
[ "${2:-}" = --expand-commands ] && flag=$2

running() {
    pid=$(cat "$pid_file" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null
}

launch() {
    PYTHONPATH=@MODULES@ \
        @PYTHON@ -P -m wizard.practice.control "$1" --cluster @CLUSTER@ --server @SERVER@ $flag
}

directories() {
    echo "Directories in use:"
    echo "home:         $home"
    for name in conf:config logs:logs plugins:plugins import:import data:data \
        certificates:certificates licenses:licenses run:run; do
        printf '%-13s %s\n' "${name#*:}:" "$home/${name%%:*}"
    done
}

start() {
    if running; then
        echo "Neo4j is already running (pid:$pid)."
        return 1
    fi
    directories
    echo "Starting Neo4j."
    launch start || return 1
    echo "Started neo4j (pid:$(cat "$pid_file" 2>/dev/null)). It is available at http://"@ADDRESS@":7474"
    echo "There may be a short delay until the server is ready."
}

stop() {
    if ! running; then
        echo "Neo4j is not running."
        return 0
    fi
    printf 'Stopping Neo4j.'
    kill "$pid" 2>/dev/null
    waited=0
    while kill -0 "$pid" 2>/dev/null; do
        waited=$((waited + 1))
        if [ "$waited" -gt 1200 ]; then
            echo " failed to stop."
            return 1
        fi
        sleep 0.05
        [ $((waited % 20)) -eq 0 ] && printf '.'
    done
    echo " stopped."
}

case "${1:-}" in
start) start ;;
stop) stop ;;
restart) stop && start ;;
status)
    if running; then
        echo "Neo4j is running at pid $pid"
    else
        echo "Neo4j is not running."
        exit 3
    fi
    ;;
console)
    if running; then
        echo "Neo4j is already running (pid:$pid)."
        exit 1
    fi
    directories
    echo "Starting Neo4j."
    launch console
    ;;
*)
    echo "Usage: neo4j { console | start | stop | restart | status }" >&2
    exit 2
    ;;
esac
