package io.godwit.engine;

import io.godwit.core.Pid;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.freeze.Freezer;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.engine.kind.Inspection;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.pages.PageReader;
import io.godwit.engine.pages.PageSink;
import io.godwit.engine.pages.PageSource;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.engine.restore.Restorer;
import io.godwit.image.Clocks;
import io.godwit.image.LiveProcess;
import io.godwit.image.PodImage;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.FileStatus;
import io.godwit.linux.LinuxException;
import io.godwit.linux.PageMap;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.WaitStatus;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Moves a tree from this machine to this machine with every kind; its stdio is replaced. */
final class KindMover {
  private static final List<ResourceKind> KINDS = StandardKinds.all();

  private static final int PR_SET_CHILD_SUBREAPER = 36;

  private KindMover() {}

  /** Standard input and output as what the caller answers for. */
  static Set<ExternalDescriptor> stdio(Pid pid) {
    Set<ExternalDescriptor> found = new HashSet<>();
    for (int fd = 0; fd < 3; fd++) {
      FileStatus status = Descriptors.status("/proc/" + pid + "/fd/" + fd);
      found.add(new ExternalDescriptor("stdio" + fd, status.device().devT(), status.inode()));
    }
    return found;
  }

  /** Moves with the same files given again as stdio. */
  static PodImage move(Tracer tracer, Pid root) {
    Map<String, Fd> given = new HashMap<>();
    for (int fd = 0; fd < 3; fd++) {
      given.put("stdio" + fd, Descriptors.open("/dev/null", FileAbi.O_RDWR));
    }
    try {
      return move(tracer, root, stdio(root), given);
    } finally {
      given.values().forEach(Descriptors::close);
    }
  }

  static PodImage move(
      Tracer tracer, Pid root, Set<ExternalDescriptor> external, Map<String, Fd> given) {
    LinuxException.check(
        Kernel.call(Syscall.PRCTL, PR_SET_CHILD_SUBREAPER, 1), Syscall.PRCTL, "subreaper");
    return tracer.call(() -> moveHere(tracer, root, external, given));
  }

  private static PodImage moveHere(
      Tracer tracer, Pid root, Set<ExternalDescriptor> external, Map<String, Fd> given) {
    FrozenTree tree = Freezer.freeze(tracer, List.of(root), external);
    Extractor.Extraction extraction;
    List<PageSource.Run> runs = new ArrayList<>();
    try {
      Inspection inspection =
          new Inspection(tree.processes().stream().map(FrozenProcess::hostPid).toList(), external);
      KINDS.forEach(kind -> kind.inspect(inspection));
      inspection.throwIfRefused();
      extraction = Extractor.extract(tree, KINDS, Mover.around(root), new Clocks(0, 0, 0));
      read(tree, extraction, runs);
    } catch (RuntimeException failure) {
      tree.undo();
      throw failure;
    }
    tree.kill();
    for (FrozenProcess process : tree.processes()) {
      reap(process.hostPid());
    }
    Restorer restorer =
        new Restorer(
            extraction.image(),
            KINDS,
            new RestoreOptions(Optional.empty(), Path.of("/"), given),
            tracer);
    try {
      restorer.prepare();
      restorer.makeProcesses();
      restorer.makeMemory();
      var iterator = runs.iterator();
      restorer.writePages(() -> iterator.hasNext() ? iterator.next() : null);
      restorer.finish();
      restorer.release();
    } catch (RuntimeException failure) {
      restorer.discard();
      throw failure;
    }
    return extraction.image();
  }

  /** Processes whose parent was killed become children of this one: their numbers must be free. */
  private static void reap(Pid pid) {
    Victim.await(
        () ->
            Kernel.call(Syscall.KILL, pid.number(), 0) == -Errno.ESRCH.number()
                || Kernel.call(
                        Syscall.WAIT4, pid.number(), 0, WaitStatus.WALL | WaitStatus.WNOHANG, 0)
                    == pid.number(),
        () -> "the end of process " + pid);
  }

  private static void read(
      FrozenTree tree, Extractor.Extraction extraction, List<PageSource.Run> runs) {
    PageSink keep =
        (object, address, content) -> {
          ByteBuffer copy = ByteBuffer.allocateDirect(content.remaining());
          copy.put(content).flip();
          runs.add(new PageSource.Run(object, address, copy));
        };
    PageReader reader = new PageReader();
    for (LiveProcess process : extraction.image().live()) {
      FrozenProcess frozen = tree.process(process.pid()).orElseThrow();
      try (PageMap map = PageMap.open(frozen.hostPid())) {
        reader.send(
            process.memory().id(),
            frozen.memory(),
            PageReader.privatePages(process.memory(), map),
            keep);
        reader.sendVdso(process.memory(), frozen.memory(), keep);
      }
    }
    extraction.contents().forEach(content -> reader.send(content, keep));
  }
}
