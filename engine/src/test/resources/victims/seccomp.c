#define STATEMENT(code, k) {(unsigned short)(code), 0, 0, k}
#define JUMP(code, k, t, f) {(unsigned short)(code), t, f, k}
static int filter(int call, int error) {
  struct sock_filter code[] = {
      STATEMENT(BPF_LD | BPF_W | BPF_ABS, 0),
      JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
      STATEMENT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      STATEMENT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {4, code};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
int main(int argc, char **argv) {
  (void)argc;
  open_board(argv[1]);
  CHECK(filter(SYS_getppid, 33) == 0);
  CHECK(filter(SYS_munmap, 34) == 0); /* would spoil the injected calls */
  CHECK(filter(SYS_prctl, 35) == 0);
  moved();
  CHECK(syscall(SYS_getppid) == -1 && errno == 33);
  CHECK(syscall(SYS_munmap, 0, 4096) == -1 && errno == 34);
  CHECK(syscall(SYS_prctl, PR_GET_DUMPABLE) == -1 && errno == 35);
  CHECK(syscall(SYS_getuid) == 0);
  return done();
}
