package io.godwit.linux.abi;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.StructLayout;

/** A table with mistakes that the audit has to find. */
@CHeaders({"fcntl.h"})
final class WrongAbi {
  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 77;
  public static final int O_NO_SUCH_FLAG = 1;

  @CStruct("struct flock")
  public static final StructLayout FLOCK =
      structLayout(
          JAVA_SHORT.withName("l_type"),
          JAVA_SHORT.withName("l_whence"),
          paddingLayout(4),
          JAVA_LONG.withName("l_start"),
          JAVA_INT.withName("l_len"));

  private WrongAbi() {}
}
