#!/bin/sh
# start, stop, restart, status and console, with the words and exit codes of Neo4j's own bin/neo4j.
NEO4J_HOME=${NEO4J_HOME:-$(cd "$(dirname "$0")/.." && pwd -P)}
NEO4J_CONF=${NEO4J_CONF:-$NEO4J_HOME/conf}
pid_file=$NEO4J_HOME/run/neo4j.pid

running() {
    pid=
    [ -f "$pid_file" ] && read -r pid <"$pid_file" && kill -0 "$pid" 2>/dev/null
}

# Code of 2018 on a JDK of today: it looks into the JDK's own classes.
console() {
    exec java -Xms64m -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto \
        --add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/java.nio=ALL-UNNAMED \
        --add-opens java.base/sun.nio.ch=ALL-UNNAMED --add-opens java.base/java.util=ALL-UNNAMED \
        --add-opens java.base/java.net=ALL-UNNAMED \
        --add-opens java.management/sun.management=ALL-UNNAMED \
        --add-opens jdk.management/com.sun.management.internal=ALL-UNNAMED \
        -Dfile.encoding=UTF-8 -Duser.language=en -Duser.country=US \
        -Dhazelcast.phone.home.enabled=false \
        "-Dpolicy.jars=$NEO4J_HOME/lib" "-Dpolicy.classes=$NEO4J_HOME/classes/policy" \
        -cp "$NEO4J_HOME/classes/core:$NEO4J_HOME/lib/core/*" \
        RealCore "--home-dir=$NEO4J_HOME" "--config-dir=$NEO4J_CONF"
}

start() {
    if running; then
        echo "Neo4j is already running (pid $pid)."
        exit 1
    fi
    echo "Starting Neo4j."
    (trap '' HUP && console) >>"$NEO4J_HOME/logs/neo4j.log" 2>&1 </dev/null &
    echo $! >"$pid_file"
    sleep 0.3
    if ! running; then
        rm -f "$pid_file"
        echo "Unable to start. See $NEO4J_HOME/logs/neo4j.log."
        exit 1
    fi
    echo "Started neo4j (pid $pid). It is available at http://localhost:7474/"
}

stop() {
    if ! running; then
        echo "Neo4j not running"
        rm -f "$pid_file"
        return
    fi
    echo "Stopping Neo4j."
    kill "$pid"
    left=${NEO4J_SHUTDOWN_TIMEOUT:-120}0
    while kill -0 "$pid" 2>/dev/null; do
        [ "$left" -gt 0 ] || { echo "Neo4j has not stopped (pid $pid)." && exit 1; }
        left=$((left - 2))
        sleep 0.2
    done
    rm -f "$pid_file"
    echo "stopped"
}

case ${1-} in
start) start ;;
stop) stop ;;
restart) stop && start ;;
status)
    running || { echo "Neo4j is not running" && exit 3; }
    echo "Neo4j is running at pid $pid"
    ;;
console) console ;;
*)
    echo "Usage: neo4j { console | start | stop | restart | status }"
    exit 1
    ;;
esac
