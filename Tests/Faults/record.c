// The order of everything that changes files below the test's folder, for Tests/Faults/power.py: one record per change,
//
//   uint32 operation, process, length of path, length of other; uint64 file (inode), number, count; path, other
//
// `other` is a second path or the bytes that were written. Descriptors are named by inodes; a record with `count` 1 at an
// opening says that the inode is a new file's.
#define _GNU_SOURCE
#include "control.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum operation { OPENED = 1, WRITTEN, CUT_TO, SYNCED, RENAMED, LINKED, REMOVED, MADE_FOLDER, REMOVED_FOLDER };

static int record = -1;
static char root[256], folder[512];

void record_begin(const char *file, const char *below) {
  record = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  snprintf(root, sizeof root, "%s", below);
  if (getcwd(folder, sizeof folder) == NULL) folder[0] = 0;
}

// The path below the test's folder; NULL if it is elsewhere.
static const char *within(const char *path, char *whole, size_t size) {
  snprintf(whole, size, "%s%s%s", path[0] == '/' ? "" : folder, path[0] == '/' ? "" : "/", path);
  size_t length = strlen(root);
  if (strncmp(whole, root, length) != 0) return NULL;
  return whole[length] == '/' ? whole + length + 1 : whole[length] == 0 ? whole + length : NULL;
}

static void add(uint32_t operation, uint64_t file, uint64_t number, uint64_t count, const char *path, const void *other,
                uint32_t bytes) {
  struct { uint32_t operation, process, path, other; uint64_t file, number, count; } head = {
      operation, (uint32_t)getpid(), (uint32_t)strlen(path), bytes, file, number, count};
  size_t whole = sizeof head + head.path + bytes;
  char *text = malloc(whole);
  memcpy(text, &head, sizeof head);
  memcpy(text + sizeof head, path, head.path);
  if (bytes > 0) memcpy(text + sizeof head + head.path, other, bytes);
  // One write: records of several ranks do not mix.
  if (syscall(SYS_write, record, text, whole) != (long)whole) abort();
  free(text);
}

static uint64_t inode(int descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

int record_exists(const char *path) {
  struct stat status;
  return record >= 0 && stat(path, &status) == 0;
}

long record_position(int descriptor) {
  if (record < 0) return 0;
  struct stat status;
  int flags = (int)syscall(SYS_fcntl, descriptor, F_GETFL);
  if (flags & O_APPEND) return fstat(descriptor, &status) == 0 ? status.st_size : 0;
  return lseek(descriptor, 0, SEEK_CUR);
}

void record_opened(int descriptor, const char *path, int is_new, int is_cut) {
  char whole[1024];
  const char *name = record < 0 ? NULL : within(path, whole, sizeof whole);
  if (name != NULL) add(OPENED, inode(descriptor), (uint64_t)(is_cut != 0), (uint64_t)is_new, name, NULL, 0);
}

void record_written(int descriptor, const void *bytes, long count, long offset) {
  if (record >= 0 && count > 0)
    add(WRITTEN, inode(descriptor), (uint64_t)offset, (uint64_t)count, "", bytes, (uint32_t)count);
}

void record_cut(int descriptor, long bytes) {
  if (record >= 0) add(CUT_TO, inode(descriptor), (uint64_t)bytes, 0, "", NULL, 0);
}

void record_synced(int descriptor) {
  if (record >= 0) add(SYNCED, inode(descriptor), 0, 0, "", NULL, 0);
}

static void names(enum operation operation, const char *old, const char *name) {
  char first[1024], second[1024];
  const char *from = record < 0 ? NULL : within(old, first, sizeof first);
  const char *to = record < 0 ? NULL : within(name, second, sizeof second);
  if (from != NULL && to != NULL) add(operation, 0, 0, 0, from, to, (uint32_t)strlen(to));
}

void record_renamed(const char *old, const char *name) { names(RENAMED, old, name); }
void record_linked(const char *old, const char *name) { names(LINKED, old, name); }
void record_removed(const char *path) { names(REMOVED, path, path); }
void record_folder(const char *path, int is_made) {
  char whole[1024];
  const char *name = record < 0 ? NULL : within(path, whole, sizeof whole);
  struct stat status;
  uint64_t number = is_made && stat(path, &status) == 0 ? status.st_ino : 0;
  if (name != NULL) add(is_made ? MADE_FOLDER : REMOVED_FOLDER, number, 0, 0, name, NULL, 0);
}
