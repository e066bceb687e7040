# Reads names and addresses, one a line. Answers what each leads to from here. Changes nothing.
tell_names
wait
say end
