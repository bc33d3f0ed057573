/*
 * A program that knows how long it was stopped: it reads its clocks without a pause and writes down
 * each gap. Meanwhile it dirties a working set at a steady rate and, at the end, checks every page it owns.
 *
 *   pace LOG MEMORY_MIB WORKING_SET_MIB DIRTY_MIB_PER_S THREADS DESCRIPTORS GAP_MICROS
 *
 * Lines of LOG, times and lengths in nanoseconds, CLOCK is the wall clock, which the watcher reads too:
 *   ready PID
 *   gap CLOCK LENGTH              the clock behind a gap longer than GAP_MICROS, by the monotonic clock or by the
 *                                 wall clock, whichever says more: the former is the pod's own and may lose time
 *   back CLOCK LENGTH             the monotonic clock went back, which it must never do
 *   pace CLOCK TURNS              every 5 ms: loop turns since the line before
 *   sweep CLOCK LENGTH PAGES SLOW MEDIAN P99
 *                                 on SIGUSR1: reads a word of each page in order; on SIGUSR2: of 500 pages anywhere.
 *                                 SLOW touches took more than 3 microseconds, MEDIAN and P99 are theirs
 *   verified 0 | damaged PAGE     on SIGTERM; the exit status is 0 or 3
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define WORDS (PAGE / 8)

#define PACE_NANOS 5000000
#define SLOW_NANOS 3000
#define SLOW_LIMIT 65536
#define PROBES 500

static volatile sig_atomic_t stopping, sweeping, probing;
static uint32_t slow[SLOW_LIMIT];

static void heard(int signal) {
  if (signal == SIGUSR1) sweeping = 1;
  else if (signal == SIGUSR2) probing = 1;
  else stopping = 1;
}

static uint64_t reading(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t now(void) {
  return reading(CLOCK_MONOTONIC);
}

/* Random-looking, so that no page compresses or equals another. */
static uint64_t word(uint64_t page, uint64_t version, uint64_t index) {
  uint64_t x = page * 0x9E3779B97F4A7C15u ^ version * 0xC2B2AE3D27D4EB4Fu ^ index * 0x165667B19E3779F9u;
  x ^= x >> 29;
  x *= 0xBF58476D1CE4E5B9u;
  return x ^ x >> 32;
}

static void fill(uint64_t *page, uint64_t number, uint32_t version) {
  for (uint64_t i = 0; i < WORDS; i++) page[i] = word(number, version, i);
}

static int intact(const uint64_t *page, uint64_t number, uint32_t version) {
  for (uint64_t i = 0; i < WORDS; i++)
    if (page[i] != word(number, version, i)) return 0;
  return 1;
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

/* Reads a word of so many pages, in order or anywhere, and writes down how long the slow ones took. */
static void touch(int log, const uint64_t *memory, uint64_t pages, int anywhere) {
  static uint64_t seed = 88172645463325252u;
  volatile uint64_t sum = 0;
  uint64_t begun = now(), count = anywhere ? PROBES : pages, found = 0;
  for (uint64_t i = 0, before = begun, after; i < count; i++, before = after) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    sum += memory[(anywhere ? seed % pages : i) * WORDS];
    after = now();
    if (after - before > SLOW_NANOS && found < SLOW_LIMIT) slow[found++] = (uint32_t)(after - before);
  }
  uint64_t end = now();
  qsort(slow, found, sizeof *slow, ascending);
  dprintf(log, "sweep %llu %llu %llu %llu %u %u\n", (unsigned long long)reading(CLOCK_REALTIME), (unsigned long long)(end - begun),
          (unsigned long long)count, (unsigned long long)found, found ? slow[found / 2] : 0,
          found ? slow[found * 99 / 100] : 0);
}

static void *idle(void *unused) {
  (void)unused;
  static __thread uint64_t wakes;
  while (!stopping) {
    struct timespec t = {0, 200000000};
    nanosleep(&t, 0);
    wakes++;
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 8) {
    fprintf(stderr, "usage: pace LOG MEMORY_MIB WORKING_SET_MIB DIRTY_MIB_PER_S THREADS DESCRIPTORS GAP_MICROS\n");
    return 2;
  }
  uint64_t pages = strtoull(argv[2], 0, 10) << 8, working = strtoull(argv[3], 0, 10) << 8;
  double pagesPerNano = strtod(argv[4], 0) * 256 / 1e9;
  int threads = atoi(argv[5]), descriptors = atoi(argv[6]);
  int64_t threshold = strtoll(argv[7], 0, 10) * 1000;
  if (working > pages) working = pages;
  int log = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
  uint64_t *memory = mmap(0, pages * PAGE + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  uint32_t *versions = calloc(pages + 1, sizeof *versions);
  if (log < 0 || memory == MAP_FAILED || !versions) {
    perror("pace");
    return 1;
  }
  for (uint64_t p = 0; p < pages; p++) fill(memory + p * WORDS, p, 0);
  for (int d = 0; d < descriptors; d++)
    if (open("/dev/null", O_RDONLY) < 0) perror("open");
  struct sigaction action = {.sa_handler = heard, .sa_flags = SA_RESTART};
  sigaction(SIGTERM, &action, 0);
  sigaction(SIGUSR1, &action, 0);
  sigaction(SIGUSR2, &action, 0);
  for (int t = 1; t < threads; t++) {
    pthread_t thread;
    if (pthread_create(&thread, 0, idle, 0)) perror("pthread_create");
  }
  dprintf(log, "ready %d\n", (int)getpid());
  uint64_t last = now(), wall = reading(CLOCK_REALTIME), told = wall, turns = 0, next = 0;
  double owed = 0;
  while (!stopping) {
    uint64_t t = now(), w = reading(CLOCK_REALTIME);
    int64_t passed = (int64_t)(t - last), outside = (int64_t)(w - wall);
    if (passed < 0) dprintf(log, "back %llu %llu\n", (unsigned long long)w, (unsigned long long)-passed);
    if (passed > threshold || outside > threshold) {
      dprintf(log, "gap %llu %lld\n", (unsigned long long)w, (long long)(passed > outside ? passed : outside));
      owed = 0;
    } else if (working > 0) {
      owed += (double)passed * pagesPerNano;
      for (; owed >= 1; owed -= 1) {
        fill(memory + next * WORDS, next, ++versions[next]);
        next = (next + 1) % working;
      }
    }
    last = t;
    wall = w;
    turns++;
    if (w < told || w - told >= PACE_NANOS) {
      dprintf(log, "pace %llu %llu\n", (unsigned long long)w, (unsigned long long)turns);
      turns = 0;
      told = w;
    }
    if (sweeping || probing) {
      int anywhere = !sweeping;
      if (anywhere) probing = 0;
      else sweeping = 0;
      if (pages) touch(log, memory, pages, anywhere);
      last = now();
      wall = told = reading(CLOCK_REALTIME);
      turns = 0;
    }
  }
  for (uint64_t p = 0; p < pages; p++)
    if (!intact(memory + p * WORDS, p, versions[p])) {
      dprintf(log, "damaged %llu\n", (unsigned long long)p);
      return 3;
    }
  dprintf(log, "verified 0\n");
  return 0;
}
