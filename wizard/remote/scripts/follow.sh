# Reads: a path, a byte offset. Answers the file's bytes from there on, for as long as it lives; of
# `journal:UNIT` what systemd keeps since that second. Ends with 4 where it may not be read.
IFS= read -r path
IFS= read -r offset
exec 2>/dev/null
case $path in
journal:*)
    journal_opens "${path#journal:}" || exit 4
    exec journalctl -q -u "${path#journal:}" --since "@$offset" -o cat --no-pager --no-tail -f
    ;;
esac
[ -e "$path" ] && ! [ -r "$path" ] && exit 4
size=$(wc -c <"$path" || echo 0)
if [ "$offset" -gt "$size" ]; then
    offset=0
fi
start=$((offset + 1))
case $(tail --version) in
*coreutils*) exec tail -s 0.2 -c "+$start" -F -- "$path" ;;
*) exec tail -c "+$start" -F -- "$path" ;;
esac
