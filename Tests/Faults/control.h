// What Tests/faults.py and the preloaded library tell one another: a file that both map (Tests/Faults/harness.py has
// the same layout), so that the counts are there however the program ends.
#pragma once
#include <stdint.h>

enum kind {
  OPEN, READ, WRITE, CUT, SYNC, CLOSE, RENAME, LINK, REMOVE, FOLDER, MAP, MEMORY, MESSAGE, SOCKET, KINDS
};
enum mode { ONCE, FROM_THEN_ON, HALF };

struct control {
  // To the library: the fault, and what counts.
  int32_t kind;     // -1: only count
  int32_t at;       // the first call has 1
  int32_t code;     // errno
  int32_t mode;     // HALF: the call writes half of its bytes, the next one fails
  int32_t rank;     // the rank whose calls count; -1: every process's
  int32_t padding;
  int64_t large;    // bytes from which memory counts
  char program[256];  // processes of other programs are left alone
  char root[256];     // files below count
  char record[256];   // where writes and syncs are recorded; empty: nowhere
  // From the library.
  int32_t fired;
  int32_t process;
  int32_t counts[KINDS];
  char call[64];
  char path[512];
  char frames[2048];
};

// Whether the file `path`, or the open file `descriptor`, is one whose calls count.
int counted_path(const char *path, const void *caller);
int counted_file(int descriptor, const void *caller);
// Counts a call; its errno if it is the one that fails, and otherwise 0. -1: half of it is to be done.
int fault(enum kind kind, const char *call, const char *path, int descriptor);
extern struct control *control;

// record.c: the order of everything that changes files, for losses of power. The calls come after the change.
void record_begin(const char *file, const char *root);
void record_opened(int descriptor, const char *path, int is_new, int is_cut);
void record_written(int descriptor, const void *bytes, long count, long offset);
void record_cut(int descriptor, long bytes);
void record_synced(int descriptor);
void record_renamed(const char *old, const char *name);
void record_linked(const char *old, const char *name);
void record_removed(const char *path);
void record_folder(const char *path, int is_made);
long record_position(int descriptor);
int record_exists(const char *path);
