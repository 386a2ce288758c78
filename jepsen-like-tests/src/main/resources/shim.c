/*
 * Stands between one process, into which it is loaded by LD_PRELOAD, and its system: makes storage
 * fail and moves the wall clock. SHIM names a file that is mapped into memory and shared with the
 * test:
 *
 *   int32 mode, int32 argument, int64 hits, int64 clock, int64 looks
 *
 * mode 0: well; 1: fsync takes so many milliseconds more; 2: fsync fails (EIO); 3: the disk is full
 * (ENOSPC at each write and allocation). SHIM_FOLDER is the path that all concerned files are below.
 * clock: nanoseconds by which the wall clock is wrong; the monotonic clock and all waits stay true.
 * hits and looks count how often either was felt.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WELL, SLOW_SYNC, FAILING_SYNC, FULL };

struct control {
  _Atomic int32_t mode;
  _Atomic int32_t argument;
  _Atomic int64_t hits;
  _Atomic int64_t clock;
  _Atomic int64_t looks;
};

static struct control *control;
static const char *folder;

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
  }
}

/* Whether the mode is on for this file; counts if so. */
static int hit(int fd, int mode) {
  if (control == NULL || control->mode != mode) {
    return 0;
  }
  char link[64];
  char path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) {
    return 0;
  }
  path[length] = 0;
  if (strncmp(path, folder, strlen(folder)) != 0) {
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

static int synced(int fd, int (*next)(int)) {
  if (hit(fd, SLOW_SYNC)) {
    struct timespec wait = {control->argument / 1000, control->argument % 1000 * 1000000L};
    nanosleep(&wait, NULL);
  }
  if (hit(fd, FAILING_SYNC)) {
    errno = EIO;
    return -1;
  }
  return next(fd);
}

static int full(int fd) {
  if (hit(fd, FULL)) {
    errno = ENOSPC;
    return 1;
  }
  return 0;
}

int fsync(int fd) { return synced(fd, NEXT(fsync)); }

int fdatasync(int fd) { return synced(fd, NEXT(fdatasync)); }

ssize_t write(int fd, const void *bytes, size_t size) {
  return full(fd) ? -1 : NEXT(write)(fd, bytes, size);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  return full(fd) ? -1 : NEXT(pwrite64)(fd, bytes, size, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  return full(fd) ? -1 : NEXT(writev)(fd, parts, count);
}

int fallocate64(int fd, int mode, off64_t from, off64_t size) {
  return full(fd) ? -1 : NEXT(fallocate64)(fd, mode, from, size);
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
