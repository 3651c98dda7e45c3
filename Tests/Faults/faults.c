// Preloaded into lcft: counts the calls of each kind and fails one of them, as the file that LCFT_FAULTS names says.
//
// What counts: of files, calls on paths below the test's folder, on temporary files named lcft-*, and on what the
// program opens itself outside /proc, /sys and /dev (by path; the paths of open files are known from their opening).
// Of memory, maps and nameless files, calls that come from the program, the Swift runtime, Foundation or HDF5 (by the
// caller's address). Of messages, the program's calls of MPI_*; of sockets, those of Open MPI's TCP transport. So
// nothing counts that MPI, the loader or the C library do on files of their own, and standard output and error never.
#define _GNU_SOURCE
#include "control.h"
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct control *control;
static char tracked[1 << 16];
static char folder[512];
static struct { uintptr_t start, end; int is_program; } ranges[64];
static int range_count;
static uintptr_t base;

static int note_range(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  int is_program = info->dlpi_name[0] == 0;
  static const char *const ours[] = {"libswift", "libFoundation", "lib_Foundation", "libhdf5", "libz.", "libdeflate"};
  int is_ours = is_program;
  for (unsigned n = 0; n < sizeof ours / sizeof *ours; n++) is_ours |= strstr(info->dlpi_name, ours[n]) != NULL;
  // The loader of the running system comes first, without a name, and so does the kernel's page.
  if (!is_ours) return 0;
  for (int n = 0; n < info->dlpi_phnum && range_count < 64; n++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[n];
    if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X)) continue;
    ranges[range_count].start = info->dlpi_addr + segment->p_vaddr;
    ranges[range_count].end = ranges[range_count].start + segment->p_memsz;
    ranges[range_count++].is_program = is_program;
  }
  if (is_program && base == 0) base = info->dlpi_addr;
  return 0;
}

static int is_ours(const void *caller) {
  uintptr_t address = (uintptr_t)caller;
  for (int n = 0; n < range_count; n++)
    if (address >= ranges[n].start && address < ranges[n].end) return 1;
  return 0;
}

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("LCFT_FAULTS");
  if (file == NULL) return;
  int descriptor = open(file, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return;
  struct control *found =
      mmap(NULL, sizeof *found, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  close(descriptor);
  char program[512];
  long length = readlink("/proc/self/exe", program, sizeof program - 1);
  if (found == MAP_FAILED || length <= 0) return;
  program[length] = 0;
  if (strcmp(program, found->program) != 0) return;
  const char *rank = getenv("OMPI_COMM_WORLD_RANK");
  if (found->rank >= 0 && rank != NULL && atoi(rank) != found->rank) return;
  if (getcwd(folder, sizeof folder) == NULL) folder[0] = 0;
  dl_iterate_phdr(note_range, NULL);
  // The first call loads a library.
  void *frames[2];
  backtrace(frames, 2);
  if (found->record[0]) record_begin(found->record, found->root);
  control = found;
}

static void absolute(const char *path, char *whole, size_t size) {
  if (path[0] == '/') snprintf(whole, size, "%s", path);
  else snprintf(whole, size, "%s/%s", folder, path);
}

int counted_path(const char *path, const void *caller) {
  if (control == NULL || path == NULL) return 0;
  char whole[1024];
  absolute(path, whole, sizeof whole);
  size_t length = strlen(control->root);
  if (strncmp(whole, control->root, length) == 0 && (whole[length] == '/' || whole[length] == 0)) return 1;
  const char *name = strrchr(whole, '/');
  if (name != NULL && strncmp(name, "/lcft-", 6) == 0) return 1;
  static const char *const systems[] = {"/proc/", "/sys/", "/dev/", "/etc/", "/usr/", "/lib"};
  for (unsigned n = 0; n < sizeof systems / sizeof *systems; n++)
    if (strncmp(whole, systems[n], strlen(systems[n])) == 0) return 0;
  return is_ours(caller);
}

int counted_file(int descriptor, const void *caller) {
  if (control == NULL) return 0;
  if (descriptor >= 0 && descriptor < (int)sizeof tracked && tracked[descriptor]) return 1;
  // A nameless file of memory.
  if (descriptor <= 2 || !is_ours(caller)) return 0;
  char link[64], name[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  long length = readlink(link, name, sizeof name - 1);
  return length > 7 && strncmp(name, "/memfd:", 7) == 0;
}

int counted_memory(long bytes, const void *caller) {
  return control != NULL && bytes >= control->large && is_ours(caller);
}

void track(int descriptor, int is_counted) {
  if (descriptor >= 0 && descriptor < (int)sizeof tracked) tracked[descriptor] = (char)is_counted;
}

int is_tracked(int descriptor) {
  return descriptor >= 0 && descriptor < (int)sizeof tracked && tracked[descriptor];
}

// Who asked, as offsets into the program for addr2line.
static void note(const char *call, const char *path, int descriptor) {
  snprintf(control->call, sizeof control->call, "%s", call);
  if (path != NULL) {
    snprintf(control->path, sizeof control->path, "%s", path);
  } else if (descriptor >= 0) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    long length = readlink(link, control->path, sizeof control->path - 1);
    control->path[length < 0 ? 0 : length] = 0;
  }
  void *frames[40];
  int count = backtrace(frames, 40);
  size_t used = 0;
  for (int n = 0; n < count && used + 32 < sizeof control->frames; n++) {
    uintptr_t address = (uintptr_t)frames[n];
    for (int range = 0; range < range_count; range++)
      if (ranges[range].is_program && address >= ranges[range].start && address < ranges[range].end)
        used += (size_t)snprintf(control->frames + used, 32, "0x%lx ", (unsigned long)(address - base - 1));
  }
  control->process = getpid();
}

static __thread int halved;

int fault(enum kind kind, const char *call, const char *path, int descriptor) {
  static __thread int is_noting;
  if (is_noting) return 0;
  int number = __atomic_add_fetch(&control->counts[kind], 1, __ATOMIC_SEQ_CST);
  if (control->kind != (int)kind) return 0;
  if (halved && number > control->at) {
    halved = 0;
    return control->code;
  }
  if (number != control->at && !(control->mode == FROM_THEN_ON && number > control->at)) return 0;
  if (number == control->at) {
    is_noting = 1;
    note(call, path, descriptor);
    is_noting = 0;
    __atomic_store_n(&control->fired, 1, __ATOMIC_SEQ_CST);
    if (control->mode == HALF) {
      halved = 1;
      return -1;
    }
  }
  return control->code;
}
