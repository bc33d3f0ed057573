package io.godwit.engine.freeze;

import io.godwit.core.Tid;
import io.godwit.linux.Registers;
import io.godwit.linux.Tracee;
import java.util.Optional;

/**
 * A stopped thread and what must be put back when the freeze is undone.
 *
 * @param hostTid in the node's PID namespace
 * @param podTid in the innermost PID namespace of the process
 * @param tracee its ptrace handle
 * @param registers at the stop
 * @param signalMask at the stop
 * @param sleep the relative wait that the stop interrupted
 * @param stopSignal not 0 when the thread was stopped by job control, by which signal
 */
public record FrozenThread(
    Tid hostTid,
    Tid podTid,
    Tracee tracee,
    Registers registers,
    long signalMask,
    Optional<SleepWatch.Sleep> sleep,
    int stopSignal) {}
