# Reads the manifest of the run, then mode, owner and group, then a gzip tar of the new folder that
# also holds `.neo4j.conf`, `.undo.sh` and `.finish.sh`. Puts everything beside what stands; replaces nothing.
read_manifest
IFS= read -r mode
IFS= read -r uid
IFS= read -r gid
find_undo_folder "$run" "$server"
me=$(id -u)
conf_folder=${conf%/*}
fresh=${base##*/}
lock=${staged%/*}

# Before anything is made: is all as it was surveyed, may we write, is there room, are we alone.
is_hash "$conf" "$before" || refuse conf-changed "$conf"
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
small=$(df -Pk "$place" "$conf_folder" "$login_folder" 2>/dev/null | {
    read -r heading
    while read -r device blocks used free percent mount; do
        [ "$blocks" = 0 ] || [ "$free" -ge 1024 ] 2>/dev/null || say "$mount"
    done
})
[ -z "$small" ] || refuse too-little-space "$small"
taken=
[ -e "$lock" ] || [ -L "$lock" ] && taken=$lock
[ -e "$base" ] || [ -L "$base" ] && taken=$base
again=no
made=no
look_for_manifest() {
    [ -f "$undo/manifest" ] && [ -O "$undo" ] || return
    again=yes
    case $(cat "$undo/manifest") in
    "$text"made_certificates=yes*) made=yes ;;
    "$text"*) ;;
    *) refuse path-exists "$undo" ;;
    esac
}
look_for_manifest
if [ "$again" = no ] && [ -n "$taken" ]; then
    [ "$taken" = "$lock" ] && refuse busy "$lock"
    refuse path-exists "$base"
fi

# The way back comes first: how every folder's time stood, the original, the manifest.
make_own_folder
mkdir -p "$undo" 2>/dev/null
for folder in "$ours" "$ours/$run" "$undo"; do
    [ -O "$folder" ] && ! [ -L "$folder" ] || refuse not-ours "$folder"
done
chmod 700 "$ours" "$ours/$run" "$undo"
cd "$undo" || refuse not-writable "$undo"
take_turn || refuse under-way "$undo"
keep_room || refuse too-little-space "$undo"
look_for_manifest
if [ "$again" = no ]; then
    touch -r "$conf_folder" mtime.conf
    if [ -d "$certificates" ]; then
        touch -r "$certificates" mtime.certificates
    else
        made=yes
        touch -r "$home" mtime.home
    fi
    # A file system without owners or access lists keeps its bytes, its mode and its time.
    if ! copy_whole "$conf" original.conf 2>/dev/null; then
        rm -f original.conf
        cat "$conf" >original.conf || refuse too-little-space "$undo"
        stands=$(stats_of "$conf")
        chmod "${stands%% *}" original.conf
        touch -r "$conf" original.conf
    fi
    printf '%smade_certificates=%s\ncomplete=yes\n' "$text" "$made" >manifest.part &&
        mv manifest.part manifest || refuse too-little-space "$undo"
fi

# The new folder. Whoever owns the folder above can't look inside until it is complete.
if ! [ -d "$certificates" ]; then
    mkdir -m 755 "$certificates" || refuse not-writable "$certificates"
    [ "$me" = 0 ] && chown -h "$uid:$gid" "$certificates"
fi
cd -P "$certificates" || refuse not-writable "$certificates"
if ! mkdir -m 700 "./$fresh" 2>/dev/null; then
    [ "$again" = yes ] || refuse path-exists "$base"
    [ "$me" = 0 ] && chown -h 0:0 "./$fresh"
fi
enter "$fresh" || refuse path-exists "$base"
chmod 700 .
drop_access_list
# It may have belonged to another user since it was first filled: nothing leads out of it.
drop_links
inside=$PWD
problem=$(tar -xzpomf - 2>&1) || refuse archive "$problem"
mv -f .undo.sh "$undo/undo.sh" && mv -f .finish.sh "$undo/finish.sh" || refuse too-little-space "$undo"

# neo4j.conf in a folder of our own beside neo4j.conf, which also keeps other runs out: a copy, for
# its owner and access list; closed before it is filled.
cd -P "$conf_folder" || refuse not-writable "$conf_folder"
mkdir -m 700 "./${lock##*/}" 2>/dev/null || [ "$again" = yes ] || refuse busy "$lock"
enter "${lock##*/}" || refuse not-ours "$lock"
drop_access_list
new=./${staged##*/}
for other in ./*; do
    [ "$other" = "$new" ] || ! [ -e "$other" ] || refuse busy "$lock"
done
copy_whole "$conf" "$new" && chmod 600 "$new" || refuse not-writable "$conf_folder"
stands=$(stats_of "$conf") has=$(stats_of "$new")
[ "${has#* }" = "${stands#* }" ] || refuse group-lost "$conf"
cat "$inside/.neo4j.conf" >"$new" || refuse too-little-space "$conf_folder"
[ "$mode" = 600 ] || chmod "$mode" "$new" || refuse not-writable "$conf_folder"
cd -P "$inside" || refuse mismatch "$base"
rm -f .neo4j.conf
[ "$made" = yes ] && above=$home || above=$certificates
labelled_by_policy "$above" && restorecon -R . 2>/dev/null
set -f
IFS=$newline
if [ "$me" = 0 ] && [ "$uid:$gid" != 0:0 ]; then
    # shellcheck disable=SC2086  # one word a line
    chown -h -- "$uid:$gid" $files $folders || refuse not-writable "$base"
fi
unset IFS
tell_staged
say end
