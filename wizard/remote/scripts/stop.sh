# Reads: service, home, folder of neo4j.conf, run, server, seconds. Asks Neo4j to end and waits; never
# kills. Answers whether something has started it again meanwhile.
IFS= read -r service
IFS= read -r home
IFS= read -r conf_folder
IFS= read -r run
IFS= read -r server
IFS= read -r seconds
if [ "$0" = neo4j-tls-stop ]; then
    at_our_own_pace
    stop_neo4j "$seconds"
    say end
    exit 0
fi
find_place
let_work_end "$place"
if neo4j_runs "$service" "$home" "$conf_folder"; then
    rm -f "$place/start.work/marks"
    begin_work stop "$service$newline$home$newline$conf_folder$newline$run$newline$server$newline$seconds"
    answer_work "$((seconds + 20))"
fi
[ "$place" = "$undo" ] || rmdir "$place"
say end
