package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.Pid;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Spawn;
import io.godwit.linux.abi.Syscall;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real programs, moved with all kinds while they change the first byte of a file over and over. */
class ProgramsTest {
  private static final long TIMEOUT_NANOS = 30_000_000_000L;

  @TempDir Path directory;

  private void goesOn(String program, String... arguments) throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of(program)), program + " is not installed");
    Path board = directory.resolve("board");
    Files.write(board, new byte[4096]);
    String[] all = new String[arguments.length + 2];
    all[0] = program;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 1] = board.toString();
    int subreaper = 36;
    Kernel.call(Syscall.PRCTL, subreaper, 1);
    Pid pid = new Pid(Spawn.spawn(Path.of(program).toRealPath().toString(), -1, all));
    try (FileChannel channel = FileChannel.open(board)) {
      MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_ONLY, 0, 1);
      Mover mover = new Mover(new Engine(StandardKinds.all()));
      awaitChanges(map, 5);
      for (int i = 0; i < 3; i++) {
        mover.move(pid);
        awaitChanges(map, 5);
      }
    } finally {
      for (Pid one : Engine.descendants(List.of(pid)).reversed()) {
        Kernel.call(Syscall.KILL, one.number(), 9);
      }
      Victim.reapIfChild(pid);
    }
  }

  private static void awaitChanges(MappedByteBuffer map, int count) {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    byte last = map.get(0);
    for (int changes = 0; changes < count; ) {
      byte now = map.get(0);
      changes += now == last ? 0 : 1;
      last = now;
      assertThat(System.nanoTime()).as("the program goes on").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private Path script(String name, String text) throws Exception {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void pythonWithThreads() throws Exception {
    Path script =
        script(
            "threads.py",
            """
            import mmap, sys, threading, time
            f = open(sys.argv[1], 'r+b')
            m = mmap.mmap(f.fileno(), 4096)
            n = [0] * 8
            def work(i):
                while True:
                    n[i] += 1
                    time.sleep(0.001)
            for i in range(8):
                threading.Thread(target=work, args=(i,), daemon=True).start()
            b = 0
            while True:
                s = list(n)
                time.sleep(0.005)
                if all(x > y for x, y in zip(n, s)):
                    b = (b + 1) % 200
                    m[0:1] = bytes([b])
            """);
    goesOn("/usr/bin/python3", script.toString());
  }

  @Test
  void bashWithChildren() throws Exception {
    Path script =
        script(
            "children.sh",
            """
            b=0
            while true; do
              b=$(( (b + 1) % 90 + 1 ))
              printf "\\x$(printf %02x $b)" | dd of=$1 bs=1 count=1 conv=notrunc 2>/dev/null
            done
            """);
    goesOn("/bin/bash", script.toString());
  }

  @Test
  void perl() throws Exception {
    goesOn(
        "/usr/bin/perl",
        "-e",
        "open F,'+<',shift; while(1){ $x++ for 1..20000; seek F,0,0; syswrite F,chr($b++ % 200) }");
  }

  @Test
  void node() throws Exception {
    Path script =
        script(
            "timer.js",
            """
            const fs = require('fs');
            const fd = fs.openSync(process.argv[2], 'r+');
            let b = 0;
            setInterval(() => {
              b = (b + 1) % 200;
              fs.writeSync(fd, Buffer.from([b]), 0, 1, 0);
            }, 3);
            """);
    goesOn("/usr/bin/node", script.toString());
  }

  @Test
  void aJavaMachineWithThreadsAndGarbage() throws Exception {
    Path source =
        script(
            "Busy.java",
            """
            import java.nio.channels.FileChannel;
            import java.nio.file.*;
            import java.util.concurrent.atomic.AtomicLong;
            class Busy {
              public static void main(String[] a) throws Exception {
                var m = FileChannel.open(Path.of(a[0]), StandardOpenOption.READ, StandardOpenOption.WRITE)
                    .map(FileChannel.MapMode.READ_WRITE, 0, 4096);
                var c = new AtomicLong();
                for (int i = 0; i < 20; i++) {
                  var t = new Thread(() -> {
                    while (true) {
                      var garbage = new java.util.ArrayList<byte[]>();
                      for (int k = 0; k < 20; k++) garbage.add(new byte[10000]);
                      c.incrementAndGet();
                      try { Thread.sleep(1); } catch (InterruptedException e) { return; }
                    }
                  });
                  t.setDaemon(true);
                  t.start();
                }
                byte b = 0;
                for (long last = -1; ; Thread.sleep(2)) {
                  if (c.get() != last) { last = c.get(); m.put(0, ++b); }
                }
              }
            }
            """);
    goesOn("/usr/bin/java", "-Xmx64m", "-XX:+UseG1GC", source.toString());
  }
}
