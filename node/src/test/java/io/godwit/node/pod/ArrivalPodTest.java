package io.godwit.node.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.Pid;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.linux.Injector;
import io.godwit.linux.Tracee;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.proc.ProcFs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods that wait for a program. Needs root and a cgroup v2 hierarchy. */
class ArrivalPodTest {
  @TempDir Path state;
  private PodRoom room;

  @BeforeEach
  void open() {
    Assumptions.assumeTrue(
        ProcessHandle.current().info().user().orElse("").equals("root"), "pods need root");
    room = new PodRoom(state);
  }

  @AfterEach
  void close() {
    if (room != null) {
      room.close();
    }
  }

  private ArrivalPod arrival() {
    ArrivalPod.Frame frame =
        new ArrivalPod.Frame(
            "arrival", "far", false, new PodSpec.Console.Pipes(), TimeOffsets.here());
    return ArrivalPod.create(room, frame, new Pid(2));
  }

  @Test
  void theInitStandsStillWithoutChildren() throws Exception {
    try (ArrivalPod arrival = arrival()) {
      Injector init = arrival.options().parent().orElseThrow().injector();
      assertThat(arrival.tracer().call(() -> init.call(Syscall.GETPID))).isEqualTo(1);
      assertThat(arrival.pod().processes()).isEmpty();
      assertThat(arrival.options().external()).containsOnlyKeys("stdin", "stdout", "stderr");
    }
    assertThat(room.all()).isEmpty();
  }

  @Test
  void whatIsClearedLeavesItsNumberFree() throws Exception {
    try (ArrivalPod arrival = arrival()) {
      Injector init = arrival.options().parent().orElseThrow().injector();
      for (int i = 0; i < 3; i++) {
        Tracee child = arrival.tracer().call(() -> clone(arrival.tracer(), init, 2, arrival.pod()));
        assertThat(arrival.pod().hostPid(2)).isPresent();
        arrival
            .tracer()
            .run(
                () -> {
                  assertThat(child.isStopped()).isTrue();
                  child.detach(0);
                });
        arrival.clear();
        assertThat(arrival.pod().hostPid(2)).isEmpty();
      }
    }
  }

  @Test
  void whatWasBuiltBelowTheInitEndsAsTheProgram() throws Exception {
    Pod pod;
    try (ArrivalPod arrival = arrival()) {
      pod = arrival.pod();
      Injector init = arrival.options().parent().orElseThrow().injector();
      // A child with the number of the program's first process, as the engine makes it.
      Tracee child = arrival.tracer().call(() -> clone(arrival.tracer(), init, 2, arrival.pod()));
      Pid host = pod.hostPid(2).orElseThrow();
      assertThat(ProcFs.host().process(host).stat().parent()).isEqualTo(pod.init().number());
      assertThat(pod.signal(9)).contains(true);
      assertThat(arrival.tracer().call(() -> endOf(child))).isTrue();
      arrival.keep();
    }
    assertThat(pod.mainStatus().get(20, TimeUnit.SECONDS)).isEqualTo(9);
    pod.ended().get(20, TimeUnit.SECONDS);
    pod.streams().close();
  }

  /** A child of the init, traced and stopped from its first instruction, as the engine's are. */
  private static Tracee clone(Tracer tracer, Injector init, int pid, Pod pod) {
    var batch = init.batch();
    long setTid = batch.words(pid);
    long[] words = new long[11];
    words[0] = 0x2000; // CLONE_PTRACE
    words[4] = 17;
    words[8] = setTid;
    words[9] = 1;
    var call = batch.add(Syscall.CLONE3, batch.words(words), 88);
    init.run(batch);
    assertThat(call.result()).isEqualTo(pid);
    Tracee child = tracer.adopt(pod.hostPid(pid).orElseThrow().mainThread());
    child.await(10_000_000_000L);
    return child;
  }

  /** A traced process that has ended is its tracer's first, and its parent's after that. */
  private static boolean endOf(Tracee tracee) {
    while (!tracee.isGone() && tracee.await(10_000_000_000L).isPresent()) {
      // Stops that were on their way come first.
    }
    return tracee.isGone();
  }

  @Test
  void aRunningPodsStreamsAreNamedByTheirFiles() throws Exception {
    Pod pod = room.create(PodRoomTest.shell("named", "exec cat"));
    Set<ExternalDescriptor> externals = ArrivalPod.externals(pod);
    Pid main = pod.mainProcess().orElseThrow();
    for (ExternalDescriptor each : externals) {
      int number = List.of("stdin", "stdout", "stderr").indexOf(each.role());
      assertThat(Files.readSymbolicLink(Path.of("/proc/" + main + "/fd/" + number)).toString())
          .isEqualTo("pipe:[" + each.inode() + "]");
    }
    assertThat(externals).hasSize(3);
    FdCalls.write(
        ((PodStreams.Pipes) pod.streams()).input(), "x".getBytes(StandardCharsets.US_ASCII), 0, 1);
    pod.kill();
    pod.ended().get(20, TimeUnit.SECONDS);
    pod.streams().close();
  }
}
