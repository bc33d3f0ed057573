/* What the victims share: a failed check tells its line and waits for its end. */
#include <arpa/inet.h>
#include <dirent.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>

static void failed(int line) {
  board[3] = line;
  board[4] = errno;
  board[1] = -1;
  for (;;) pause();
}
#define CHECK(condition)                 \
  do {                                   \
    errno = 0;                           \
    if (!(condition)) failed(__LINE__);  \
    board[2]++;                          \
  } while (0)
static void moved(void) {
  board[0] = 1;
  while (!board[10]) nap(1000000);
}
static int done(void) {
  board[1] = 1;
  for (;;) pause();
}
static int holds(int fd, const char *text) {
  char got[256] = {0};
  ssize_t n = read(fd, got, sizeof got - 1);
  return n == (ssize_t)strlen(text) && !memcmp(got, text, n);
}
