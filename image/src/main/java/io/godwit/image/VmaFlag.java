package io.godwit.image;

import java.util.Optional;

/**
 * What else is known of a mapping, from VmFlags of /proc/PID/smaps (Documentation/filesystems/
 * proc.rst): mmap flags, mlock and madvise(2) advice. The numbers are the format's.
 */
public enum VmaFlag {
  GROWS_DOWN(1, "gd"),
  HUGETLB(2, "ht"),
  LOCKED(3, "lo"),
  NO_RESERVE(4, "nr"),
  /** MAP_SYNC. */
  SYNC(5, "sf"),
  /** MADV_DONTFORK. */
  DONT_COPY(6, "dc"),
  /** MADV_DONTDUMP. */
  DONT_DUMP(7, "dd"),
  /** MADV_WIPEONFORK. */
  WIPE_ON_FORK(8, "wf"),
  /** MADV_HUGEPAGE. */
  HUGE_PAGE(9, "hg"),
  /** MADV_NOHUGEPAGE. */
  NO_HUGE_PAGE(10, "nh"),
  /** MADV_MERGEABLE. */
  MERGEABLE(11, "mg"),
  /** MADV_SEQUENTIAL. */
  SEQUENTIAL_READ(12, "sr"),
  /** MADV_RANDOM. */
  RANDOM_READ(13, "rr"),
  /** mseal(2). */
  SEALED(14, "sl"),
  /** MAP_DROPPABLE. */
  DROPPABLE(15, "dp"),
  /** mlock2(2) with MLOCK_ONFAULT; smaps does not show it. */
  LOCK_ON_FAULT(16, ""),
  /** VM_ACCOUNT of a private mapping that cannot be written: it once could. */
  CHARGED(17, "ac"),
  /** A System V segment attached with SHM_RDONLY: mprotect(2) cannot make it writable. */
  READ_ONLY(18, "");

  private final int number;
  private final String mnemonic;

  VmaFlag(int number, String mnemonic) {
    this.number = number;
    this.mnemonic = mnemonic;
  }

  /** The number in the format. */
  public int number() {
    return number;
  }

  /** The two letters of VmFlags, or nothing where smaps does not show the flag. */
  public String mnemonic() {
    return mnemonic;
  }

  /** The flag of a number in the format. */
  public static Optional<VmaFlag> of(int number) {
    for (VmaFlag flag : values()) {
      if (flag.number == number) {
        return Optional.of(flag);
      }
    }
    return Optional.empty();
  }

  /** The flag that smaps shows with these two letters, if it is one that is kept. */
  public static Optional<VmaFlag> ofMnemonic(String letters) {
    for (VmaFlag flag : values()) {
      if (!letters.isEmpty() && flag.mnemonic.equals(letters)) {
        return Optional.of(flag);
      }
    }
    return Optional.empty();
  }
}
