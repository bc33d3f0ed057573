package io.godwit.linux.abi;

/**
 * What differs between processor architectures. A new one is a new implementation of this type and
 * of the code generators that it names, nothing else.
 */
public interface Architecture {
  /** The name as {@code uname -m} gives it. */
  String name();

  /** The number of a system call, or -1 where the architecture has no such call. */
  int number(Syscall call);

  /** The architecture of this machine. */
  static Architecture current() {
    return Current.INSTANCE;
  }

  /** Finds the one architecture of this machine, once. */
  final class Current {
    private static final Architecture INSTANCE = find(System.getProperty("os.arch", ""));

    private Current() {}

    private static Architecture find(String name) {
      return switch (name) {
        case "amd64", "x86_64" -> new X86_64();
        default ->
            throw new UnsupportedOperationException(
                "Godwit runs on x86-64; this machine is '" + name + "'");
      };
    }
  }
}
