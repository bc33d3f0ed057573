package io.godwit.engine.kind.descriptor;

import io.godwit.core.Pid;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.console.Externals;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.descriptor.Kcmp;
import io.godwit.linux.descriptor.ProcessDescriptors;
import io.godwit.linux.proc.ProcTask;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** All open files of a frozen tree, each once, and which descriptors name them. */
public final class OpenFiles implements AutoCloseable {
  /** A descriptor of a process. */
  public record Place(Pid hostPid, int number) {}

  private record FileKey(long device, long inode) {}

  private final FrozenTree tree;
  private final ImageDraft draft;
  private final Externals externals;
  private final Map<FileKey, NavigableMap<Place, OpenFile>> byFile = new HashMap<>();
  private final Map<Place, OpenFile> byPlace = new HashMap<>();
  private final List<OpenFile> all = new ArrayList<>();
  private final Map<Class<?>, Object> attachments = new HashMap<>();

  private OpenFiles(FrozenTree tree, ImageDraft draft) {
    this.tree = tree;
    this.draft = draft;
    this.externals = Externals.of(tree.external());
  }

  /** Finds them all; to be closed by the caller. */
  static OpenFiles of(FrozenTree tree, ImageDraft draft) {
    OpenFiles files = new OpenFiles(tree, draft);
    try {
      for (FrozenProcess process : tree.processes()) {
        files.add(process);
      }
      return files;
    } catch (RuntimeException failure) {
      files.close();
      throw failure;
    }
  }

  private void add(FrozenProcess process) {
    Fd handle = ProcessDescriptors.ofProcess(process.hostPid());
    try {
      ProcTask task = new ProcTask(process.proc().toString());
      for (Fd fd : task.descriptors()) {
        add(process, task, handle, fd);
      }
    } finally {
      Descriptors.close(handle);
    }
  }

  private void add(FrozenProcess process, ProcTask task, Fd handle, Fd fd) {
    Place place = new Place(process.hostPid(), fd.number());
    var status = Descriptors.status(task.path("fd/" + fd.number()));
    // The kernel orders open files; those of different inodes need not be compared.
    NavigableMap<Place, OpenFile> same =
        byFile.computeIfAbsent(
            new FileKey(status.device().devT(), status.inode()),
            _ -> new TreeMap<>(OpenFiles::compare));
    OpenFile file = same.get(place);
    if (file == null) {
      file =
          new OpenFile(
              draft.newId(),
              process,
              fd.number(),
              ProcessDescriptors.fetch(handle, fd.number()),
              task.link(fd),
              task.fdInfo(fd),
              status);
      same.put(place, file);
      all.add(file);
    }
    byPlace.put(place, file);
  }

  private static int compare(Place one, Place other) {
    return one.equals(other)
        ? 0
        : Kcmp.compareFiles(
            one.hostPid().number(), one.number(), other.hostPid().number(), other.number());
  }

  /** Each open file once, in the order in which they were found. */
  public List<OpenFile> all() {
    return Collections.unmodifiableList(all);
  }

  /** The open file that a descriptor names. */
  public Optional<OpenFile> at(Pid hostPid, int number) {
    return Optional.ofNullable(byPlace.get(new Place(hostPid, number)));
  }

  /** The open files of one inode. */
  public List<OpenFile> ofInode(long device, long inode) {
    NavigableMap<Place, OpenFile> found = byFile.get(new FileKey(device, inode));
    return found == null ? List.of() : List.copyOf(found.values());
  }

  public FrozenTree tree() {
    return tree;
  }

  public ImageDraft draft() {
    return draft;
  }

  public Externals externals() {
    return externals;
  }

  /** The role of an open file that the caller answers for. */
  public Optional<String> roleOf(OpenFile file) {
    return externals.roleOf(file.status().device().devT(), file.status().inode());
  }

  /** Something that a kind remembers from one open file to the next, made at first use. */
  public <T> T attachment(Class<T> type, java.util.function.Supplier<T> make) {
    return type.cast(attachments.computeIfAbsent(type, _ -> make.get()));
  }

  @Override
  public void close() {
    all.forEach(file -> Descriptors.close(file.here()));
  }
}
