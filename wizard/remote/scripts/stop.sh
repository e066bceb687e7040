# Reads: service, home, folder of neo4j.conf, seconds. Asks Neo4j to end and waits; never kills.
IFS= read -r service
IFS= read -r home
IFS= read -r conf_folder
IFS= read -r seconds
pid=$(neo4j_pid "$service" "$home")
still_there() {
    alive "$pid" && return 0
    [ "$service" = bin ] && [ -n "$pid" ] && return 1
    neo4j_runs "$service" "$home" "$conf_folder"
}
if neo4j_runs "$service" "$home" "$conf_folder"; then
    case $service in
    systemd:*)
        words=$(systemctl stop --no-block "${service#systemd:}" 2>&1 </dev/null) || refuse service "$words"
        ;;
    *) neo4j_command "$home" "$conf_folder" stop </dev/null >/dev/null 2>&1 & ;;
    esac
fi
end=$(($(date +%s) + seconds))
while still_there; do
    [ "$(date +%s)" -lt "$end" ] || refuse still-running
    sleep 0.1 2>/dev/null || sleep 1
done
say end
