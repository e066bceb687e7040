# Reads: service, home, folder of neo4j.conf, then log files. Notes where each log ends, then starts.
IFS= read -r service
IFS= read -r home
IFS= read -r conf_folder
while IFS= read -r file; do
    size=0
    [ -f "$file" ] && [ -r "$file" ] && size=$(wc -c <"$file")
    say "mark $((size))"
done
if ! neo4j_runs "$service" "$home" "$conf_folder"; then
    said=$(mktemp) || refuse not-writable /tmp
    case $service in
    systemd:*) systemctl start --no-block "${service#systemd:}" </dev/null >"$said" 2>&1 ;;
    *) neo4j_command "$home" "$conf_folder" start </dev/null >"$said" 2>&1 ;;
    esac || refuse start-failed "$(tail -n 5 "$said"; rm -f "$said")"
    rm -f "$said"
fi
say end
