package io.godwit.image;

import io.godwit.core.Pid;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks that every reference within an image leads to an object of the right kind. */
final class References {
  private final Map<ObjectId, Object> byId = new HashMap<>();

  private References() {}

  static void check(
      List<ProcessImage> processes,
      List<OpenDescription> descriptions,
      List<Pipe> pipes,
      List<PseudoTerminal> terminals,
      List<SharedMemory> sharedMemory,
      List<SavedContent> savedContents,
      SysvObjects sysv) {
    References references = new References();
    descriptions.forEach(value -> references.define(value.id(), value));
    pipes.forEach(value -> references.define(value.id(), value));
    terminals.forEach(value -> references.define(value.id(), value));
    sharedMemory.forEach(value -> references.define(value.id(), value));
    savedContents.forEach(value -> references.define(value.id(), value));
    Set<Pid> pids = new HashSet<>();
    for (ProcessImage process : processes) {
      Pid pid = process.pid();
      Optional<Pid> parent = process.identity().parent();
      Require.that(
          parent.isEmpty() || pids.contains(parent.get()),
          "the parent of process " + pid + " is not listed before it");
      Require.that(pids.add(pid), "process " + pid + " is listed twice");
      if (process instanceof LiveProcess live) {
        references.checkProcess(live);
      }
    }
    for (OpenDescription description : descriptions) {
      references.checkKind(description.id(), description.kind());
    }
    for (SysvObjects.Segment segment : sysv.segments()) {
      references.require(segment.memory(), SharedMemory.class, "a System V segment");
    }
  }

  private void define(ObjectId id, Object value) {
    Require.that(byId.put(id, value) == null, "object " + id + " is listed twice");
  }

  /** Processes may share address spaces and descriptor tables: then they carry equal copies. */
  private void defineShared(ObjectId id, Object value) {
    Object known = byId.putIfAbsent(id, value);
    Require.that(known == null || known.equals(value), "object " + id + " is two things");
  }

  private void require(ObjectId id, Class<?> kind, String user) {
    Object found = byId.get(id);
    if (!kind.isInstance(found)) {
      throw new IllegalArgumentException(
          user
              + " refers to "
              + id
              + ", which is "
              + (found == null ? "not in the image" : "not a " + kind.getSimpleName()));
    }
  }

  private void checkProcess(LiveProcess process) {
    String user = "process " + process.pid();
    defineShared(process.memory().id(), process.memory());
    defineShared(process.descriptors().id(), process.descriptors());
    for (DescriptorTable.Descriptor descriptor : process.descriptors().descriptors()) {
      require(
          descriptor.description(),
          OpenDescription.class,
          "descriptor " + descriptor.number() + " of " + user);
    }
    process.memory().executable().ifPresent(file -> checkFile(file, user));
    for (Vma vma : process.memory().mappings()) {
      switch (vma.kind()) {
        case VmaKind.FileMapping mapping -> checkFile(mapping.file(), user);
        case VmaKind.ObjectMapping mapping ->
            require(mapping.memory(), SharedMemory.class, "mapping " + vma.range() + " of " + user);
        case VmaKind.Anonymous anonymous -> {}
        case VmaKind.Kernel kernel -> {}
      }
    }
    checkFile(process.fileSystem().workingDirectory(), user);
    checkFile(process.fileSystem().root(), user);
    process
        .attributes()
        .controllingTerminal()
        .ifPresent(id -> require(id, OpenDescription.class, "the terminal of " + user));
  }

  private void checkFile(FileReference file, String user) {
    file.savedContent()
        .ifPresent(id -> require(id, SavedContent.class, file.path() + " of " + user));
  }

  private void checkKind(ObjectId id, DescriptionKind kind) {
    String user = "open description " + id;
    switch (kind) {
      case DescriptionKind.RegularFile value -> checkFile(value.file(), user);
      case DescriptionKind.Directory value -> checkFile(value.file(), user);
      case DescriptionKind.PathOnly value -> checkFile(value.file(), user);
      case DescriptionKind.PipeEnd value -> require(value.pipe(), Pipe.class, user);
      case DescriptionKind.Fifo value -> {
        checkFile(value.file(), user);
        require(value.pipe(), Pipe.class, user);
      }
      case DescriptionKind.Terminal value -> require(value.terminal(), PseudoTerminal.class, user);
      case DescriptionKind.EpollInstance value ->
          value.watches().forEach(w -> require(w.description(), OpenDescription.class, user));
      case DescriptionKind.Inotify value -> value.watches().forEach(w -> checkFile(w.file(), user));
      case DescriptionKind.MemFd value -> require(value.memory(), SharedMemory.class, user);
      case SocketKind.UnixSocket value -> {
        value.peer().ifPresent(peer -> require(peer, OpenDescription.class, user));
        checkMessages(value.queue(), user);
      }
      case SocketKind.UnconnectedSocket value -> checkMessages(value.queue(), user);
      case DescriptionKind.Device value -> {}
      case DescriptionKind.Console value -> {}
      case DescriptionKind.EventFd value -> {}
      case DescriptionKind.TimerFd value -> {}
      case DescriptionKind.SignalFd value -> {}
      case DescriptionKind.PidFd value -> {}
      case SocketKind.ListeningSocket value -> {}
      case SocketKind.TcpSocket value -> {}
    }
  }

  private void checkMessages(List<SocketKind.Message> messages, String user) {
    for (SocketKind.Message message : messages) {
      message.descriptions().forEach(id -> require(id, OpenDescription.class, user));
    }
  }
}
