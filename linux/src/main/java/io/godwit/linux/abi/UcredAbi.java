package io.godwit.linux.abi;

import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.StructLayout;

/** struct ucred, which linux/socket.h keeps to the kernel: the C library's own header has it. */
@CHeaders({"sys/socket.h"})
public final class UcredAbi {
  @CStruct("struct ucred")
  public static final StructLayout UCRED =
      structLayout(JAVA_INT.withName("pid"), JAVA_INT.withName("uid"), JAVA_INT.withName("gid"));

  private UcredAbi() {}
}
