int main(int argc, char **argv) {
  (void)argc;
  open_board(argv[1]);
  while (!board[30]) nap(1000000);
  char path[64];
  snprintf(path, sizeof path, "/dev/pts/%d", (int)board[30] - 1);
  for (int fd = 0; fd < 3; fd++) close(fd);
  CHECK(setsid() == getpid());
  CHECK(open(path, O_RDWR) == 0 && dup(0) == 1 && dup(0) == 2);
  int current = open("/dev/tty", O_RDWR | O_CLOEXEC);
  CHECK(current >= 3 && tcsetpgrp(0, getpgrp()) == 0);
  board[0] = 1;
  while (!board[10]) nap(1000000);
  CHECK(isatty(0) && isatty(current));
  CHECK(tcgetpgrp(0) == getpgrp());
  int session = 0;
  CHECK(ioctl(0, 0x5429 /* TIOCGSID */, &session) == 0 && session == getpid());
  int again = open("/dev/tty", O_RDWR);
  CHECK(again >= 0 && fcntl(current, F_GETFD) == FD_CLOEXEC);
  CHECK(write(current, "mo", 2) == 2 && write(0, "ved", 3) == 3);
  return done();
}
