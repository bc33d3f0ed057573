# A shell that starts children all the time, in pipelines, subshells and the background, and waits for them.
set -eu
rounds=$1
total=0
trap 'interrupted=1' USR1
for i in $(seq 1 "$rounds"); do
  (
    part=0
    for j in 1 2 3 4 5; do part=$((part + i * j)); done
    echo "$part" > "part.$i"
  ) &
  child=$!
  line=$(printf '%s\n' "$i" "$total" | sort -n | tr '\n' ' ' | sed 's/ *$//')
  wait "$child"
  total=$(( (total + $(cat "part.$i") + ${#line}) % 1000003 ))
  rm "part.$i"
done
echo "$total" > result
