package io.godwit.image;

/** What stands behind a mapping. */
public sealed interface VmaKind {
  /** Private memory of no file. Whether it is heap or stack matters to people and to mm fields. */
  record Anonymous(Role role) implements VmaKind {}

  /**
   * A file's bytes from an offset. Shared or private is the mapping's own property.
   *
   * @param offset in bytes, of the mapping's start in the file
   */
  record FileMapping(FileReference file, long offset) implements VmaKind {
    public FileMapping {
      Require.notNegative(offset, "a mapping's file offset");
    }
  }

  /**
   * A shared memory object of the image: shared anonymous memory, a memfd or a System V segment.
   *
   * @param offset in bytes, of the mapping's start in the object
   */
  record ObjectMapping(ObjectId memory, long offset) implements VmaKind {
    public ObjectMapping {
      Require.notNegative(offset, "a mapping's offset in shared memory");
    }
  }

  /** A mapping that the kernel makes: it is moved or patched, not filled. */
  record Kernel(KernelPart part) implements VmaKind {}

  /** What an anonymous mapping is used for. The numbers are the format's. */
  enum Role {
    PLAIN(1),
    /** Between start_brk and brk. */
    HEAP(2),
    /** The main thread's stack. */
    STACK(3);

    private final int number;

    Role(int number) {
      this.number = number;
    }

    /** The number in the format. */
    public int number() {
      return number;
    }
  }

  /** The kernel's own mappings. The numbers are the format's. */
  enum KernelPart {
    VDSO(1, "[vdso]"),
    VVAR(2, "[vvar]"),
    VVAR_VCLOCK(3, "[vvar_vclock]"),
    VSYSCALL(4, "[vsyscall]");

    private final int number;
    private final String label;

    KernelPart(int number, String label) {
      this.number = number;
      this.label = label;
    }

    /** The number in the format. */
    public int number() {
      return number;
    }

    /** The name in /proc/PID/maps. */
    public String label() {
      return label;
    }
  }
}
