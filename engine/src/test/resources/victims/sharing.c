/* Parent and child share an offset and a pipe; each closes something that the other keeps. */
int main(int argc, char **argv) {
  (void)argc;
  open_board(argv[1]);
  char path[4096];
  snprintf(path, sizeof path, "%s.shared", argv[1]);
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600), down[2], up[2];
  CHECK(write(fd, "shared offset", 13) == 13 && lseek(fd, 7, SEEK_SET) == 7);
  CHECK(pipe(down) == 0 && pipe(up) == 0);
  int many[600];
  for (int i = 0; i < 600; i++) many[i] = open("/dev/null", O_RDONLY | (i % 3 ? O_CLOEXEC : 0));
  pid_t child = fork();
  if (child == 0) {
    close(down[1]);
    close(up[0]);
    char c;
    while (read(down[0], &c, 1) == 1) {
      off_t at = lseek(fd, 0, SEEK_CUR);
      if (write(up[1], &at, sizeof at) != sizeof at) _exit(1);
    }
    _exit(42);
  }
  close(down[0]);
  close(up[1]);
  board[20] = child;
  moved();
  off_t at = 0;
  CHECK(holds(fd, "offset"));
  CHECK(write(down[1], "?", 1) == 1 && read(up[0], &at, sizeof at) == sizeof at);
  CHECK(at == 13);
  for (int i = 0; i < 600; i++)
    CHECK(fcntl(many[i], F_GETFD) == (i % 3 ? FD_CLOEXEC : 0));
  CHECK(close(down[1]) == 0); /* the child sees the end: nobody else writes */
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 42);
  CHECK(read(up[0], &at, sizeof at) == 0);
  return done();
}
