static volatile int usr1, values[4], count;
static void on_usr1(int signal) { (void)signal; usr1++; }
static void on_queued(int signal, siginfo_t *info, void *context) {
  (void)signal;
  (void)context;
  if (count < 4) values[count] = info->si_value.sival_int;
  count++;
}
static void *helper(void *unused) {
  sigset_t set;
  (void)unused;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set, 0);
  board[21] = 1;
  while (!board[22]) nap(1000000);
  sigset_t pending;
  sigpending(&pending);
  board[23] = 1 + sigismember(&pending, SIGUSR2);
  return 0;
}
int main(int argc, char **argv) {
  (void)argc;
  open_board(argv[1]);
  struct sigaction action = {.sa_handler = on_usr1, .sa_flags = SA_RESTART}, old;
  sigaddset(&action.sa_mask, SIGHUP);
  CHECK(sigaction(SIGUSR1, &action, 0) == 0);
  action = (struct sigaction){.sa_sigaction = on_queued, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGRTMIN + 1, &action, 0) == 0);
  signal(SIGHUP, SIG_IGN);
  sigset_t set, pending;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  sigaddset(&set, SIGRTMIN + 1);
  CHECK(sigprocmask(SIG_BLOCK, &set, 0) == 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, 0, helper, 0) == 0);
  while (!board[21]) nap(1000000);
  CHECK(kill(getpid(), SIGUSR1) == 0);
  for (int i = 0; i < 3; i++)
    CHECK(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 100 + i}) == 0);
  CHECK(pthread_kill(thread, SIGUSR2) == 0);
  moved();
  CHECK(sigpending(&pending) == 0);
  CHECK(sigismember(&pending, SIGUSR1) && sigismember(&pending, SIGRTMIN + 1));
  CHECK(!sigismember(&pending, SIGUSR2)); /* that one is the other thread's */
  CHECK(usr1 == 0 && count == 0);
  board[22] = 1;
  while (!board[23]) nap(1000000);
  CHECK(board[23] == 2);
  CHECK(sigaction(SIGUSR1, 0, &old) == 0 && old.sa_handler == on_usr1);
  CHECK((old.sa_flags & SA_RESTART) && sigismember(&old.sa_mask, SIGHUP));
  CHECK(sigaction(SIGHUP, 0, &old) == 0 && old.sa_handler == SIG_IGN);
  CHECK(sigaction(SIGTERM, 0, &old) == 0 && old.sa_handler == SIG_DFL);
  CHECK(sigprocmask(SIG_BLOCK, 0, &pending) == 0 && sigismember(&pending, SIGUSR2));
  sigdelset(&set, SIGUSR2);
  CHECK(sigprocmask(SIG_UNBLOCK, &set, 0) == 0);
  CHECK(usr1 == 1 && count == 3);
  CHECK(values[0] == 100 && values[1] == 101 && values[2] == 102);
  return done();
}
