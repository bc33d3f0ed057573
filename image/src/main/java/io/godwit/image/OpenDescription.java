package io.godwit.image;

import java.util.List;
import java.util.Optional;

/**
 * What open(2) makes and descriptors refer to: "open file description" in POSIX.
 *
 * @param statusFlags access mode and status flags as F_GETFL gives them
 * @param owner who is told of input (F_SETOWN)
 * @param locks held through this description
 */
public record OpenDescription(
    ObjectId id,
    int statusFlags,
    Optional<SignalOwner> owner,
    List<FileLock> locks,
    DescriptionKind kind) {
  public OpenDescription {
    Require.notNegative(statusFlags, "status flags");
    locks = Require.entries(locks, "locks");
  }

  /** Without owner and locks. */
  public OpenDescription(ObjectId id, int statusFlags, DescriptionKind kind) {
    this(id, statusFlags, Optional.empty(), List.of(), kind);
  }

  /**
   * Whom SIGIO goes to.
   *
   * @param type F_OWNER_TID 0, F_OWNER_PID 1, F_OWNER_PGRP 2
   * @param target its number in the pod
   * @param signal of F_SETSIG, 0 for SIGIO
   * @param user real user id of the setter
   * @param effectiveUser effective user id of the setter
   */
  public record SignalOwner(int type, int target, int signal, int user, int effectiveUser) {
    public SignalOwner {
      Require.range(type, 0, 2, "an owner's type");
      Require.notNegative(target, "an owner");
      Require.signal(signal, "an owner's signal");
    }
  }

  /**
   * A lock on the file.
   *
   * @param style FLOCK of flock(2), POSIX of F_SETLK (the process given), OFD of F_OFD_SETLK
   * @param exclusive a write lock
   * @param process the holder of a POSIX lock in the pod, 0 otherwise
   * @param start first byte
   * @param length in bytes, 0 for to the end of the file
   */
  public record FileLock(Style style, boolean exclusive, int process, long start, long length) {
    public FileLock {
      Require.notNegative(process, "a lock's holder");
      Require.notNegative(start, "a lock's start");
      Require.notNegative(length, "a lock's length");
    }

    /** The families of locks. The numbers are the format's. */
    public enum Style {
      FLOCK(1),
      POSIX(2),
      OFD(3),
      /** F_SETLEASE. */
      LEASE(4);

      private final int number;

      Style(int number) {
        this.number = number;
      }

      /** The number in the format. */
      public int number() {
        return number;
      }
    }
  }
}
