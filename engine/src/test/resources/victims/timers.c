static volatile int alarms, expiries;
static void on_alarm(int signal) { (void)signal; alarms++; }
static void on_expiry(int signal) { (void)signal; expiries++; }
int main(int argc, char **argv) {
  (void)argc;
  open_board(argv[1]);
  signal(SIGALRM, on_alarm);
  signal(SIGRTMIN + 2, on_expiry);
  struct itimerval real = {{0, 0}, {500, 0}}, profile = {{3, 4}, {1000, 0}}, got;
  CHECK(setitimer(ITIMER_REAL, &real, 0) == 0 && setitimer(ITIMER_PROF, &profile, 0) == 0);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 2};
  struct sigevent none = {.sigev_notify = SIGEV_NONE};
  int id[4];
  for (int i = 0; i < 4; i++)
    CHECK(syscall(SYS_timer_create, i == 2 ? CLOCK_REALTIME : CLOCK_MONOTONIC,
                  i == 3 ? &none : &event, &id[i]) == 0);
  CHECK(syscall(SYS_timer_delete, id[1]) == 0); /* a gap */
  struct itimerspec far = {.it_interval = {9, 8}, .it_value = {700, 0}}, left;
  CHECK(syscall(SYS_timer_settime, id[2], 0, &far, 0) == 0);
  moved();
  CHECK(getitimer(ITIMER_REAL, &got) == 0 && got.it_value.tv_sec > 400 && got.it_value.tv_sec < 500);
  CHECK(getitimer(ITIMER_PROF, &got) == 0 && got.it_interval.tv_sec == 3);
  CHECK(got.it_value.tv_sec > 900 && got.it_value.tv_sec <= 1000);
  CHECK(getitimer(ITIMER_VIRTUAL, &got) == 0 && got.it_value.tv_sec == 0);
  CHECK(syscall(SYS_timer_gettime, id[0], &left) == 0 && left.it_value.tv_sec == 0);
  CHECK(syscall(SYS_timer_gettime, id[1], &left) == -1 && errno == EINVAL);
  CHECK(syscall(SYS_timer_gettime, id[2], &left) == 0 && left.it_interval.tv_sec == 9);
  CHECK(left.it_value.tv_sec > 600 && left.it_value.tv_sec < 700);
  CHECK(syscall(SYS_timer_gettime, id[3], &left) == 0);
  CHECK(alarms == 0 && expiries == 0);
  struct itimerspec soon = {.it_value = {0, 1000}};
  CHECK(syscall(SYS_timer_settime, id[0], 0, &soon, 0) == 0);
  while (!expiries) nap(1000000);
  real = (struct itimerval){{0, 0}, {0, 1000}};
  CHECK(setitimer(ITIMER_REAL, &real, 0) == 0);
  while (!alarms) nap(1000000);
  int fresh;
  CHECK(syscall(SYS_timer_create, CLOCK_MONOTONIC, &none, &fresh) == 0 && fresh != id[2]);
  return done();
}
