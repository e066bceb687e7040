# Reads the parameters below, the counted lists, undo.sh as one line, then a gzip tar of the new
# folder that also holds `.neo4j.conf`. Puts everything beside what stands; replaces nothing.
IFS= read -r run
IFS= read -r server
IFS= read -r home
IFS= read -r conf
IFS= read -r certificates
IFS= read -r base
IFS= read -r before
IFS= read -r after
IFS= read -r mode
IFS= read -r uid
IFS= read -r gid

# Manifest lines with this key, from a count and as many lines.
list_of() {
    IFS= read -r count
    while [ "$count" -gt 0 ]; do
        IFS= read -r one
        say "$1=$one"
        count=$((count - 1))
    done
}
lists=$(
    list_of of_the_run
    list_of folder
    list_of file
)
IFS= read -r undo_script

me=$(id -u)
conf_folder=${conf%/*}
fresh=${base##*/}
staged=$conf_folder/.neo4j.conf.$run
undo=$(undo_folder "$run" "$server")
manifest=$undo/manifest

# Before anything is made: is all as it was surveyed, may we write, is there room.
[ "$(hash_of "$conf")" = "$before" ] || refuse conf-changed "$conf"
[ "$me" = 0 ] || [ "$me" = "$uid" ] || refuse not-writable "$conf_folder"
for folder in "$home" "$certificates" "$conf_folder"; do
    [ -L "$folder" ] || continue
    owner=$(owner_of "$folder")
    [ "$owner" = 0 ] || [ "$owner" = "$me" ] || refuse link "$folder"
done
[ -w "$conf_folder" ] || refuse not-writable "$conf_folder"
place=$certificates
[ -d "$place" ] || place=$home
[ -w "$place" ] || refuse not-writable "$place"
login_folder=$(login_home)
small=$(df -Pk "$place" "$conf_folder" "$login_folder" 2>/dev/null |
    awk 'NR > 1 && $4 < 1024 { print $6; exit }')
[ -z "$small" ] || refuse too-little-space "$small"
again=no
[ -f "$manifest" ] && [ "$(owner_of "$undo")" = "$me" ] && again=yes
if [ "$again" = no ]; then
    [ -e "$base" ] || [ -L "$base" ] && refuse path-exists "$base"
    [ -e "$staged" ] || [ -L "$staged" ] && refuse path-exists "$staged"
fi

# The way back comes first: the original, how every folder's time stood, the script, the manifest.
reference=$(mktemp) || refuse not-writable /tmp
touch -r "$login_folder" "$reference"
if own_folder "$login_folder/.neo4j-tls"; then
    cp -p "$reference" "$login_folder/.neo4j-tls/.mtime"
fi
rm -f "$reference"
own_folder "$login_folder/.neo4j-tls/$run" || :
own_folder "$undo" || :
cd "$undo" || refuse not-writable "$undo"
remember() {
    [ -e "mtime.$1" ] && return
    : >"mtime.$1.part" && touch -r "$2" "mtime.$1.part" && mv "mtime.$1.part" "mtime.$1"
}
remember home "$home"
remember conf "$conf_folder"
made=no
if [ -d "$certificates" ]; then
    remember certificates "$certificates"
else
    made=yes
fi
[ "$again" = yes ] && grep -q '^made_certificates=yes$' manifest && made=yes
if ! [ -e original.conf ] || [ "$(hash_of original.conf)" != "$before" ]; then
    cp -p "$conf" original.conf.part && mv original.conf.part original.conf
    [ "$(hash_of original.conf)" = "$before" ] || refuse too-little-space "$undo"
fi
printf '%s\n' "$undo_script" | tr '\001' '\n' >undo.sh
{
    say format=1
    say "run=$run"
    say "server=$server"
    say "home=$home"
    say "conf_file=$conf"
    say "staged_conf=$staged"
    say "certificates=$certificates"
    say "base_directory=$base"
    say "made_certificates=$made"
    say "before_sha256=$before"
    say "after_sha256=$after"
    say "$lists"
    say complete=yes
} >manifest.part
grep -q '^complete=yes$' manifest.part || refuse too-little-space "$undo"
mv manifest.part manifest

# The new folder. Whoever owns the folder above can't look inside until it is complete.
if ! [ -d "$certificates" ]; then
    mkdir "$certificates" && chmod 755 "$certificates" || refuse not-writable "$certificates"
    [ "$me" = 0 ] && chown "$uid:$gid" "$certificates"
fi
cd -P "$certificates" || refuse not-writable "$certificates"
if [ -L "./$fresh" ]; then
    refuse path-exists "$base"
fi
[ -d "./$fresh" ] || mkdir "./$fresh" || refuse not-writable "$certificates"
[ "$me" = 0 ] && chown 0:0 "./$fresh"
chmod 700 "./$fresh"
problem=$(tar -xzpomf - -C "./$fresh" 2>&1) || refuse archive "$problem"

# neo4j.conf beside neo4j.conf: a copy, for its owner and access list; closed before it is filled.
if [ -f "./$fresh/.neo4j.conf" ]; then
    rm -f "$staged"
    cp -p "$conf" "$staged" || refuse not-writable "$conf_folder"
    chmod "$mode" "$staged" || refuse not-writable "$staged"
    cat "./$fresh/.neo4j.conf" >"$staged" || refuse too-little-space "$conf_folder"
    rm -f "./$fresh/.neo4j.conf"
fi
if [ "$me" = 0 ] && [ "$uid:$gid" != 0:0 ]; then
    set --
    while IFS= read -r line; do
        case $line in file=* | folder=*) set -- "./$fresh/${line#*=}" "$@" ;; esac
    done <"$manifest"
    chown "$uid:$gid" "$@" || refuse not-writable "$base"
fi
[ "$(hash_of "$staged")" = "$after" ] || refuse mismatch "$staged"
sync "$staged" "$manifest" "$undo/original.conf" 2>/dev/null
tell_staged "$undo"
say end
