/*
 * What a power cut would leave of a folder, kept beside it:
 *
 *   bytes/<inode>   what was forced of a file
 *   names/<inode>/  what was forced of a folder: a hard link to the bytes of each file, and a
 *                   symbolic link to the names of each folder in it
 *   held/<inode>    a second name of each file itself, so that no other gets its inode; folders are
 *                   kept open for the same reason
 *
 * fsync of a file brings its bytes. That of a file which was never forced brings all names too, and
 * that of a folder its names: so do ext4 and xfs, whose journals keep the order of such changes. A
 * rename alone brings nothing.
 */
#define PLATTER_FILES 4096

static pthread_mutex_t platter_lock = PTHREAD_MUTEX_INITIALIZER;

/* From where to where a file was written since it was forced; places are found by the inode. */
static struct {
  ino64_t inode;
  off64_t from;
  off64_t until;
} platter_written[PLATTER_FILES];

/* What no test may go on from: that the platter is not what it says. */
static void platter_broken(const char *what) {
  static const char words[] = "platter: out of order: ";
  NEXT(write)(2, words, sizeof words - 1);
  NEXT(write)(2, what, strlen(what));
  NEXT(write)(2, "\n", 1);
  _exit(99);
}

static int platter_place(ino64_t inode) {
  for (int i = 0; i < PLATTER_FILES; i++) {
    int place = (inode + i) % PLATTER_FILES;
    if (platter_written[place].inode == inode || platter_written[place].inode == 0) {
      platter_written[place].inode = inode;
      return place;
    }
  }
  platter_broken("too many files");
  return 0;
}

static void platter_dirty(ino64_t inode, off64_t from, off64_t until) {
  pthread_mutex_lock(&platter_lock);
  int place = platter_place(inode);
  int clean = platter_written[place].until == 0;
  if (clean || from < platter_written[place].from) {
    platter_written[place].from = from;
  }
  if (clean || until > platter_written[place].until) {
    platter_written[place].until = until;
  }
  pthread_mutex_unlock(&platter_lock);
}

static void platter_path(char path[4096], const char *kind, ino64_t inode) {
  snprintf(path, 4096, "%s/%s/%llu", platter, kind, (unsigned long long)inode);
}

/* The file's bytes, made empty if they are not there: then it answers 1. */
static int platter_open(const char *file, ino64_t inode, int *bytes) {
  char path[4096];
  platter_path(path, "bytes", inode);
  *bytes = open(path, O_WRONLY | O_CLOEXEC);
  if (*bytes >= 0) {
    return 0;
  }
  *bytes = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (*bytes < 0) {
    platter_broken(path);
  }
  platter_path(path, "held", inode);
  link(file, path);
  return 1;
}

static void platter_copy(int fd, int bytes, off64_t from, off64_t until) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  int source = open(link, O_RDONLY | O_CLOEXEC);
  char block[1 << 16];
  while (source >= 0 && from < until) {
    size_t left = until - from;
    size_t size = left < sizeof block ? left : sizeof block;
    ssize_t got = pread(source, block, size, from);
    if (got <= 0) {
      break;
    }
    if (NEXT(pwrite64)(bytes, block, got, from) != got) {
      platter_broken("no room");
    }
    from += got;
  }
  if (source < 0) {
    platter_broken(link);
  }
  close(source);
}

static void platter_empty(const char *names) {
  DIR *entries = opendir(names);
  struct dirent64 *entry;
  char path[4096 + 257];
  while (entries != NULL && (entry = readdir64(entries)) != NULL) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
      snprintf(path, sizeof path, "%s/%s", names, entry->d_name);
      unlink(path);
    }
  }
  if (entries != NULL) {
    closedir(entries);
  }
}

static void platter_hold(const char *path) {
  if (open(path, O_PATH | O_CLOEXEC) < 0) {
    platter_broken(path);
  }
}

static void platter_hold_below(const char *path) {
  platter_hold(path);
  DIR *entries = opendir(path);
  struct dirent64 *entry;
  while (entries != NULL && (entry = readdir64(entries)) != NULL) {
    char below[4096 + 257];
    snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
    if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
        strcmp(entry->d_name, "..") != 0) {
      platter_hold_below(below);
    }
  }
  if (entries != NULL) {
    closedir(entries);
  }
}

/* Brings the names in a folder, and in those below it too if all are to be. */
static void platter_names(const char *path, int all) {
  struct stat64 about;
  DIR *entries = opendir(path);
  if (entries == NULL || fstat64(dirfd(entries), &about) != 0) {
    return;
  }
  char names[4096];
  platter_path(names, "names", about.st_ino);
  if (mkdir(names, 0700) == 0) {
    platter_hold(path);
  }
  platter_empty(names);
  struct dirent64 *entry;
  while ((entry = readdir64(entries)) != NULL) {
    char below[4096 + 257], name[4096 + 257], target[4096];
    struct stat64 what;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
      continue;
    }
    snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
    snprintf(name, sizeof name, "%s/%s", names, entry->d_name);
    if (lstat64(below, &what) != 0) {
      continue;
    }
    if (S_ISDIR(what.st_mode)) {
      platter_path(target, "names", what.st_ino);
      if (mkdir(target, 0700) == 0) {
        platter_hold(below);
      }
      snprintf(target, sizeof target, "../%llu", (unsigned long long)what.st_ino);
      symlink(target, name);
      if (all) {
        platter_names(below, all);
      }
    } else if (S_ISREG(what.st_mode)) {
      int bytes;
      platter_open(below, what.st_ino, &bytes);
      close(bytes);
      platter_path(target, "bytes", what.st_ino);
      link(target, name);
    }
  }
  closedir(entries);
}

static void platter_bytes(int fd, const char *path, const struct stat64 *about) {
  int bytes;
  int is_new = platter_open(path, about->st_ino, &bytes);
  int place = platter_place(about->st_ino);
  off64_t until = platter_written[place].until;
  platter_copy(fd, bytes, platter_written[place].from, until < about->st_size ? until : about->st_size);
  platter_written[place].until = 0;
  if (NEXT(ftruncate64)(bytes, about->st_size) != 0) {
    platter_broken(path);
  }
  close(bytes);
  if (is_new) {
    platter_names(folder, 1);
  }
}

static void platter_store(int fd, const char *path) {
  static int holds;
  pthread_mutex_lock(&platter_lock);
  if (!holds) {
    holds = 1;
    platter_hold_below(folder);
  }
  struct stat64 about;
  if (fstat64(fd, &about) == 0) {
    if (S_ISDIR(about.st_mode)) {
      platter_names(path, 0);
    } else {
      platter_bytes(fd, path, &about);
    }
  }
  pthread_mutex_unlock(&platter_lock);
}
