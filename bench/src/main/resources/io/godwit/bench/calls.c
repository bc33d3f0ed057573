/*
 * What system calls cost this process, where it is now (survey, table 1).
 *
 *   calls LOG SCRATCH
 *
 * LOG gets "ready PID"; then, for each SIGUSR1, a line "call NAME NANOSECONDS" for each call, the fastest of 21
 * batches, and "done ROUND". SCRATCH is a file that it may make. Ends on SIGTERM.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCHES 21

static volatile sig_atomic_t asked, stopping;
static const char *scratch;
static int file;
static char buffer[1024];

static void heard(int signal) {
  if (signal == SIGUSR1) asked = 1;
  else stopping = 1;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int callGetpid(void) { return syscall(SYS_getpid) > 0; }

static int callRead(void) { return pread(file, buffer, sizeof buffer, 0) == sizeof buffer; }

static int callWrite(void) { return pwrite(file, buffer, sizeof buffer, 0) == sizeof buffer; }

static int callOpenClose(void) {
  int fd = open(scratch, O_RDONLY);
  return fd >= 0 && close(fd) == 0;
}

static int callFork(void) {
  pid_t child = fork();
  if (child == 0) _exit(0);
  return child > 0 && waitpid(child, 0, 0) == child;
}

static int callExec(void) {
  pid_t child = vfork();
  int status;
  if (child == 0) {
    execl("/bin/true", "true", (char *)0);
    _exit(1);
  }
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static const struct {
  const char *name;
  int (*call)(void);
  int batch;
} calls[] = {{"getpid", callGetpid, 20000}, {"read-1K", callRead, 5000},   {"write-1K", callWrite, 5000},
             {"open-close", callOpenClose, 1000}, {"fork", callFork, 20}, {"exec", callExec, 10}};

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: calls LOG SCRATCH\n");
    return 2;
  }
  scratch = argv[2];
  int log = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
  file = open(scratch, O_RDWR | O_CREAT, 0644);
  if (log < 0 || file < 0 || !callWrite()) {
    perror("calls");
    return 1;
  }
  sigset_t blocked, open;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &open);
  struct sigaction action = {.sa_handler = heard};
  sigaction(SIGUSR1, &action, 0);
  sigaction(SIGTERM, &action, 0);
  dprintf(log, "ready %d\n", (int)getpid());
  for (int round = 1; !stopping; round++) {
    while (!asked && !stopping) sigsuspend(&open);
    if (stopping) break;
    asked = 0;
    for (size_t c = 0; c < sizeof calls / sizeof *calls; c++) {
      double nanos[BATCHES];
      for (int b = 0; b < BATCHES; b++) {
        double begun = now();
        for (int i = 0; i < calls[c].batch; i++)
          if (!calls[c].call()) {
            dprintf(log, "failed %s\n", calls[c].name);
            return 1;
          }
        nanos[b] = (now() - begun) / calls[c].batch;
      }
      qsort(nanos, BATCHES, sizeof *nanos, ascending);
      dprintf(log, "call %s %.0f\n", calls[c].name, nanos[0]);
    }
    dprintf(log, "done %d\n", round);
  }
  return 0;
}
