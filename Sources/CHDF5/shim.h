// What Swift cannot import of HDF5: macros that cast (H5P_DEFAULT), macros that call H5open() before they
// name a global (H5F_ACC_*, H5P_*, H5T_*), and functions whose signature depends on the library's version.
#pragma once
#include <hdf5.h>
#include <string.h>

static inline hid_t lcft_h5p_default(void) { return H5P_DEFAULT; }
static inline hid_t lcft_h5p_file_create(void) { return H5P_FILE_CREATE; }
static inline hid_t lcft_h5p_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t lcft_h5p_group_create(void) { return H5P_GROUP_CREATE; }
static inline hid_t lcft_h5p_dataset_create(void) { return H5P_DATASET_CREATE; }

static inline unsigned lcft_h5f_acc_rdonly(void) { return H5F_ACC_RDONLY; }
static inline unsigned lcft_h5f_acc_trunc(void) { return H5F_ACC_TRUNC; }
static inline unsigned lcft_h5f_obj_all(void) { return H5F_OBJ_ALL; }
static inline hid_t lcft_h5s_all(void) { return H5S_ALL; }
static inline hsize_t lcft_h5s_unlimited(void) { return H5S_UNLIMITED; }
static inline hid_t lcft_h5e_default(void) { return H5E_DEFAULT; }

// Types in memory (of this processor) and in the file (always little-endian).
static inline hid_t lcft_h5t_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t lcft_h5t_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t lcft_h5t_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t lcft_h5t_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t lcft_h5t_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t lcft_h5t_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t lcft_h5t_std_u8le(void) { return H5T_STD_U8LE; }
static inline hid_t lcft_h5t_std_i32le(void) { return H5T_STD_I32LE; }
static inline hid_t lcft_h5t_std_i64le(void) { return H5T_STD_I64LE; }
static inline hid_t lcft_h5t_std_u64le(void) { return H5T_STD_U64LE; }
static inline hid_t lcft_h5t_ieee_f32le(void) { return H5T_IEEE_F32LE; }
static inline hid_t lcft_h5t_ieee_f64le(void) { return H5T_IEEE_F64LE; }
static inline hid_t lcft_h5t_c_s1(void) { return H5T_C_S1; }
static inline size_t lcft_h5t_variable(void) { return H5T_VARIABLE; }

static inline herr_t lcft_h5l_refuse(const char *file, const char *group, const char *other, const char *object,
                                     unsigned *flags, hid_t access, void *context) {
  (void)file, (void)group, (void)other, (void)object, (void)flags, (void)access, (void)context;
  return -1;
}

// Whether `name` in `group` leads to an object of the same file (1), elsewhere or nowhere (0), or cannot be told (negative).
// Links of the kinds that lead into other files are not followed, nor soft links by way of them.
static inline herr_t lcft_h5l_stays(hid_t group, const char *name) {
  H5L_info_t info;
  herr_t status = H5Lget_info(group, name, &info, H5P_DEFAULT);
  if (status < 0) return status;
  if (info.type != H5L_TYPE_SOFT) return info.type == H5L_TYPE_HARD;
  hid_t access = H5Pcreate(H5P_LINK_ACCESS);
  if (access < 0) return -1;
  htri_t leads = H5Pset_elink_cb(access, lcft_h5l_refuse, NULL) < 0 ? 0 : H5Oexists_by_name(group, name, access);
  H5Pclose(access);
  return leads > 0;
}

// The object's place in its file: the same for every link to it.
static inline herr_t lcft_h5o_address(hid_t object, uint64_t *address) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info2_t info;
  herr_t status = H5Oget_info3(object, &info, H5O_INFO_BASIC);
  if (status >= 0) memcpy(address, &info.token, sizeof *address);
#else
  H5O_info_t info;
  herr_t status = H5Oget_info2(object, &info, H5O_INFO_BASIC);
  if (status >= 0) *address = (uint64_t)info.addr;
#endif
  return status;
}

// Files are replaced whole by renaming and never written in place, so that a lock protects nothing; asking
// for one fails on NFS and Lustre mounts without locks.
static inline herr_t lcft_h5p_without_file_locking(hid_t file_access) {
#if H5_VERSION_GE(1, 10, 7)
  return H5Pset_file_locking(file_access, 0, 1);
#else
  (void)file_access;
  return 0;
#endif
}

// The bytes of variable-length values that H5Dread or H5Aread allocated.
static inline herr_t lcft_h5_reclaim(hid_t type, hid_t space, void *values) {
#if H5_VERSION_GE(1, 12, 0)
  return H5Treclaim(type, space, H5P_DEFAULT, values);
#else
  return H5Dvlen_reclaim(type, space, H5P_DEFAULT, values);
#endif
}

// Names one after the other in whatever order they are stored, which needs no table of them inside the library:
// where a damaged file keeps it from filling such a table, HDF5 1.10 frees what it never filled.
typedef void (*lcft_h5_name_visitor)(const char *name, int is_hard_link, void *context);
struct lcft_h5_visit {
  lcft_h5_name_visitor visitor;
  void *context;
};

static inline herr_t lcft_h5l_visit(hid_t group, const char *name, const H5L_info_t *info, void *visit) {
  (void)group;
  struct lcft_h5_visit *to = (struct lcft_h5_visit *)visit;
  to->visitor(name, info->type == H5L_TYPE_HARD, to->context);
  return 0;
}

static inline herr_t lcft_h5l_names(hid_t group, lcft_h5_name_visitor visitor, void *context) {
  struct lcft_h5_visit visit = {visitor, context};
  hsize_t start = 0;
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &start, lcft_h5l_visit, &visit);
}

static inline herr_t lcft_h5a_visit(hid_t owner, const char *name, const H5A_info_t *info, void *visit) {
  (void)owner;
  (void)info;
  struct lcft_h5_visit *to = (struct lcft_h5_visit *)visit;
  to->visitor(name, 1, to->context);
  return 0;
}

static inline herr_t lcft_h5a_names(hid_t owner, lcft_h5_name_visitor visitor, void *context) {
  struct lcft_h5_visit visit = {visitor, context};
  hsize_t start = 0;
  // Looks at every attribute without a table, and fails where one of them cannot be read.
  htri_t exists = H5Aexists(owner, "\x01");
  if (exists < 0) return exists;
  return H5Aiterate2(owner, H5_INDEX_NAME, H5_ITER_NATIVE, &start, lcft_h5a_visit, &visit);
}
