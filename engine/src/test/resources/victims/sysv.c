/* System V objects of a namespace of its own. */
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
enum { PAGE = 4096, BIG = 64 << 20 };
struct message { long type; char text[128]; };
static int segment(key_t key, size_t size, int mode, int seq) {
  int id = -1; /* ids that a new namespace would not give: the numbers have been used before */
  for (int i = 0; i < seq; i++) {
    CHECK((id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600)) >= 0);
    CHECK(shmctl(id, IPC_RMID, 0) == 0);
  }
  CHECK((id = shmget(key, size, IPC_CREAT | IPC_EXCL | mode)) >= 0);
  return id;
}
static struct shmid_ds status(int id) {
  struct shmid_ds got;
  CHECK(shmctl(id, IPC_STAT, &got) == 0);
  return got;
}
static long resident(int id) { /* bytes of the segment that exist */
  char line[512];
  long found = -1, rss;
  int other;
  FILE *table = fopen("/proc/sysvipc/shm", "r");
  CHECK(table && fgets(line, sizeof line, table));
  while (fgets(line, sizeof line, table))
    if (sscanf(line, "%*d %d %*o %*u %*d %*d %*u %*u %*u %*u %*u %*u %*u %*u %ld", &other, &rss) == 2 &&
        other == id)
      found = rss;
  fclose(table);
  return found;
}
static void await_call(pid_t pid, long number) {
  char path[64], text[64] = "";
  snprintf(path, sizeof path, "/proc/%d/syscall", pid);
  while (atol(text) != number) {
    FILE *file = fopen(path, "r");
    CHECK(file);
    if (!fgets(text, sizeof text, file)) text[0] = 0;
    fclose(file);
    nap(1000000);
  }
}
static int op(int set, int number, int add, int flags) {
  struct sembuf one = {number, add, flags};
  return semop(set, &one, 1);
}
int main(int argc, char **argv) {
  (void)argc;
  open_board(argv[1]);
  board[31] = unshare(CLONE_NEWIPC) ? errno : 0;
  if (board[31]) return done();
  /* Shared memory: attached twice, not attached, removed, in parts, sparse. */
  int twice = segment(0x1234, 3 * PAGE + 100, 0640, 3);
  char *a1 = shmat(twice, 0, 0), *a2 = shmat(twice, 0, SHM_RDONLY);
  CHECK(a1 != (void *)-1 && a2 != (void *)-1);
  strcpy(a1, "first page");
  strcpy(a1 + 2 * PAGE, "third page");
  struct shmid_ds owner = status(twice);
  owner.shm_perm.uid = 1234;
  owner.shm_perm.gid = 4321;
  CHECK(shmctl(twice, IPC_SET, &owner) == 0);
  int alone = segment(IPC_PRIVATE, 2 * PAGE, 0600, 1);
  char *b = shmat(alone, 0, 0);
  strcpy(b + PAGE, "nobody looks");
  CHECK(shmdt(b) == 0);
  int removed = segment(0x99, PAGE, 0600, 0);
  char *c = shmat(removed, 0, 0);
  CHECK(shmctl(removed, IPC_RMID, 0) == 0);
  strcpy(c, "removed");
  int parts = segment(0x55, 4 * PAGE, 0600, 2);
  char *d = shmat(parts, 0, 0);
  for (int i = 0; i < 4; i++) d[i * PAGE] = 'a' + i;
  CHECK(munmap(d + PAGE, PAGE) == 0 && mprotect(d + 2 * PAGE, PAGE, PROT_READ) == 0);
  int sparse = segment(0x56, BIG, 0600, 0);
  char *e = shmat(sparse, 0, 0);
  e[BIG / 2] = 'x';
  /* Semaphores: values, adjustments of two processes, one that waits. */
  CHECK(semctl(semget(IPC_PRIVATE, 1, 0600), 0, IPC_RMID) == 0);
  int set = semget(0x77, 3, IPC_CREAT | 0660), idle = semget(IPC_PRIVATE, 2, 0600);
  CHECK(set >= 0 && idle >= 0);
  unsigned short values[3] = {5, 0, 7};
  CHECK(semctl(set, 0, SETALL, values) == 0);
  CHECK(op(set, 2, 1, SEM_UNDO) == 0);
  /* A queue with messages in their order, less room than usual, one who waits. */
  int queue = msgget(0x78, IPC_CREAT | 0600);
  struct message m = {3, "three"};
  CHECK(msgsnd(queue, &m, 10, 0) == 0);
  m.type = 1;
  CHECK(msgsnd(queue, &m, 0, 0) == 0);
  m.type = 3;
  memset(m.text, 'y', sizeof m.text);
  CHECK(msgsnd(queue, &m, 128, 0) == 0);
  struct msqid_ds room;
  CHECK(msgctl(queue, IPC_STAT, &room) == 0);
  room.msg_qbytes = 5000;
  CHECK(msgctl(queue, IPC_SET, &room) == 0);
  pid_t waiter = fork();
  if (waiter == 0) {
    if (op(set, 0, -2, SEM_UNDO)) _exit(1);
    struct sembuf both[2] = {{1, -1, 0}, {1, 0, 0}};
    _exit(semop(set, both, 2) ? 2 : c[0] == 'r' ? 42 : 3);
  }
  pid_t receiver = fork();
  if (receiver == 0)
    _exit(msgrcv(queue, &m, sizeof m.text, 99, 0) == 4 && !memcmp(m.text, "late", 4) ? 43 : 1);
  while (semctl(set, 1, GETNCNT) != 1) nap(1000000);
  await_call(receiver, SYS_msgrcv);
  unsigned long attached = status(twice).shm_nattch, pieces = status(parts).shm_nattch;
  moved();
  CHECK(shmget(0x1234, 0, 0) == twice && semget(0x77, 0, 0) == set && msgget(0x78, 0) == queue);
  CHECK(!strcmp(a1, "first page") && !strcmp(a2 + 2 * PAGE, "third page") && a1[PAGE] == 0);
  strcpy(a1, "seen by both");
  CHECK(!strcmp(a2, "seen by both"));
  struct shmid_ds now_ = status(twice);
  CHECK(now_.shm_nattch == attached && now_.shm_segsz == 3 * PAGE + 100);
  CHECK((now_.shm_perm.mode & 0777) == 0640);
  CHECK(now_.shm_perm.uid == 1234 && now_.shm_perm.gid == 4321 && now_.shm_perm.cuid == 0);
  CHECK(mprotect(a2, PAGE, PROT_READ | PROT_WRITE) == -1 && errno == EACCES);
  CHECK(shmdt(a2) == 0 && status(twice).shm_nattch == attached - 1);
  CHECK(status(alone).shm_nattch == 0);
  b = shmat(alone, 0, 0);
  CHECK(!strcmp(b + PAGE, "nobody looks") && b[0] == 0);
  CHECK(status(removed).shm_perm.mode & SHM_DEST);
  CHECK(!strcmp(c, "removed") && shmget(0x99, 0, 0) == -1);
  CHECK(status(parts).shm_nattch == pieces);
  CHECK(d[0] == 'a' && d[2 * PAGE] == 'c' && d[3 * PAGE] == 'd');
  CHECK(mprotect(d + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE) == 0);
  CHECK(shmdt(d) == 0 && mprotect(d + 3 * PAGE, PAGE, PROT_READ) == -1);
  CHECK(e[BIG / 2] == 'x' && resident(sparse) == PAGE && e[0] == 0);
  /* Semaphores: the waiter goes on, and its end gives back what it took. */
  CHECK(semctl(set, 0, GETVAL) == 3 && semctl(set, 1, GETVAL) == 0 && semctl(set, 2, GETVAL) == 8);
  struct semid_ds times;
  CHECK(semctl(set, 0, IPC_STAT, &times) == 0 && times.sem_otime != 0);
  CHECK(semctl(idle, 0, IPC_STAT, &times) == 0 && times.sem_otime == 0 && times.sem_nsems == 2);
  while (semctl(set, 1, GETNCNT) != 1) nap(1000000);
  CHECK(op(set, 1, 1, 0) == 0);
  int result = 0;
  CHECK(waitpid(waiter, &result, 0) == waiter && WIFEXITED(result) && WEXITSTATUS(result) == 42);
  CHECK(semctl(set, 0, GETVAL) == 5);
  /* This process's own adjustment shows in what a share of it does at its end. */
  CHECK(unshare(CLONE_SYSVSEM) == 0 && semctl(set, 2, GETVAL) == 7);
  /* The queue. */
  CHECK(msgctl(queue, IPC_STAT, &room) == 0 && room.msg_qbytes == 5000 && room.msg_qnum == 3);
  CHECK(msgrcv(queue, &m, sizeof m.text, 0, IPC_NOWAIT) == 10 && m.type == 3);
  CHECK(!strcmp(m.text, "three"));
  CHECK(msgrcv(queue, &m, sizeof m.text, 0, IPC_NOWAIT) == 0 && m.type == 1);
  CHECK(msgrcv(queue, &m, sizeof m.text, 3, IPC_NOWAIT) == 128 && m.text[127] == 'y');
  m.type = 99;
  memcpy(m.text, "late", 4);
  CHECK(msgsnd(queue, &m, 4, 0) == 0);
  CHECK(waitpid(receiver, &result, 0) == receiver && WEXITSTATUS(result) == 43);
  CHECK(status(removed).shm_nattch == 1);
  CHECK(shmdt(c) == 0 && shmctl(removed, IPC_STAT, &now_) == -1);
  return done();
}
