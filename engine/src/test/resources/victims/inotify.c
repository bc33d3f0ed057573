int main(int argc, char **argv) {
  (void)argc;
  open_board(argv[1]);
  char one[4096], two[4096], made[5000];
  snprintf(one, sizeof one, "%s.one", argv[1]);
  snprintf(two, sizeof two, "%s.two", argv[1]);
  CHECK(mkdir(one, 0700) == 0 && mkdir(two, 0700) == 0);
  int watcher = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), none = inotify_init1(0);
  CHECK(inotify_add_watch(watcher, one, IN_CREATE) == 1);
  CHECK(inotify_add_watch(watcher, two, IN_DELETE) == 2);
  CHECK(inotify_rm_watch(watcher, 1) == 0);
  char buffer[4096] __attribute__((aligned(8)));
  CHECK(read(watcher, buffer, sizeof buffer) > 0); /* IN_IGNORED */
  CHECK(inotify_add_watch(watcher, one, IN_CREATE | IN_CLOSE_WRITE) == 3);
  moved();
  CHECK(read(watcher, buffer, sizeof buffer) == -1 && errno == EAGAIN);
  snprintf(made, sizeof made, "%s/file", one);
  int fd = open(made, O_CREAT | O_WRONLY, 0600);
  CHECK(fd >= 0 && close(fd) == 0);
  struct inotify_event *event = (struct inotify_event *)buffer;
  CHECK(read(watcher, buffer, sizeof buffer) > 0);
  CHECK(event->wd == 3 && event->mask == IN_CREATE && !strcmp(event->name, "file"));
  CHECK(inotify_rm_watch(watcher, 2) == 0);
  CHECK(inotify_rm_watch(watcher, 1) == -1 && errno == EINVAL);
  CHECK(fcntl(none, F_GETFL) != -1);
  return done();
}
