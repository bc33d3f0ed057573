package io.godwit.image;

/**
 * A process that has ended and has not been waited for. Only its number and what its parent will
 * learn are left.
 *
 * @param waitStatus as wait4(2) will report it: exit code shifted by 8, or the signal
 */
public record ZombieProcess(ProcessIdentity identity, int waitStatus) implements ProcessImage {
  public ZombieProcess {
    Require.range(waitStatus, 0, 0xffff, "a wait status");
  }
}
