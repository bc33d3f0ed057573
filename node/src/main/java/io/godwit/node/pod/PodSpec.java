package io.godwit.node.pod;

import io.godwit.linux.Fd;
import io.godwit.linux.launch.TerminalCalls.WindowSize;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a pod is to be.
 *
 * @param id unique on every node that the pod may visit
 * @param hostname what programs in it see as the machine's name
 * @param network whether it gets a network namespace of its own
 * @param console how the program's standard streams are connected
 * @param clocks how the pod's clocks differ from the machine's
 * @param start what is started under its init
 */
public record PodSpec(
    String id, String hostname, boolean network, Console console, TimeOffsets clocks, Start start) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final int HOSTNAME_LIMIT = 64;

  public PodSpec {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "a pod's id is 1 to 63 letters, digits, dots, dashes or underscores, not '" + id + "'");
    }
    if (hostname.isEmpty() || hostname.length() > HOSTNAME_LIMIT) {
      throw new IllegalArgumentException("a hostname has 1 to 64 bytes, not '" + hostname + "'");
    }
  }

  /** How standard input, output and error are connected. */
  public sealed interface Console {
    /** Three pipes. */
    record Pipes() implements Console {}

    /** One terminal of the pod's own devpts, the controlling terminal of the program. */
    record Terminal(WindowSize size) implements Console {}
  }

  /** What runs under the init first. */
  public sealed interface Start {}

  /**
   * A program.
   *
   * @param file a path, or a name that is looked for on the PATH of the environment
   * @param arguments with the name that the program sees as its own first
   * @param environment entries of the form NAME=value
   * @param directory where it starts
   * @param limits resource limits to set; those not named are inherited from the daemon, except for
   *     open files, which get the usual soft limit
   */
  public record Program(
      String file,
      List<String> arguments,
      List<String> environment,
      String directory,
      Owner owner,
      int umask,
      List<ResourceLimit> limits)
      implements Start {
    public Program {
      arguments = List.copyOf(arguments);
      environment = List.copyOf(environment);
      limits = List.copyOf(limits);
      if (arguments.isEmpty()) {
        throw new IllegalArgumentException("a program has at least its own name as argument");
      }
    }
  }

  /**
   * Nothing yet: a process that runs the given ELF file, a child of the init.
   *
   * @param elf open for reading; the caller closes it
   * @param podPid the number of that process in the pod: one that nothing which comes later needs
   * @param passed the one descriptor that it gets
   * @param mainPodPid the number, in the pod, of the program's first process
   */
  public record Seed(Fd elf, String name, int podPid, Optional<Passed> passed, int mainPodPid)
      implements Start {
    public Seed {
      if (podPid < 2) {
        throw new IllegalArgumentException("the seed cannot have the number " + podPid);
      }
    }
  }

  /**
   * A descriptor of the daemon that a seed gets.
   *
   * @param number its number there, at least {@link #LOWEST}
   */
  public record Passed(Fd fd, int number) {
    /** Numbers below this are taken while the pod starts. */
    public static final int LOWEST = 20;

    public Passed {
      if (number < LOWEST) {
        throw new IllegalArgumentException("at least " + LOWEST + ", not " + number);
      }
    }
  }

  /** Who a program runs as. */
  public record Owner(int uid, int gid, List<Integer> groups) {
    /** The user of all powers. */
    public static final Owner ROOT = new Owner(0, 0, List.of());

    public Owner {
      groups = List.copyOf(groups);
      if (uid < 0 || gid < 0) {
        throw new IllegalArgumentException("no such user: " + uid + ":" + gid);
      }
    }
  }

  /** One limit of setrlimit(2); -1 is infinity. */
  public record ResourceLimit(int resource, long soft, long hard) {}
}
