package io.godwit.image;

import io.godwit.core.AddressRange;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One mapping of an address space (a virtual memory area of the kernel).
 *
 * @param shared MAP_SHARED; false is MAP_PRIVATE, whose changed pages belong to the address space
 * @param flags mmap and madvise flags to set again
 * @param name set by PR_SET_VMA_ANON_NAME
 * @param protectionKey of pkey_mprotect(2), where not 0
 * @param numaPolicy mode and nodes as mbind(2) takes them, where not the default
 */
public record Vma(
    AddressRange range,
    Protection protection,
    boolean shared,
    Set<VmaFlag> flags,
    VmaKind kind,
    Optional<String> name,
    OptionalInt protectionKey,
    Optional<NumaPolicy> numaPolicy) {
  public Vma {
    Require.that(range.length() > 0, "an empty mapping at " + range);
    Require.that(
        !(shared && kind instanceof VmaKind.Anonymous),
        "shared anonymous memory is a shared memory object: " + range);
    name.ifPresent(text -> Require.name(text, "a mapping's name"));
    protectionKey.ifPresent(key -> Require.range(key, 1, 255, "a protection key"));
    flags = flags.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(flags));
  }

  /** A mapping without a name, a protection key or a NUMA policy. */
  public Vma(
      AddressRange range, Protection protection, boolean shared, Set<VmaFlag> flags, VmaKind kind) {
    this(
        range,
        protection,
        shared,
        flags,
        kind,
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty());
  }

  /**
   * A memory policy as set_mempolicy(2) and mbind(2) take it.
   *
   * @param mode MPOL_* with its MPOL_F_* bits
   * @param nodes the node mask, bit 0 is node 0
   */
  public record NumaPolicy(int mode, Bytes nodes) {
    public NumaPolicy {
      Require.size(nodes, 0, 128, "a NUMA node mask");
    }
  }
}
