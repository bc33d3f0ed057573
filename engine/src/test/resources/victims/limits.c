int main(int argc, char **argv) {
  (void)argc;
  open_board(argv[1]);
  struct rlimit core = {12345, 54321}, files = {300, 700}, cpu = {100000, 200000}, got;
  CHECK(setrlimit(RLIMIT_CORE, &core) == 0 && setrlimit(RLIMIT_NOFILE, &files) == 0);
  CHECK(setrlimit(RLIMIT_CPU, &cpu) == 0);
  CHECK(personality(ADDR_NO_RANDOMIZE) != -1);
  CHECK(prctl(PR_SET_PDEATHSIG, SIGUSR2) == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
  CHECK(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0);
  CHECK(prctl(PR_SET_NAME, "a new name") == 0);
  CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
  signal(SIGUSR2, SIG_IGN); /* the first parent dies in between */
  int fd = open("/proc/self/oom_score_adj", O_WRONLY);
  CHECK(write(fd, "321", 3) == 3 && close(fd) == 0);
  CHECK(setpriority(PRIO_PROCESS, 0, 7) == 0);
  moved();
  CHECK(getrlimit(RLIMIT_CORE, &got) == 0 && got.rlim_cur == 12345 && got.rlim_max == 54321);
  CHECK(getrlimit(RLIMIT_NOFILE, &got) == 0 && got.rlim_cur == 300 && got.rlim_max == 700);
  CHECK(getrlimit(RLIMIT_CPU, &got) == 0 && got.rlim_cur == 100000);
  CHECK(personality(0xffffffff) == ADDR_NO_RANDOMIZE);
  int value = 0;
  CHECK(prctl(PR_GET_PDEATHSIG, &value) == 0 && value == SIGUSR2);
  CHECK(prctl(PR_GET_CHILD_SUBREAPER, &value) == 0 && value == 1);
  CHECK(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1);
  CHECK(prctl(PR_GET_DUMPABLE) == 0);
  char text[64] = {0};
  CHECK(prctl(PR_GET_NAME, text) == 0 && !strcmp(text, "a new name"));
  fd = open("/proc/self/oom_score_adj", O_RDONLY);
  CHECK(holds(fd, "321\n"));
  errno = 0;
  CHECK(getpriority(PRIO_PROCESS, 0) == 7);
  return done();
}
