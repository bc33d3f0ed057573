package io.godwit.engine.refusal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.core.ExitStatus;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.engine.kind.Inspection;
import io.godwit.engine.kind.console.Externals;
import io.godwit.linux.Descriptors;
import io.godwit.linux.FileStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes that hold what cannot be carried: each is named, none is disturbed. */
@Timeout(60)
class RefusalTest {
  private static final Externals NOTHING = new Externals(List.of());
  @TempDir static Path directory;
  private static Path program;
  private final List<Process> started = new ArrayList<>();

  @BeforeAll
  static void compile() throws Exception {
    Path source = directory.resolve("refused.c");
    program = directory.resolve("refused");
    try (InputStream in = RefusalTest.class.getResourceAsStream("/victims/refused.c")) {
      Files.copy(in, source);
    }
    Process gcc;
    try {
      gcc =
          new ProcessBuilder(
                  "gcc", "-O1", "-pthread", "-o", program.toString(), source.toString(), "-lrt")
              .inheritIO()
              .start();
    } catch (IOException missing) {
      assumeTrue(false, "no C compiler: " + missing.getMessage());
      return;
    }
    assertThat(gcc.waitFor()).isZero();
  }

  @AfterEach
  void end() throws Exception {
    for (Process process : started) {
      process.getOutputStream().close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "io_uring,IO_URING,is an io_uring ring",
    "netlink,SOCKET_FAMILY,is a netlink socket",
    "packet,SOCKET_FAMILY,is a packet socket",
    "raw,SOCKET_FAMILY,is a raw socket",
    "perf,PERF_EVENT,is a performance event",
    "bpf,BPF_OBJECT,is a BPF object",
    "userfaultfd,USERFAULTFD,is a userfaultfd",
    "fanotify,FANOTIFY,watches file systems",
    "pidfd,PIDFD_OUTSIDE,refers to process",
    "namespace,NAMESPACE_DESCRIPTOR,is a namespace",
    "fscontext,UNKNOWN_ANONYMOUS,object of kind fscontext",
    "device,DEVICE,is the device /dev/fuse (10:229)",
    "terminal_pair,TERMINAL_PAIR,is the master of a pseudo-terminal",
    "lease,LEASE,holds a lease on",
    "mqueue,MESSAGE_QUEUE,is the POSIX message queue",
    "deleted_directory,DIRECTORY_DELETED,is the deleted directory",
    "deleted_big,DELETED_TOO_BIG,1073741825 bytes",
    "tcp,SOCKET_CONNECTED,is a TCP connection",
    "aio,AIO,kernel asynchronous I/O",
    "huge,HUGE_PAGES,huge pages",
    "secret,SECRET_MEMORY,secret memory",
    "sysv,SYSTEM_V_SHARED_MEMORY,System V shared memory",
    "semaphore,SYSTEM_V_OBJECT,uses semaphore set",
    "queue,SYSTEM_V_OBJECT,uses message queue",
    "ipc_outside,SYSTEM_V_OUTSIDE,IPC namespace has System V objects and process",
    "shared_outside,SHARED_MEMORY_OUTSIDE,shares memory",
    "pipe_outside,PIPE_OUTSIDE,is a pipe to process",
    "socket_outside,SOCKET_OUTSIDE,is a unix socket connected to process",
    "deadline,DEADLINE_SCHEDULING,scheduled by deadline",
    "strict,SECCOMP_STRICT,strict mode",
    "traced,TRACED,traces it",
    "namespaces,FOREIGN_NAMESPACE,uts namespace",
    "shared_tables,SHARED_TABLES,shares its table of descriptors",
    "threads,THREADS_DIFFER,other seccomp filters",
    "uninterruptible,UNINTERRUPTIBLE,uninterruptible wait"
  })
  void namesWhatCannotBeCarried(String resource, RefusalCode code, String words) throws Exception {
    Process process =
        new ProcessBuilder(program.toString(), resource)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    started.add(process);
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    String first = output.readLine();
    assertThat(first).isNotNull();
    assumeTrue(first.startsWith("ready"), "not on this machine: " + first);
    List<Pid> tree =
        Arrays.stream(first.split(" ")).skip(1).map(s -> new Pid(Integer.parseInt(s))).toList();

    List<Refusal> refusals = TreeSurveyor.inspect(tree, stdio(process));

    assertThat(refusals).extracting(Refusal::code).containsOnly(code);
    assertThat(refusals.getFirst().resource()).contains(words);
    assertThat(refusals.getFirst().process()).isIn(tree);
    process.getOutputStream().write("word\n".getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    assertThat(output.readLine()).isEqualTo("still here word");
  }

  private static Externals stdio(Process process) {
    return new Externals(
        Stream.of(0, 1)
            .map(
                fd -> {
                  FileStatus file = Descriptors.status("/proc/" + process.pid() + "/fd/" + fd);
                  return new ExternalDescriptor("stdio" + fd, file.device().devT(), file.inode());
                })
            .toList());
  }

  @Test
  void reportsEverythingTogether() throws Exception {
    List<Pid> tree = new ArrayList<>();
    for (String resource : List.of("netlink", "deleted_big")) {
      Process process = new ProcessBuilder(program.toString(), resource).start();
      started.add(process);
      assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).startsWith("ready");
      tree.add(new Pid((int) process.pid()));
    }

    Inspection inspection = new Inspection(tree, Set.of());
    new RefusalKind().inspect(inspection);

    assertThatThrownBy(inspection::throwIfRefused)
        .isInstanceOfSatisfying(
            GodwitException.class,
            failure -> {
              assertThat(failure.what()).contains("netlink socket");
              assertThat(failure.code().exitStatus()).isEqualTo(ExitStatus.REFUSED);
              assertThat(failure.why()).contains("deleted file");
            });
  }

  @Test
  void refusesWhoMustStay() {
    Pid self = new Pid((int) ProcessHandle.current().pid());
    assertThat(TreeSurveyor.inspect(List.of(self), NOTHING))
        .extracting(Refusal::code)
        .contains(RefusalCode.OURSELVES);
    assertThat(TreeSurveyor.inspect(List.of(new Pid(1)), NOTHING))
        .extracting(Refusal::code)
        .contains(RefusalCode.INIT_PROCESS);
  }

  @Test
  void refusesKernelThreads() {
    Path status = Path.of("/proc/2/status");
    assumeTrue(Files.exists(status), "this PID namespace shows no kernel thread");
    assumeTrue(ProcessHandle.of(2).flatMap(p -> p.info().command()).isEmpty(), "2 is a program");
    assertThat(TreeSurveyor.inspect(List.of(new Pid(2)), NOTHING))
        .extracting(Refusal::code)
        .containsExactly(RefusalCode.KERNEL_THREAD);
  }

  @Test
  void passesAnOrdinaryProcess() throws Exception {
    Process process = new ProcessBuilder(program.toString(), "nothing").start();
    started.add(process);
    assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).startsWith("ready");
    assertThat(TreeSurveyor.inspect(List.of(new Pid((int) process.pid())), NOTHING)).isEmpty();
  }

  @Test
  void numbersAreUnique() {
    assertThat(Arrays.stream(RefusalCode.values()).map(RefusalCode::code)).doesNotHaveDuplicates();
  }
}
