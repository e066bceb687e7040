# Reads: a path, or `journal:UNIT`, and a number of bytes. Answers the last bytes, as they are; ends
# with 4 where it may not be read.
IFS= read -r path
IFS= read -r count
case $path in
journal:*)
    journal_opens "${path#journal:}" || exit 4
    journalctl -q -u "${path#journal:}" -o cat --no-pager -n 20000 2>/dev/null | tail -c "$count"
    exit 0
    ;;
esac
[ -e "$path" ] && ! [ -r "$path" ] && exit 4
[ -r "$path" ] && tail -c "$count" -- "$path"
exit 0
