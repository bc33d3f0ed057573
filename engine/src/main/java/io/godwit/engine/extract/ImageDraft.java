package io.godwit.engine.extract;

import io.godwit.core.Pid;
import io.godwit.image.ObjectId;
import io.godwit.image.OpenDescription;
import io.godwit.image.Pipe;
import io.godwit.image.ProcessImage;
import io.godwit.image.PseudoTerminal;
import io.godwit.image.SavedContent;
import io.godwit.image.SharedMemory;
import io.godwit.image.SysvObjects;
import io.godwit.image.ZombieProcess;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.abi.FileAbi;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The image of a tree while the kinds fill it. Belongs to the tracer's thread. */
public final class ImageDraft {
  private final Map<Pid, ProcessDraft> processes = new LinkedHashMap<>();
  private final List<ZombieProcess> zombies = new ArrayList<>();
  private final List<OpenDescription> descriptions = new ArrayList<>();
  private final List<Pipe> pipes = new ArrayList<>();
  private final List<PseudoTerminal> terminals = new ArrayList<>();
  private final Map<Inode, SharedMemory> sharedMemory = new LinkedHashMap<>();
  private final List<SavedContent> savedContents = new ArrayList<>();
  private final List<ContentSource> contents = new ArrayList<>();
  private final Map<Class<?>, Object> attachments = new HashMap<>();
  private SysvObjects sysv = SysvObjects.NONE;
  private int lastId;

  /** A file of a node by what identifies it there. */
  public record Inode(long device, long inode) {}

  /**
   * Where the bytes of a memory object or saved file are read at the source.
   *
   * @param size in bytes
   */
  public record ContentSource(ObjectId id, Opening opening, long size) {
    /**
     * What has a name.
     *
     * @param path can be opened by this process, for example below /proc/PID/map_files
     */
    public ContentSource(ObjectId id, String path, long size) {
      this(id, atPath(path), size);
    }

    private static Opening atPath(String path) {
      return () -> Descriptors.open(path, FileAbi.O_RDONLY | FileAbi.O_CLOEXEC);
    }
  }

  /** How to come to a file, for as long as the processes are there; any thread. */
  @FunctionalInterface
  public interface Opening {
    /** To be closed by the caller. */
    Fd open();
  }

  /** A number that no other object of the image has. */
  public ObjectId newId() {
    return new ObjectId(++lastId);
  }

  /** The draft of a process, made at first use in the order of the tree. */
  public ProcessDraft process(Pid podPid) {
    return processes.computeIfAbsent(podPid, ProcessDraft::new);
  }

  public List<ZombieProcess> zombies() {
    return zombies;
  }

  /** To be added to. */
  public List<OpenDescription> descriptions() {
    return descriptions;
  }

  /** To be added to. */
  public List<Pipe> pipes() {
    return pipes;
  }

  /** To be added to. */
  public List<PseudoTerminal> terminals() {
    return terminals;
  }

  /** To be added to; the bytes go to {@link #content}. */
  public List<SavedContent> savedContents() {
    return savedContents;
  }

  /**
   * The shared memory object of an inode, whoever meets it first, mapping or descriptor.
   *
   * @param path by which its bytes can be read, as for {@link ContentSource}
   * @param make describes it under the new id
   */
  public SharedMemory sharedMemory(
      Inode inode, String path, Function<ObjectId, SharedMemory> make) {
    return sharedMemory(inode, ContentSource.atPath(path), make);
  }

  /** As {@link #sharedMemory(Inode, String, Function)}, for what has no path. */
  public SharedMemory sharedMemory(
      Inode inode, Opening opening, Function<ObjectId, SharedMemory> make) {
    return sharedMemory.computeIfAbsent(
        inode,
        i -> {
          SharedMemory made = make.apply(newId());
          content(new ContentSource(made.id(), opening, made.size()));
          return made;
        });
  }

  /** Registers bytes to be sent with the pages. */
  public void content(ContentSource source) {
    contents.add(source);
  }

  public List<ContentSource> contents() {
    return contents;
  }

  public void sysv(SysvObjects value) {
    sysv = value;
  }

  /** Something that a kind remembers from one process to the next, made at first use. */
  public <T> T attachment(Class<T> type, java.util.function.Supplier<T> make) {
    return type.cast(attachments.computeIfAbsent(type, t -> make.get()));
  }

  SysvObjects sysv() {
    return sysv;
  }

  List<SharedMemory> sharedMemory() {
    return List.copyOf(sharedMemory.values());
  }

  Optional<ProcessDraft> find(Pid podPid) {
    return Optional.ofNullable(processes.get(podPid));
  }

  /** The finished records, in the order of the tree. */
  List<ProcessImage> buildProcesses() {
    List<ProcessImage> built = new ArrayList<>();
    for (ProcessDraft draft : processes.values()) {
      built.add(draft.build());
    }
    built.addAll(zombies);
    return built;
  }
}
