// MPI's calls that send, receive or wait, and the sockets of Open MPI's TCP transport. A call that fails does nothing
// and returns an error code, as a call on a broken connection does where errors are returned.
#define _GNU_SOURCE
#include "control.h"
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <mpi.h>

#define REAL(name) \
  static __typeof__(&name) real; \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define MESSAGE(name, parameters, arguments) \
  int name parameters { \
    REAL(name); \
    if (control != NULL && fault(MESSAGE, #name, NULL, -1) != 0) return MPI_ERR_OTHER; \
    return real arguments; \
  }

MESSAGE(MPI_Send, (const void *a, int b, MPI_Datatype c, int d, int e, MPI_Comm f), (a, b, c, d, e, f))
MESSAGE(MPI_Recv, (void *a, int b, MPI_Datatype c, int d, int e, MPI_Comm f, MPI_Status *g), (a, b, c, d, e, f, g))
MESSAGE(MPI_Isend, (const void *a, int b, MPI_Datatype c, int d, int e, MPI_Comm f, MPI_Request *g),
        (a, b, c, d, e, f, g))
MESSAGE(MPI_Irecv, (void *a, int b, MPI_Datatype c, int d, int e, MPI_Comm f, MPI_Request *g), (a, b, c, d, e, f, g))
MESSAGE(MPI_Wait, (MPI_Request * a, MPI_Status *b), (a, b))
MESSAGE(MPI_Test, (MPI_Request * a, int *b, MPI_Status *c), (a, b, c))
MESSAGE(MPI_Iprobe, (int a, int b, MPI_Comm c, int *d, MPI_Status *e), (a, b, c, d, e))
MESSAGE(MPI_Bcast, (void *a, int b, MPI_Datatype c, int d, MPI_Comm e), (a, b, c, d, e))
MESSAGE(MPI_Barrier, (MPI_Comm a), (a))
MESSAGE(MPI_Ibarrier, (MPI_Comm a, MPI_Request *b), (a, b))
MESSAGE(MPI_Allreduce, (const void *a, void *b, int c, MPI_Datatype d, MPI_Op e, MPI_Comm f), (a, b, c, d, e, f))
MESSAGE(MPI_Allgatherv,
        (const void *a, int b, MPI_Datatype c, void *d, const int *e, const int *f, MPI_Datatype g, MPI_Comm h),
        (a, b, c, d, e, f, g, h))
MESSAGE(MPI_Comm_split, (MPI_Comm a, int b, int c, MPI_Comm *d), (a, b, c, d))
MESSAGE(MPI_Comm_split_type, (MPI_Comm a, int b, int c, MPI_Info d, MPI_Comm *e), (a, b, c, d, e))
MESSAGE(MPI_Comm_dup, (MPI_Comm a, MPI_Comm *b), (a, b))
MESSAGE(MPI_Init_thread, (int *a, char ***b, int c, int *d), (a, b, c, d))

static int is_transport(const void *caller) {
  Dl_info found;
  return control != NULL && dladdr(caller, &found) && strstr(found.dli_fname, "btl_tcp") != NULL;
}

#define SOCKET_CALL(type, name, parameters, arguments) \
  type name parameters { \
    REAL(name); \
    if (is_transport(__builtin_return_address(0)) && fault(SOCKET, #name, NULL, a) != 0) { \
      errno = control->code; \
      return -1; \
    } \
    return real arguments; \
  }

SOCKET_CALL(ssize_t, send, (int a, const void *b, size_t c, int d), (a, b, c, d))
SOCKET_CALL(ssize_t, recv, (int a, void *b, size_t c, int d), (a, b, c, d))
SOCKET_CALL(ssize_t, sendmsg, (int a, const struct msghdr *b, int c), (a, b, c))
SOCKET_CALL(ssize_t, recvmsg, (int a, struct msghdr *b, int c), (a, b, c))
SOCKET_CALL(ssize_t, readv, (int a, const struct iovec *b, int c), (a, b, c))
SOCKET_CALL(int, connect, (int a, const struct sockaddr *b, socklen_t c), (a, b, c))
