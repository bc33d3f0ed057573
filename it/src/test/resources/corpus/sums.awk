# Integer work and string building; awk reads nothing and writes its result once.
BEGIN {
  x = 1
  for (i = 1; i <= rounds; i++) {
    x = (x * 16807) % 2147483647
    bucket[x % 1009] += x % 97
  }
  for (b = 0; b < 1009; b++) printf "%d:%d\n", b, bucket[b] > "result"
}
