package io.godwit.node.daemon;

import static io.godwit.node.daemon.LocalDaemons.ROOT;
import static io.godwit.node.daemon.LocalDaemons.await;
import static io.godwit.node.daemon.LocalDaemons.couple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.core.NodeId;
import io.godwit.core.control.ProcessView;
import io.godwit.node.control.Attachment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that speak through System V objects move between daemons, by each strategy. */
@Tag("soak")
@Timeout(120)
class SystemVMoveTest {
  /**
   * The parent sends a line to the child through a queue; the child adds it to what it has in
   * shared memory and raises a semaphore that the parent waits for; the parent prints the memory.
   */
  private static final String PROGRAM =
      """
      use IPC::SysV qw(IPC_CREAT S_IRUSR S_IWUSR SEM_UNDO);
      $| = 1;
      my $mode = IPC_CREAT | S_IRUSR | S_IWUSR;
      my $memory = shmget(4711, 65536, $mode) // die "shmget $!";
      my $queue = msgget(4712, $mode) // die "msgget $!";
      my $semaphore = semget(4713, 1, $mode) // die "semget $!";
      if (!fork) {
        while (1) {
          my ($line, $had);
          msgrcv($queue, $line, 1000, 0, 0) or die "msgrcv $!";
          my ($type, $text) = unpack("l! a*", $line);
          shmread($memory, $had, 0, 4000) or die "shmread $!";
          $had =~ s/\\0.*//s;
          shmwrite($memory, $had . $text, 0, 4000) or die "shmwrite $!";
          semop($semaphore, pack("s!3", 0, 1, 0)) or die "semop $!";
        }
      }
      while (<STDIN>) {
        chomp;
        msgsnd(msgget(4712, 0), pack("l! a*", 7, $_), 0) or die "msgsnd $!";
        semop($semaphore, pack("s!3", 0, -1, 0)) or die "semop $!";
        my $all;
        shmread(shmget(4711, 0, 0), $all, 0, 4000) or die "shmread $!";
        $all =~ s/\\0.*//s;
        print "$all\\n";
      }
      """;

  @TempDir Path directory;

  @BeforeEach
  void needs() throws Exception {
    LocalDaemons.assumePossible();
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "needs perl");
  }

  @Test
  void processesThatSpeakThroughThemMoveByEachStrategy() throws Exception {
    try (Daemon alpha = LocalDaemons.start(directory, "alpha");
        Daemon beta = LocalDaemons.start(directory, "beta")) {
      couple(alpha, beta);
      ProcessView program =
          alpha
              .operations()
              .run(ROOT, LocalDaemons.program("speakers", "/usr/bin/perl", "-e", PROGRAM));
      RealMoveTest.Sink sink = new RealMoveTest.Sink();
      try (Attachment console = alpha.operations().attach(program, true, sink)) {
        StringBuilder said = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        List<String> strategies = List.of("precopy", "eager", "hybrid", "copy-on-reference");
        for (int i = 0; i < strategies.size(); i++) {
          console.input(ByteBuffer.wrap((i + "\n").getBytes(StandardCharsets.UTF_8)));
          expected.append(said.append(i)).append('\n');
          String soFar = expected.toString();
          await("answer " + i + " in " + sink.text(), () -> sink.text().equals(soFar));
          NodeId to = new NodeId(i % 2 == 0 ? "beta" : "alpha");
          var _ =
              alpha
                  .operations()
                  .migrate(
                      alpha.operations().find("speakers"), to, strategies.get(i), progress -> {});
          await(
              "it is known at " + to,
              () -> alpha.operations().find("speakers").node().equals(to.name()));
        }
        console.input(ByteBuffer.wrap("end\n".getBytes(StandardCharsets.UTF_8)));
        String all = expected.append(said).append("end\n").toString();
        await("the last answer in " + sink.text(), () -> sink.text().equals(all));
        alpha.operations().signal(alpha.operations().find("speakers"), 9);
        console.endOfInput();
      }
    }
  }
}
