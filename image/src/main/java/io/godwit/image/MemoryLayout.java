package io.godwit.image;

/**
 * The fields of the kernel's mm_struct that prctl(2) PR_SET_MM_MAP sets: addresses of the program's
 * parts, as /proc/PID/stat shows them. All zero for a process that has none.
 */
public record MemoryLayout(
    long startCode,
    long endCode,
    long startData,
    long endData,
    long startBrk,
    long brk,
    long startStack,
    long argStart,
    long argEnd,
    long envStart,
    long envEnd) {
  public MemoryLayout {
    Require.notNegative(startCode, "start_code");
    Require.range(endCode, startCode, Long.MAX_VALUE, "end_code");
    Require.notNegative(startData, "start_data");
    Require.range(endData, startData, Long.MAX_VALUE, "end_data");
    Require.notNegative(startBrk, "start_brk");
    Require.range(brk, startBrk, Long.MAX_VALUE, "brk");
    Require.notNegative(startStack, "start_stack");
    Require.notNegative(argStart, "arg_start");
    Require.range(argEnd, argStart, Long.MAX_VALUE, "arg_end");
    Require.notNegative(envStart, "env_start");
    Require.range(envEnd, envStart, Long.MAX_VALUE, "env_end");
  }
}
