# Reads: service, home, folder of neo4j.conf, run, server, seconds, then log files. Notes where each log
# ends, unless this run has started Neo4j before and it is up; then starts.
IFS= read -r service
IFS= read -r home
IFS= read -r conf_folder
IFS= read -r run
IFS= read -r server
IFS= read -r seconds
if [ "$0" = neo4j-tls-start ]; then
    at_our_own_pace
    start_neo4j "$seconds" "$work"
    say end
    exit 0
fi
tell_marks() {
    marks=
    while IFS= read -r file; do
        size=0
        [ -f "$file" ] && [ -r "$file" ] && size=$(wc -c <"$file")
        case $file in journal:*) size=$(date +%s) ;; esac
        marks="${marks}mark $((size)) $(hex_of "$file")$newline"
    done
}
tell_marks
find_place
let_work_end "$place"
kept=$place/start.work/marks
if neo4j_runs "$service" "$home" "$conf_folder"; then
    printf %s "$marks"
    [ -f "$kept" ] && cat "$kept"
    [ "$place" = "$undo" ] || rmdir "$place"
    say end
    exit 0
fi
printf %s "$marks"
note_marks() { mkdir -p "$place/start.work" && printf %s "$marks" >"$kept"; }
note_marks 2>/dev/null || { rm -rf "$place/room" && note_marks; } 2>/dev/null ||
    refuse too-little-space "$place"
begin_work start "$service$newline$home$newline$conf_folder$newline$run$newline$server$newline$seconds"
answer_work "$((seconds + 20))"
