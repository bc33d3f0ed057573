int main(int argc, char **argv) {
  (void)argc;
  open_board(argv[1]);
  pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  int fd = syscall(SYS_pidfd_open, child, 0), self = syscall(SYS_pidfd_open, getpid(), 0);
  CHECK(fd >= 0 && self >= 0);
  moved();
  struct pollfd ended = {fd, POLLIN, 0};
  CHECK(poll(&ended, 1, 0) == 0);
  CHECK(syscall(SYS_pidfd_send_signal, self, 0, 0, 0) == 0);
  CHECK(syscall(SYS_pidfd_send_signal, fd, SIGTERM, 0, 0) == 0);
  CHECK(poll(&ended, 1, 10000) == 1);
  int status;
  CHECK(waitpid(child, &status, 0) == child && WTERMSIG(status) == SIGTERM);
  return done();
}
