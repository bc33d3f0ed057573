package io.godwit.linux.abi;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.StructLayout;

/** The FUSE protocol, linux/fuse.h, version 7. */
@CHeaders({"linux/fuse.h"})
public final class FuseAbi {
  public static final int FUSE_KERNEL_VERSION = 7;
  public static final int FUSE_ROOT_ID = 1;
  public static final int FUSE_MIN_READ_BUFFER = 8192;
  public static final int FUSE_LOOKUP = 1;
  public static final int FUSE_FORGET = 2;
  public static final int FUSE_GETATTR = 3;
  public static final int FUSE_SETATTR = 4;
  public static final int FUSE_READLINK = 5;
  public static final int FUSE_SYMLINK = 6;
  public static final int FUSE_MKNOD = 8;
  public static final int FUSE_MKDIR = 9;
  public static final int FUSE_UNLINK = 10;
  public static final int FUSE_RMDIR = 11;
  public static final int FUSE_RENAME = 12;
  public static final int FUSE_LINK = 13;
  public static final int FUSE_OPEN = 14;
  public static final int FUSE_READ = 15;
  public static final int FUSE_WRITE = 16;
  public static final int FUSE_STATFS = 17;
  public static final int FUSE_RELEASE = 18;
  public static final int FUSE_FSYNC = 20;
  public static final int FUSE_FLUSH = 25;
  public static final int FUSE_INIT = 26;
  public static final int FUSE_OPENDIR = 27;
  public static final int FUSE_READDIR = 28;
  public static final int FUSE_RELEASEDIR = 29;
  public static final int FUSE_FSYNCDIR = 30;
  public static final int FUSE_GETLK = 31;
  public static final int FUSE_SETLK = 32;
  public static final int FUSE_SETLKW = 33;
  public static final int FUSE_CREATE = 35;
  public static final int FUSE_INTERRUPT = 36;
  public static final int FUSE_DESTROY = 38;
  public static final int FUSE_BATCH_FORGET = 42;
  public static final int FUSE_READDIRPLUS = 44;
  public static final int FUSE_RENAME2 = 45;

  public static final int FUSE_ASYNC_READ = 1;
  public static final int FUSE_POSIX_LOCKS = 2;
  public static final int FUSE_ATOMIC_O_TRUNC = 8;
  public static final int FUSE_BIG_WRITES = 32;
  public static final int FUSE_FLOCK_LOCKS = 1 << 10;
  public static final int FUSE_DO_READDIRPLUS = 1 << 13;
  public static final int FUSE_READDIRPLUS_AUTO = 1 << 14;
  public static final int FUSE_PARALLEL_DIROPS = 1 << 18;
  public static final int FUSE_MAX_PAGES = 1 << 22;
  public static final int FATTR_MODE = 1;
  public static final int FATTR_UID = 2;
  public static final int FATTR_GID = 4;
  public static final int FATTR_SIZE = 8;
  public static final int FATTR_ATIME = 16;
  public static final int FATTR_MTIME = 32;
  public static final int FATTR_ATIME_NOW = 128;
  public static final int FATTR_MTIME_NOW = 256;
  public static final int FUSE_LK_FLOCK = 1;
  public static final int FOPEN_DIRECT_IO = 1;
  public static final int FOPEN_KEEP_CACHE = 2;

  @CStruct("struct fuse_in_header")
  public static final StructLayout IN_HEADER =
      structLayout(
          JAVA_INT.withName("len"),
          JAVA_INT.withName("opcode"),
          JAVA_LONG.withName("unique"),
          JAVA_LONG.withName("nodeid"),
          JAVA_INT.withName("uid"),
          JAVA_INT.withName("gid"),
          JAVA_INT.withName("pid"),
          paddingLayout(4));

  @CStruct("struct fuse_out_header")
  public static final StructLayout OUT_HEADER =
      structLayout(
          JAVA_INT.withName("len"), JAVA_INT.withName("error"), JAVA_LONG.withName("unique"));

  @CStruct("struct fuse_attr")
  public static final StructLayout ATTR =
      structLayout(
          JAVA_LONG.withName("ino"),
          JAVA_LONG.withName("size"),
          JAVA_LONG.withName("blocks"),
          JAVA_LONG.withName("atime"),
          JAVA_LONG.withName("mtime"),
          JAVA_LONG.withName("ctime"),
          JAVA_INT.withName("atimensec"),
          JAVA_INT.withName("mtimensec"),
          JAVA_INT.withName("ctimensec"),
          JAVA_INT.withName("mode"),
          JAVA_INT.withName("nlink"),
          JAVA_INT.withName("uid"),
          JAVA_INT.withName("gid"),
          JAVA_INT.withName("rdev"),
          JAVA_INT.withName("blksize"),
          paddingLayout(4));

  @CStruct("struct fuse_entry_out")
  public static final StructLayout ENTRY_OUT =
      structLayout(
          JAVA_LONG.withName("nodeid"),
          JAVA_LONG.withName("generation"),
          JAVA_LONG.withName("entry_valid"),
          JAVA_LONG.withName("attr_valid"),
          JAVA_INT.withName("entry_valid_nsec"),
          JAVA_INT.withName("attr_valid_nsec"),
          ATTR.withName("attr"));

  @CStruct("struct fuse_init_out")
  public static final StructLayout INIT_OUT =
      structLayout(
          JAVA_INT.withName("major"),
          JAVA_INT.withName("minor"),
          JAVA_INT.withName("max_readahead"),
          JAVA_INT.withName("flags"),
          JAVA_SHORT.withName("max_background"),
          JAVA_SHORT.withName("congestion_threshold"),
          JAVA_INT.withName("max_write"),
          JAVA_INT.withName("time_gran"),
          JAVA_SHORT.withName("max_pages"),
          JAVA_SHORT.withName("map_alignment"),
          JAVA_INT.withName("flags2"),
          paddingLayout(28));

  @CStruct("struct fuse_setattr_in")
  public static final StructLayout SETATTR_IN =
      structLayout(
          JAVA_INT.withName("valid"),
          paddingLayout(4),
          JAVA_LONG.withName("fh"),
          JAVA_LONG.withName("size"),
          JAVA_LONG.withName("lock_owner"),
          JAVA_LONG.withName("atime"),
          JAVA_LONG.withName("mtime"),
          JAVA_LONG.withName("ctime"),
          JAVA_INT.withName("atimensec"),
          JAVA_INT.withName("mtimensec"),
          JAVA_INT.withName("ctimensec"),
          JAVA_INT.withName("mode"),
          paddingLayout(4),
          JAVA_INT.withName("uid"),
          JAVA_INT.withName("gid"),
          paddingLayout(4));

  @CStruct("struct fuse_write_in")
  public static final StructLayout WRITE_IN =
      structLayout(
          JAVA_LONG.withName("fh"),
          JAVA_LONG.withName("offset"),
          JAVA_INT.withName("size"),
          JAVA_INT.withName("write_flags"),
          JAVA_LONG.withName("lock_owner"),
          JAVA_INT.withName("flags"),
          paddingLayout(4));

  @CStruct("struct fuse_lk_in")
  public static final StructLayout LK_IN =
      structLayout(
          JAVA_LONG.withName("fh"),
          JAVA_LONG.withName("owner"),
          JAVA_LONG.withName("lk.start"),
          JAVA_LONG.withName("lk.end"),
          JAVA_INT.withName("lk.type"),
          JAVA_INT.withName("lk.pid"),
          JAVA_INT.withName("lk_flags"),
          paddingLayout(4));

  @CStruct("struct fuse_statfs_out")
  public static final StructLayout STATFS_OUT =
      structLayout(
          JAVA_LONG.withName("st.blocks"),
          JAVA_LONG.withName("st.bfree"),
          JAVA_LONG.withName("st.bavail"),
          JAVA_LONG.withName("st.files"),
          JAVA_LONG.withName("st.ffree"),
          JAVA_INT.withName("st.bsize"),
          JAVA_INT.withName("st.namelen"),
          JAVA_INT.withName("st.frsize"),
          paddingLayout(28));

  private FuseAbi() {}
}
