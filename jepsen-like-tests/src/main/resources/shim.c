/*
 * Stands between one process, into which it is loaded by LD_PRELOAD, and its system: makes storage
 * fail, keeps what a power cut would leave, and moves the wall clock. SHIM names a file that is
 * mapped into memory and shared with the test:
 *
 *   int32 mode, int32 argument, int64 hits, int64 clock, int64 looks, int32 lie, int32 storing
 *
 * mode 0: well; 1: fsync takes so many milliseconds more; 2: fsync fails (EIO); 3: the disk is full
 * (ENOSPC at each write and allocation); 4: the power is about to be cut, no fsync comes back; 5: no
 * fsync of a log comes back until the mode is another.
 * lie: a bit for each kind of fsync that is acknowledged and not done: 1 of a log, 2 of a folder,
 * 4 of any other file. storing: how many threads are changing the platter.
 * SHIM_FOLDER is the path that all concerned files are below, SHIM_PLATTER where is kept what a
 * power cut would leave of them; see platter.h.
 * clock: nanoseconds by which the wall clock is wrong; the monotonic clock and all waits stay true.
 * hits and looks count how often either was felt.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WELL, SLOW_SYNC, FAILING_SYNC, FULL, CUT, HELD_LOG };

enum { LIE_LOG = 1, LIE_FOLDER = 2, LIE_OTHER = 4 };

struct control {
  _Atomic int32_t mode;
  _Atomic int32_t argument;
  _Atomic int64_t hits;
  _Atomic int64_t clock;
  _Atomic int64_t looks;
  _Atomic int32_t lie;
  _Atomic int32_t storing;
};

static struct control *control;
static const char *folder;
static const char *platter;

__attribute__((constructor)) static void attach(void) {
  const char *path = getenv("SHIM");
  folder = getenv("SHIM_FOLDER");
  if (path == NULL || folder == NULL) {
    return;
  }
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    return;
  }
  void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped != MAP_FAILED) {
    control = mapped;
    platter = getenv("SHIM_PLATTER");
  }
}

/* Whether the file is below the folder, and its path. */
static int concerns(int fd, char path[4096]) {
  if (control == NULL) {
    return 0;
  }
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, 4095);
  if (length < 0) {
    return 0;
  }
  path[length] = 0;
  size_t above = strlen(folder);
  return strncmp(path, folder, above) == 0 && (path[above] == '/' || path[above] == 0);
}

/* Whether the mode is on for this file; counts if so. */
static int hit(int fd, int mode) {
  char path[4096];
  if (control == NULL || control->mode != mode || !concerns(fd, path)) {
    return 0;
  }
  control->hits++;
  return 1;
}

#define NEXT(name)                                   \
  ({                                                 \
    static __typeof__(&name) next;                   \
    if (next == NULL) next = dlsym(RTLD_NEXT, #name); \
    next;                                            \
  })

#include "platter.h"

static int kind_of(int fd, const char *path) {
  struct stat about;
  if (fstat(fd, &about) == 0 && S_ISDIR(about.st_mode)) {
    return LIE_FOLDER;
  }
  const char *name = strrchr(path, '/');
  return name != NULL && strncmp(name, "/log_", 5) == 0 ? LIE_LOG : LIE_OTHER;
}

/* Whoever finds the power cut stays here until the process is killed. */
static void store(int fd) {
  char path[4096];
  if (!concerns(fd, path)) {
    return;
  }
  if (control->lie & kind_of(fd, path)) {
    control->hits++;
    return;
  }
  control->storing++;
  while (control->mode == CUT) {
    control->storing--;
    pause();
    control->storing++;
  }
  platter_store(fd, path);
  control->storing--;
}

/* Waits as long as syncs of logs are held. */
static void hold(int fd) {
  char path[4096];
  if (control == NULL || control->mode != HELD_LOG || !concerns(fd, path) ||
      kind_of(fd, path) != LIE_LOG) {
    return;
  }
  control->hits++;
  while (control->mode == HELD_LOG) {
    struct timespec wait = {0, 1000000L};
    nanosleep(&wait, NULL);
  }
}

static int synced(int fd, int (*next)(int)) {
  hold(fd);
  if (hit(fd, SLOW_SYNC)) {
    struct timespec wait = {control->argument / 1000, control->argument % 1000 * 1000000L};
    nanosleep(&wait, NULL);
  }
  if (hit(fd, FAILING_SYNC)) {
    errno = EIO;
    return -1;
  }
  int result = next(fd);
  if (result == 0 && platter != NULL) {
    store(fd);
  }
  return result;
}

static int full(int fd) {
  if (hit(fd, FULL)) {
    errno = ENOSPC;
    return 1;
  }
  return 0;
}

/* After a write, since one that comes back while another thread forces need not be forced. */
static ssize_t written(int fd, off64_t at, ssize_t size) {
  char path[4096];
  struct stat about;
  if (size > 0 && platter != NULL && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) &&
      concerns(fd, path)) {
    int before = errno;
    off64_t from = at >= 0 ? at : lseek64(fd, 0, SEEK_CUR) - size;
    platter_dirty(about.st_ino, from, from + size);
    errno = before;
  }
  return size;
}

int fsync(int fd) { return synced(fd, NEXT(fsync)); }

int fdatasync(int fd) { return synced(fd, NEXT(fdatasync)); }

ssize_t write(int fd, const void *bytes, size_t size) {
  return full(fd) ? -1 : written(fd, -1, NEXT(write)(fd, bytes, size));
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  return full(fd) ? -1 : written(fd, at, NEXT(pwrite64)(fd, bytes, size, at));
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  return full(fd) ? -1 : written(fd, -1, NEXT(writev)(fd, parts, count));
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t size) {
  return full(to) ? -1 : written(to, -1, NEXT(sendfile64)(to, from, at, size));
}

int fallocate64(int fd, int mode, off64_t from, off64_t size) {
  if (full(fd)) {
    return -1;
  }
  int result = NEXT(fallocate64)(fd, mode, from, size);
  written(fd, from, result == 0 ? size : 0);
  return result;
}

/* What is cut off and grows again is zeros. */
int ftruncate64(int fd, off64_t size) {
  struct stat about;
  if (fstat(fd, &about) != 0) {
    return -1;
  }
  int result = NEXT(ftruncate64)(fd, size);
  if (result == 0 && about.st_size > size) {
    written(fd, size, about.st_size - size);
  }
  return result;
}

/* Not while a folder is read: it would be seen without either name. */
int rename(const char *from, const char *to) {
  int (*next)(const char *, const char *) = NEXT(rename);
  pthread_mutex_lock(&platter_lock);
  int result = next(from, to);
  pthread_mutex_unlock(&platter_lock);
  return result;
}

static void bend(struct timespec *time) {
  int64_t clock = control == NULL ? 0 : control->clock;
  if (clock == 0) {
    return;
  }
  control->looks++;
  int64_t nanos = time->tv_sec * 1000000000LL + time->tv_nsec + clock;
  time->tv_sec = nanos / 1000000000LL;
  time->tv_nsec = nanos % 1000000000LL;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = NEXT(clock_gettime)(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    bend(time);
  }
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}
