package io.godwit.linux.doctor;

import io.godwit.linux.Stub;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.NamespaceAbi;
import io.godwit.linux.abi.Syscall;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Probes that need another process: they are tried on a stub of our own, which is killed at the
 * end. Where no stub can be started, all of them fail for that reason.
 */
final class StubProbes implements AutoCloseable {
  /** Size of the XSAVE area's legacy part and header: every processor has more than that. */
  private static final int XSAVE_HEADER = 576;

  private final Tracer tracer;
  private final @Nullable Stub stub;
  private final String reason;

  private StubProbes(Tracer tracer, @Nullable Stub stub, String reason) {
    this.tracer = tracer;
    this.stub = stub;
    this.reason = reason;
  }

  static StubProbes start() {
    Tracer tracer = Tracer.start();
    try {
      return new StubProbes(tracer, tracer.call(() -> Stub.start(tracer)), "");
    } catch (RuntimeException e) {
      return new StubProbes(tracer, null, "no stub can be started: " + e.getMessage());
    }
  }

  void addTo(Map<Feature, Probe> probes) {
    probes.put(Feature.SEIZE, () -> on(StubProbes::getpid));
    probes.put(
        Feature.PROCESS_VM,
        () ->
            on(
                s -> {
                  byte[] read = s.injector().memory().read(s.scratch().start(), 16);
                  return read.length == 16 ? "" : read.length + " of 16 bytes";
                }));
    probes.put(
        Feature.RSEQ_CONFIGURATION,
        () ->
            on(
                s -> {
                  // Empty means that none is registered; a kernel without the call throws.
                  s.tracee().rseqConfiguration();
                  return "";
                }));
    probes.put(
        Feature.XSAVE,
        () ->
            on(
                s -> {
                  int size = s.tracee().extendedState().length;
                  return Probe.expect(size >= XSAVE_HEADER, size + " bytes");
                }));
    probes.put(
        Feature.USER_NAMESPACE,
        () ->
            on(
                s -> {
                  s.injector().check(Syscall.UNSHARE, "CLONE_NEWUSER", NamespaceAbi.CLONE_NEWUSER);
                  return "";
                }));
  }

  private static String getpid(Stub stub) throws Probe.Missing {
    long pid = stub.injector().call(Syscall.GETPID);
    Probe.expect(pid == stub.pid().number(), "an injected getpid gave " + pid);
    return "";
  }

  /** A look at the stub, taken on the tracer's thread. */
  private interface Look {
    String at(Stub stub) throws Exception;
  }

  private record Seen(@Nullable String detail, @Nullable Exception failure) {}

  private String on(Look look) throws Exception {
    Stub present = stub;
    if (present == null) {
      throw new Probe.Missing(reason);
    }
    Seen seen =
        tracer.call(
            () -> {
              try {
                return new Seen(look.at(present), null);
              } catch (Exception e) {
                return new Seen(null, e);
              }
            });
    if (seen.failure() != null) {
      throw seen.failure();
    }
    return String.valueOf(seen.detail());
  }

  @Override
  public void close() {
    Stub present = stub;
    if (present != null) {
      tracer.run(present::close);
    }
    tracer.close();
  }
}
