static void *same(void *unused) {
  (void)unused;
  while (!board[22]) nap(1000000);
  uid_t r, e, s;
  syscall(SYS_getresuid, &r, &e, &s);
  board[23] = r == 1234 && e == 1235 && s == 1236 ? 1 : 2;
  return 0;
}
static char *line(const char *name) {
  static char text[8192];
  int fd = open("/proc/self/status", O_RDONLY);
  text[read(fd, text, sizeof text - 1)] = 0;
  close(fd);
  char *at = strstr(text, name);
  return at ? strtok(at + strlen(name), "\n") : "";
}
int main(int argc, char **argv) {
  (void)argc;
  open_board(argv[1]);
  gid_t groups[] = {7, 4000000000u, 12}, got[10];
  CHECK(setgroups(3, groups) == 0);
  CHECK(prctl(PR_CAPBSET_DROP, 25 /* CAP_SYS_TIME */) == 0);
  CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
  CHECK(setresgid(2345, 2346, 2347) == 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, 0, same, 0) == 0);
  CHECK(setresuid(1234, 1235, 1236) == 0); /* of both threads; what follows is of this one */
  struct { uint32_t version; int pid; } header = {0x20080522, 0};
  struct { uint32_t effective, permitted, inheritable; } caps[2] = {
      {1u << 10, 1u << 10 | 1u << 7, 1u << 10}, {0, 0, 0}};
  CHECK(syscall(SYS_capset, &header, caps) == 0);
  CHECK(prctl(47 /* PR_CAP_AMBIENT */, 2, 10, 0, 0) == 0);
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
  moved();
  uid_t r, e, s;
  CHECK(getresuid(&r, &e, &s) == 0 && r == 1234 && e == 1235 && s == 1236);
  CHECK(getresgid(&r, &e, &s) == 0 && r == 2345 && e == 2346 && s == 2347);
  CHECK(setfsuid(-1) == 1235 && setfsgid(-1) == 2346);
  CHECK(getgroups(10, got) == 3);
  int found = 0;
  for (int i = 0; i < 3; i++) found |= got[i] == 7 ? 1 : got[i] == 12 ? 2 : got[i] == 4000000000u ? 4 : 8;
  CHECK(found == 7);
  CHECK(syscall(SYS_capget, &header, caps) == 0);
  CHECK(caps[0].effective == 1u << 10 && caps[0].permitted == (1u << 10 | 1u << 7));
  CHECK(caps[0].inheritable == 1u << 10 && caps[1].permitted == 0);
  CHECK(prctl(47, 1, 10, 0, 0) == 1 && prctl(47, 1, 7, 0, 0) == 0);
  CHECK(prctl(PR_CAPBSET_READ, 25) == 0 && prctl(PR_CAPBSET_READ, 10) == 1);
  CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
  CHECK(prctl(PR_GET_KEEPCAPS) == 1);
  CHECK(prctl(PR_GET_DUMPABLE) == 1);
  CHECK(strstr(line("CapAmb:"), "400"));
  board[22] = 1;
  while (!board[23]) nap(1000000);
  CHECK(board[23] == 1);
  return done();
}
