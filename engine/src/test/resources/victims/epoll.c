int main(int argc, char **argv) {
  (void)argc;
  open_board(argv[1]);
  int poller = epoll_create1(EPOLL_CLOEXEC), inner = epoll_create1(0), empty = epoll_create1(0);
  int a[2], b[2], c[2];
  CHECK(pipe(a) == 0 && pipe(b) == 0 && pipe(c) == 0);
  struct epoll_event e = {.events = EPOLLIN, .data.u64 = 0x1122334455667788ULL};
  CHECK(epoll_ctl(poller, EPOLL_CTL_ADD, a[0], &e) == 0);
  e = (struct epoll_event){.events = EPOLLIN | EPOLLET, .data.u64 = 2};
  CHECK(epoll_ctl(inner, EPOLL_CTL_ADD, b[0], &e) == 0);
  e = (struct epoll_event){.events = EPOLLIN, .data.u64 = 3};
  CHECK(epoll_ctl(poller, EPOLL_CTL_ADD, inner, &e) == 0);
  /* watched under a number that is closed, and under one that is another file now */
  int gone = dup(c[0]), taken = dup(c[0]);
  e = (struct epoll_event){.events = EPOLLIN, .data.u64 = 4};
  CHECK(epoll_ctl(poller, EPOLL_CTL_ADD, gone, &e) == 0);
  e = (struct epoll_event){.events = EPOLLIN, .data.u64 = 5};
  CHECK(epoll_ctl(poller, EPOLL_CTL_ADD, taken, &e) == 0);
  CHECK(close(gone) == 0);
  CHECK(dup3(a[1], taken, O_CLOEXEC) == taken);
  moved();
  struct epoll_event got[8];
  CHECK(epoll_wait(poller, got, 8, 0) == 0);
  CHECK(write(a[1], "x", 1) == 1);
  CHECK(epoll_wait(poller, got, 8, 1000) == 1 && got[0].data.u64 == 0x1122334455667788ULL);
  CHECK(epoll_ctl(poller, EPOLL_CTL_DEL, a[0], 0) == 0);
  CHECK(write(b[1], "x", 1) == 1);
  CHECK(epoll_wait(poller, got, 8, 1000) == 1 && got[0].data.u64 == 3);
  CHECK(epoll_wait(inner, got, 8, 1000) == 1 && got[0].data.u64 == 2);
  CHECK(epoll_wait(inner, got, 8, 0) == 0); /* edge-triggered */
  CHECK(write(c[1], "x", 1) == 1);
  CHECK(epoll_wait(poller, got, 8, 1000) == 2);
  CHECK(got[0].data.u64 + got[1].data.u64 == 9);
  CHECK(fcntl(gone, F_GETFD) == -1 && errno == EBADF);
  CHECK(write(taken, "y", 1) == 1 && fcntl(taken, F_GETFD) == FD_CLOEXEC);
  CHECK(epoll_wait(empty, got, 8, 0) == 0);
  return done();
}
