/* Sets up one thing that cannot be carried, says so, and echoes its input until that ends. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t subject; /* the process to be named; 0: this one */
static int semaphores = -1, queue = -1; /* to be removed at the end */

static void unavailable(const char *what) {
  printf("unavailable %s: %s\n", what, strerror(errno));
  fflush(stdout);
  exit(0);
}

#define NEED(call)                            \
  ({                                          \
    long need_result = (long)(call);          \
    if (need_result == -1) unavailable(#call); \
    need_result;                              \
  })

static int parked(void *unused) {
  (void)unused;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) pause();
}

static void *other_filter(void *unused) {
  struct sock_filter allow = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
  struct sock_fprog program = {1, &allow};
  NEED(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
  *(volatile int *)unused = 1;
  for (;;) pause();
}

static pid_t child(void) {
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) pause();
  }
  return pid;
}

static void descriptors(const char *what) {
  if (!strcmp(what, "io_uring")) {
    char params[120] = {0};
    NEED(syscall(425, 4, params));
  } else if (!strcmp(what, "netlink")) {
    NEED(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  } else if (!strcmp(what, "packet")) {
    NEED(socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)));
  } else if (!strcmp(what, "raw")) {
    NEED(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
  } else if (!strcmp(what, "perf")) {
    struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE, .size = sizeof attr};
    NEED(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
  } else if (!strcmp(what, "bpf")) {
    union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4,
                           .max_entries = 1};
    NEED(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr));
  } else if (!strcmp(what, "userfaultfd")) {
    NEED(syscall(SYS_userfaultfd, O_CLOEXEC));
  } else if (!strcmp(what, "fanotify")) {
    int fd = NEED(fanotify_init(FAN_CLASS_NOTIF, O_RDONLY));
    NEED(fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "/tmp"));
  } else if (!strcmp(what, "pidfd")) {
    NEED(syscall(SYS_pidfd_open, getppid(), 0));
  } else if (!strcmp(what, "namespace")) {
    NEED(open("/proc/self/ns/net", O_RDONLY));
  } else if (!strcmp(what, "fscontext")) {
    NEED(syscall(SYS_fsopen, "tmpfs", 0));
  } else if (!strcmp(what, "device")) {
    NEED(open("/dev/fuse", O_RDWR));
  } else if (!strcmp(what, "terminal_pair")) {
    NEED(open("/dev/ptmx", O_RDWR | O_NOCTTY));
  } else if (!strcmp(what, "lease")) {
    char name[] = "/tmp/godwit-lease-XXXXXX";
    int fd = NEED(mkstemp(name));
    unlink(name);
    NEED(fcntl(fd, F_SETLEASE, F_WRLCK));
  } else if (!strcmp(what, "mqueue")) {
    char name[64];
    snprintf(name, sizeof name, "/godwit-test-%d", getpid());
    NEED(mq_open(name, O_CREAT | O_RDWR, 0600, NULL));
    mq_unlink(name);
  } else if (!strcmp(what, "deleted_directory")) {
    char name[] = "/tmp/godwit-directory-XXXXXX";
    if (!mkdtemp(name)) unavailable("mkdtemp");
    NEED(open(name, O_RDONLY | O_DIRECTORY));
    rmdir(name);
  } else if (!strcmp(what, "deleted_big")) {
    char name[] = "/tmp/godwit-big-XXXXXX";
    int fd = NEED(mkstemp(name));
    unlink(name);
    NEED(ftruncate(fd, (1L << 30) + 1));
  } else if (!strcmp(what, "tcp")) {
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof any;
    int server = NEED(socket(AF_INET, SOCK_STREAM, 0));
    NEED(bind(server, (struct sockaddr *)&any, sizeof any));
    NEED(listen(server, 1));
    NEED(getsockname(server, (struct sockaddr *)&any, &length));
    int client = NEED(socket(AF_INET, SOCK_STREAM, 0));
    NEED(connect(client, (struct sockaddr *)&any, sizeof any));
  }
}

static void memory(const char *what) {
  if (!strcmp(what, "aio")) {
    aio_context_t ring = 0;
    NEED(syscall(SYS_io_setup, 8, &ring));
  } else if (!strcmp(what, "huge")) {
    NEED(mmap(0, 2 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE, -1, 0));
  } else if (!strcmp(what, "secret")) {
    int fd = NEED(syscall(447, 0));
    NEED(ftruncate(fd, 4096));
    NEED(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    close(fd);
  } else if (!strcmp(what, "sysv")) {
    int id = NEED(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600));
    NEED(shmat(id, 0, 0));
    shmctl(id, IPC_RMID, 0);
  } else if (!strcmp(what, "semaphore")) {
    semaphores = NEED(semget(IPC_PRIVATE, 2, 0600));
    struct sembuf up = {1, 1, 0};
    NEED(semop(semaphores, &up, 1));
  } else if (!strcmp(what, "queue")) {
    struct { long type; char text[1]; } message = {1, "x"};
    queue = NEED(msgget(IPC_PRIVATE, 0600));
    NEED(msgsnd(queue, &message, 1, 0));
  } else if (!strcmp(what, "ipc_outside")) {
    NEED(unshare(CLONE_NEWIPC));
    NEED(shmget(IPC_PRIVATE, 4096, 0600));
    (void)child();
    subject = child();
  } else if (!strcmp(what, "shared_outside")) {
    NEED(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    subject = child();
  }
}

static void processes(const char *what) {
  int pair[2];
  if (!strcmp(what, "pipe_outside")) {
    NEED(pipe(pair));
    subject = child();
  } else if (!strcmp(what, "socket_outside")) {
    NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    subject = child();
    close(pair[1]);
  } else if (!strcmp(what, "deadline")) {
    struct { unsigned size, policy; unsigned long flags; int nice; unsigned priority;
             unsigned long runtime, deadline, period; } attr =
        {48, 6, 0, 0, 0, 1000000, 10000000, 10000000};
    NEED(syscall(SYS_sched_setattr, 0, &attr, 0));
  } else if (!strcmp(what, "strict")) {
    subject = fork();
    if (subject == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
      for (;;) { }
    }
    char path[64], text[4096] = "";
    snprintf(path, sizeof path, "/proc/%d/status", subject);
    for (int i = 0; i < 1000000 && !strstr(text, "Seccomp:\t1"); i++) {
      FILE *file = fopen(path, "r");
      text[fread(text, 1, sizeof text - 1, file)] = 0;
      fclose(file);
    }
  } else if (!strcmp(what, "traced")) {
    subject = child();
    NEED(ptrace(PTRACE_SEIZE, subject, 0, 0));
  } else if (!strcmp(what, "namespaces")) {
    subject = getpid();
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      NEED(unshare(CLONE_NEWUTS));
      printf("ready %d %d\n", getppid(), getpid());
      fflush(stdout);
      for (;;) pause();
    }
    subject = -1;
  } else if (!strcmp(what, "shared_tables")) {
    static char stack[65536];
    int pid = NEED(clone(parked, stack + sizeof stack, CLONE_FILES | SIGCHLD, 0));
    printf("ready %d %d\n", getpid(), pid);
    fflush(stdout);
    subject = -1;
  } else if (!strcmp(what, "threads")) {
    static volatile int done;
    pthread_t thread;
    pthread_create(&thread, 0, other_filter, (void *)&done);
    while (!done) sched_yield();
  } else if (!strcmp(what, "uninterruptible")) {
    subject = fork();
    if (subject == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (vfork() == 0) { /* its parent waits in state D until it ends */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) pause();
      }
    }
    char path[64], text[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", subject);
    for (int i = 0; i < 1000000 && !strstr(text, ") D "); i++) {
      FILE *file = fopen(path, "r");
      text[fread(text, 1, sizeof text - 1, file)] = 0;
      fclose(file);
    }
  }
}

int main(int argc, char **argv) {
  (void)argc;
  descriptors(argv[1]);
  memory(argv[1]);
  processes(argv[1]);
  if (subject != -1) {
    printf("ready %d\n", subject ? subject : getpid());
    fflush(stdout);
  }
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    printf("still here %s", line);
    fflush(stdout);
  }
  if (subject > 0) kill(subject, SIGKILL);
  if (semaphores >= 0) semctl(semaphores, 0, IPC_RMID);
  if (queue >= 0) msgctl(queue, IPC_RMID, 0);
  return 0;
}
