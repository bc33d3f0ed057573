/* The locks are asked for by a child, which is in conflict with them. */
static int conflict(int fd, int type, int from, int length) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = from, .l_len = length};
  int status = 0;
  pid_t child = fork();
  if (child == 0) {
    if (fcntl(fd, F_GETLK, &lock)) _exit(9);
    _exit(lock.l_type == F_UNLCK ? 0 : lock.l_type == F_WRLCK ? 2 : 1);
  }
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

int main(int argc, char **argv) {
  (void)argc;
  open_board(argv[1]);
  char path[4096], other[4096];
  snprintf(path, sizeof path, "%s.locked", argv[1]);
  snprintf(other, sizeof other, "%s.whole", argv[1]);
  int fd = open(path, O_RDWR | O_CREAT, 0600), same = open(path, O_RDWR);
  struct flock write_lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 5};
  struct flock read_lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 100, .l_len = 0};
  CHECK(fcntl(fd, F_SETLK, &write_lock) == 0 && fcntl(same, F_SETLK, &read_lock) == 0);
  int whole = open(other, O_RDWR | O_CREAT, 0600), ofd = open(other, O_RDWR);
  CHECK(flock(whole, LOCK_EX) == 0);
  struct flock open_lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1};
  CHECK(fcntl(ofd, 37 /* F_OFD_SETLK */, &open_lock) == 0);
  moved();
  CHECK(conflict(fd, F_WRLCK, 12, 1) == 2);
  CHECK(conflict(fd, F_WRLCK, 15, 1) == 0);
  CHECK(conflict(fd, F_WRLCK, 1 << 20, 1) == 1);
  CHECK(conflict(fd, F_RDLCK, 1 << 20, 1) == 0);
  int again = open(other, O_RDWR);
  CHECK(flock(again, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK);
  CHECK(fcntl(again, 37, &open_lock) == -1 && (errno == EAGAIN || errno == EACCES));
  CHECK(flock(whole, LOCK_UN) == 0 && flock(again, LOCK_SH | LOCK_NB) == 0);
  return done();
}
