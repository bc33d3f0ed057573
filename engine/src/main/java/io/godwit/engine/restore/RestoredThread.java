package io.godwit.engine.restore;

import io.godwit.engine.kind.InjectedCalls;
import io.godwit.image.ThreadImage;
import io.godwit.linux.Injector;
import io.godwit.linux.Tracee;

/**
 * A thread that is being built: its record, its ptrace handle and the way to make calls in it.
 *
 * @param image what it is to become
 * @param calls calls to be made in it, run at the end of each kind's turn
 */
public record RestoredThread(
    ThreadImage image, Tracee tracee, Injector injector, InjectedCalls calls) {}
