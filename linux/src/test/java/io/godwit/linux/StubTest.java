package io.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Syscall;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class StubTest {
  @Test
  void aBatchRunsInOrderAndPassesResultsOn() {
    try (Tracer tracer = Tracer.start()) {
      tracer.run(
          () -> {
            try (Stub stub = Stub.start(tracer)) {
              SyscallBatch batch = stub.injector().batch();
              SyscallBatch.Call pid = batch.add(Syscall.GETPID);
              SyscallBatch.Call memfd =
                  batch.add(Syscall.MEMFD_CREATE, batch.string("godwit-test"), 0);
              SyscallBatch.Call write =
                  batch.add(Syscall.WRITE, 0, batch.string("carried"), 7).argument(0, memfd);
              long back = batch.reserve(7);
              SyscallBatch.Call read = batch.add(Syscall.PREAD64, 0, back, 7, 0).argument(0, memfd);
              SyscallBatch.Call bad = batch.add(Syscall.CLOSE, 99).mayFail();
              stub.injector().run(batch);
              assertThat(pid.result()).isEqualTo(stub.pid().number());
              assertThat(write.result()).isEqualTo(7);
              assertThat(read.result()).isEqualTo(7);
              assertThat(new String(batch.bytes(back, 7), StandardCharsets.UTF_8))
                  .isEqualTo("carried");
              assertThat(bad.result()).isEqualTo(-Errno.EBADF.number());
              assertThat(memfd.result()).isZero();
            }
          });
    }
  }

  @Test
  void aFailedCallEndsTheBatchAndNamesItself() {
    try (Tracer tracer = Tracer.start()) {
      tracer.run(
          () -> {
            try (Stub stub = Stub.start(tracer)) {
              SyscallBatch batch = stub.injector().batch();
              batch.add(Syscall.GETPID);
              batch.add(Syscall.CLOSE, 77);
              batch.add(Syscall.EXIT_GROUP, 3);
              assertThatThrownBy(() -> stub.injector().run(batch))
                  .isInstanceOf(LinuxException.class)
                  .hasMessageContaining("close(0x4d in thread")
                  .hasMessageContaining("EBADF");
              assertThat(stub.injector().call(Syscall.GETPID)).isEqualTo(stub.pid().number());
            }
          });
    }
  }

  @Test
  void descriptorsArePassedIn() {
    try (Tracer tracer = Tracer.start();
        DescriptorChannel channel = DescriptorChannel.open()) {
      tracer.run(
          () -> {
            try (Stub stub = Stub.start(tracer, 0x7000_0000_0000L, channel.remote().number())) {
              assertThat(stub.scratch().start()).isEqualTo(0x7000_0000_0000L);
              int[] numbers =
                  channel.pass(stub.injector(), List.of(channel.local(), channel.remote()));
              assertThat(numbers).containsExactly(0, 1);
              assertThat(descriptorsOf(stub))
                  .containsExactlyInAnyOrder("0", "1", "" + channel.remoteNumber());
            }
          });
    }
  }

  private static List<String> descriptorsOf(Stub stub) {
    return List.of(new java.io.File("/proc/" + stub.pid() + "/fd").list());
  }

  @Test
  void nothingIsLeftBehind() throws Exception {
    Path[] proc = new Path[1];
    try (Tracer tracer = Tracer.start()) {
      tracer.run(() -> Stub.start(tracer).close());
      long before = descriptors();
      for (int i = 0; i < 20; i++) {
        tracer.run(
            () -> {
              try (Stub stub = Stub.start(tracer)) {
                proc[0] = Path.of("/proc/" + stub.pid());
                assertThat(proc[0]).exists();
              }
            });
        assertThat(proc[0]).doesNotExist();
      }
      assertThat(descriptors()).isEqualTo(before);
    }
  }

  private static long descriptors() throws Exception {
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.count();
    }
  }
}
