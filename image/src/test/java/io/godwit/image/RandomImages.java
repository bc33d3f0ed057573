package io.godwit.image;

import io.godwit.core.AddressRange;
import io.godwit.core.Epoch;
import io.godwit.core.Pid;
import io.godwit.core.Tid;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Makes images of pods that never were, each valid, the same for the same seed. */
public final class RandomImages {
  private final Random random;
  private final int most;
  private int nextId = 1;

  private final List<Pipe> pipes = new ArrayList<>();
  private final List<PseudoTerminal> terminals = new ArrayList<>();
  private final List<SharedMemory> sharedMemory = new ArrayList<>();
  private final List<SavedContent> savedContents = new ArrayList<>();
  private final List<OpenDescription> descriptions = new ArrayList<>();
  private final List<ProcessImage> processes = new ArrayList<>();

  private RandomImages(long seed, int most) {
    this.random = new Random(seed);
    this.most = most;
  }

  /**
   * A pod.
   *
   * @param most entries in any list
   */
  public static PodImage pod(long seed, int most) {
    return new RandomImages(seed, most).pod();
  }

  private PodImage pod() {
    many(() -> pipes.add(pipe()));
    many(() -> terminals.add(terminal()));
    many(
        () ->
            sharedMemory.add(
                new SharedMemory(
                    id(), size(), optional(this::name), small(), small(), random.nextInt(01000))));
    many(
        () ->
            savedContents.add(
                new SavedContent(
                    id(), size(), random.nextInt(), random.nextInt(), random.nextInt())));
    many(() -> descriptions.add(description()));
    int count = 1 + random.nextInt(most);
    for (int i = 0; i < count; i++) {
      processes.add(process(i));
    }
    return new PodImage(
        new PodIdentity(
            name(), optional(this::name), optional(this::name), new Epoch(1 + small()), new Pid(2)),
        new Origin("0.1.0", name(), "6.18.0", "x86_64", list(this::name), random.nextLong(), 4096),
        new Clocks(random.nextLong(), random.nextLong(), random.nextLong()),
        namespaces(),
        processes,
        descriptions,
        pipes,
        terminals,
        sharedMemory,
        savedContents,
        sysv());
  }

  private Namespaces namespaces() {
    Set<Namespaces.Kind> own = EnumSet.noneOf(Namespaces.Kind.class);
    for (Namespaces.Kind kind : Namespaces.Kind.values()) {
      if (random.nextBoolean()) {
        own.add(kind);
      }
    }
    return new Namespaces(
        own,
        name(),
        name(),
        list(
            () ->
                new Namespaces.MountPoint(
                    path(), name(), name(), path(), random.nextLong(), name())));
  }

  private SysvObjects sysv() {
    List<SysvObjects.Segment> segments = new ArrayList<>();
    for (SharedMemory memory : sharedMemory) {
      if (random.nextBoolean()) {
        segments.add(new SysvObjects.Segment(sysvIdentity(), memory.id()));
      }
    }
    return new SysvObjects(
        segments,
        list(
            () ->
                new SysvObjects.SemaphoreSet(
                    sysvIdentity(),
                    list(this::small),
                    list(() -> new SysvObjects.Undo(1 + small(), small(), random.nextInt())),
                    random.nextBoolean())),
        list(
            () ->
                new SysvObjects.MessageQueue(
                    sysvIdentity(),
                    size(),
                    list(() -> new SysvObjects.QueuedMessage(1 + small(), bytes(0, 40))))),
        list(
            () ->
                new SysvObjects.Setting(
                    SysvObjects.Setting.NAMES.get(random.nextInt(SysvObjects.Setting.NAMES.size())),
                    small() + "\t" + small())));
  }

  private SysvObjects.Identity sysvIdentity() {
    return new SysvObjects.Identity(
        small(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(01000));
  }

  private Pipe pipe() {
    List<Bytes> segments = list(() -> bytes(0, 100));
    return new Pipe(id(), 65_536, random.nextBoolean(), segments);
  }

  private PseudoTerminal terminal() {
    return new PseudoTerminal(
        id(),
        small(),
        bytes(44, 44),
        random.nextInt(200),
        random.nextInt(200),
        optional(() -> new Pid(1 + small())),
        small(),
        random.nextBoolean(),
        random.nextBoolean(),
        bytes(0, 30),
        bytes(0, 30));
  }

  private OpenDescription description() {
    return new OpenDescription(
        id(),
        small(),
        optional(
            () ->
                new OpenDescription.SignalOwner(
                    random.nextInt(3), small(), random.nextInt(65), small(), small())),
        list(
            () ->
                new OpenDescription.FileLock(
                    any(OpenDescription.FileLock.Style.values()),
                    random.nextBoolean(),
                    small(),
                    size(),
                    size())),
        random.nextInt(4) == 0 ? socket() : simple());
  }

  private DescriptionKind simple() {
    return switch (random.nextInt(16)) {
      case 0 -> new DescriptionKind.RegularFile(file(), size());
      case 1 -> new DescriptionKind.Directory(file(), random.nextLong());
      case 2 -> new DescriptionKind.Device(path(), small(), small(), size());
      case 3 -> new DescriptionKind.PathOnly(file());
      case 4 ->
          pipes.isEmpty()
              ? new DescriptionKind.Console("none")
              : new DescriptionKind.PipeEnd(
                  any(pipes).id(), any(DescriptionKind.Direction.values()));
      case 5 ->
          pipes.isEmpty()
              ? new DescriptionKind.Console("none")
              : new DescriptionKind.Fifo(
                  file(), any(pipes).id(), any(DescriptionKind.Direction.values()));
      case 6 -> new DescriptionKind.Console(name());
      case 7 ->
          terminals.isEmpty()
              ? new DescriptionKind.Console("none")
              : new DescriptionKind.Terminal(any(terminals).id(), random.nextBoolean());
      case 8 -> new DescriptionKind.EventFd(random.nextLong(), random.nextBoolean());
      case 9 ->
          descriptions.isEmpty()
              ? new DescriptionKind.Console("none")
              : new DescriptionKind.EpollInstance(
                  list(
                      () ->
                          new DescriptionKind.EpollWatch(
                              small(),
                              any(descriptions).id(),
                              random.nextInt(),
                              random.nextLong())));
      case 10 -> new DescriptionKind.TimerFd(small(), small(), random.nextLong(), size(), size());
      case 11 -> new DescriptionKind.SignalFd(new SignalSet(random.nextLong()));
      case 12 ->
          new DescriptionKind.Inotify(
              list(() -> new DescriptionKind.InotifyWatch(small(), file(), random.nextInt())),
              bytes(0, 50));
      case 13 ->
          sharedMemory.isEmpty()
              ? new DescriptionKind.Console("none")
              : new DescriptionKind.MemFd(any(sharedMemory).id(), size());
      case 14 -> new DescriptionKind.PidFd(new Pid(1 + small()));
      default -> new DescriptionKind.Console("stdout");
    };
  }

  private SocketKind socket() {
    return switch (random.nextInt(4)) {
      case 0 ->
          new SocketKind.UnixSocket(
              1,
              any(SocketKind.State.values()),
              optional(() -> bytes(2, 110)),
              descriptions.isEmpty() ? Optional.empty() : Optional.of(any(descriptions).id()),
              optional(() -> bytes(2, 110)),
              list(this::message),
              random.nextInt(4),
              small(),
              options());
      case 1 -> new SocketKind.ListeningSocket(2, 6, bytes(16, 28), small(), options());
      case 2 -> new SocketKind.TcpSocket(10, bytes(16, 28), bytes(16, 28), repair(), options());
      default ->
          new SocketKind.UnconnectedSocket(
              2,
              2,
              17,
              optional(() -> bytes(16, 28)),
              optional(() -> bytes(16, 28)),
              list(this::message),
              options());
    };
  }

  private SocketKind.TcpRepair repair() {
    Bytes queue = bytes(0, 200);
    return new SocketKind.TcpRepair(
        1 + random.nextInt(12),
        random.nextInt(),
        random.nextInt(),
        queue,
        random.nextInt(queue.size() + 1),
        bytes(0, 200),
        1460,
        small(),
        small(),
        random.nextInt(),
        bytes(20, 20));
  }

  private SocketKind.Message message() {
    return new SocketKind.Message(
        bytes(0, 60),
        optional(() -> bytes(2, 110)),
        descriptions.isEmpty() ? List.of() : List.of(any(descriptions).id()));
  }

  private List<SocketKind.SocketOption> options() {
    return list(() -> new SocketKind.SocketOption(small(), small(), bytes(0, 8)));
  }

  private ProcessImage process(int place) {
    ProcessIdentity identity =
        new ProcessIdentity(
            new Pid(2 + place * 100),
            place == 0 || random.nextInt(4) == 0
                ? Optional.empty()
                : Optional.of(any(processes).pid()),
            small(),
            small(),
            random.nextInt(65),
            shortName());
    if (random.nextInt(4) == 0) {
      return new ZombieProcess(identity, random.nextInt(0x10000));
    }
    List<ThreadImage> threads = new ArrayList<>();
    int count = 1 + random.nextInt(most);
    for (int i = 0; i < count; i++) {
      threads.add(thread(identity.pid().number() + i));
    }
    return new LiveProcess(
        identity,
        addressSpace(),
        descriptorTable(),
        new LiveProcess.FileSystemContext(file(), file(), random.nextInt(01000)),
        new LiveProcess.SignalState(
            list(
                () ->
                    new SignalAction(
                        1 + random.nextInt(64),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextLong(),
                        new SignalSet(random.nextLong()))),
            list(() -> new PendingSignal(bytes(128, 128)))),
        new LiveProcess.ProcessTimers(
            list(() -> new IntervalTimer(random.nextInt(3), size(), size())).stream()
                .limit(3)
                .toList(),
            list(
                () ->
                    new PosixTimer(
                        small(),
                        random.nextInt(12),
                        random.nextInt(5),
                        random.nextInt(65),
                        random.nextLong(),
                        optional(() -> new Tid(1 + small())),
                        size(),
                        size(),
                        small()))),
        security(),
        list(() -> new LiveProcess.ResourceLimit(random.nextInt(16), small(), -1)),
        new LiveProcess.ProcessAttributes(
            random.nextInt(),
            random.nextInt(3),
            random.nextInt(2001) - 1000,
            list(this::prctl),
            descriptions.isEmpty() ? Optional.empty() : Optional.of(any(descriptions).id()),
            small()),
        threads,
        random.nextBoolean() ? OptionalInt.of(19) : OptionalInt.empty());
  }

  private PrctlAttribute prctl() {
    return new PrctlAttribute(random.nextInt(), random.nextLong(), random.nextLong());
  }

  private ThreadImage thread(int tid) {
    return new ThreadImage(
        new Tid(tid),
        shortName(),
        new Registers(
            bytes(216, 216),
            list(() -> new Registers.RegisterSet(Registers.X86_XSTATE, bytes(64, 900)))),
        switch (random.nextInt(3)) {
          case 0 -> new BlockedCall.None();
          case 1 -> new BlockedCall.Restart(small());
          default -> new BlockedCall.Remaining(small(), size());
        },
        new SignalSet(random.nextLong()),
        list(() -> new PendingSignal(bytes(128, 128))),
        optional(() -> new ThreadImage.AlternateStack(random.nextLong(), size(), small())),
        optional(
            () ->
                new ThreadImage.RestartableSequence(
                    random.nextLong(), small(), random.nextInt(), small())),
        optional(() -> new ThreadImage.RobustList(random.nextLong(), size())),
        random.nextLong(),
        new Scheduling(
            random.nextInt(7),
            random.nextInt(100),
            random.nextInt(40) - 20,
            random.nextLong(),
            optional(() -> new Scheduling.Deadline(size(), size(), size())),
            bytes(0, 16),
            random.nextInt(),
            size()),
        optional(this::security),
        list(this::prctl));
  }

  private Security security() {
    Credentials.UserIds users =
        new Credentials.UserIds(random.nextInt(), random.nextInt(), small(), small());
    Credentials.UserIds groups = new Credentials.UserIds(small(), small(), small(), small());
    Credentials credentials =
        new Credentials(
            users,
            groups,
            list(random::nextInt),
            new Credentials.Capabilities(
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong()),
            random.nextInt());
    return new Security(
        credentials,
        random.nextBoolean(),
        2,
        list(() -> new Security.SeccompFilter(small(), bytes(64, 64))),
        optional(this::name));
  }

  private DescriptorTable descriptorTable() {
    List<DescriptorTable.Descriptor> table = new ArrayList<>();
    int number = 0;
    for (OpenDescription description : descriptions) {
      number += 1 + random.nextInt(3);
      table.add(new DescriptorTable.Descriptor(number, random.nextBoolean(), description.id()));
    }
    return new DescriptorTable(id(), table);
  }

  private AddressSpaceImage addressSpace() {
    List<Vma> mappings = new ArrayList<>();
    long at = 0x10000;
    int count = random.nextInt(most * 3);
    List<FileReference> files = List.of(file(), file());
    for (int i = 0; i < count; i++) {
      at += random.nextInt(3) * 4096L;
      long end = at + (1 + random.nextInt(64)) * 4096L;
      mappings.add(vma(new AddressRange(at, end), files));
      at = end;
    }
    long a = size();
    return new AddressSpaceImage(
        id(),
        new MemoryLayout(a, a + 1, a, a + 2, a, a + 3, a, a, a + 4, a, a + 5),
        bytes(0, 320),
        optional(this::file),
        mappings,
        random.nextInt(8));
  }

  private Vma vma(AddressRange range, List<FileReference> files) {
    VmaKind kind =
        switch (random.nextInt(4)) {
          case 0 -> new VmaKind.FileMapping(any(files), size());
          case 1 ->
              sharedMemory.isEmpty()
                  ? new VmaKind.Anonymous(VmaKind.Role.PLAIN)
                  : new VmaKind.ObjectMapping(any(sharedMemory).id(), size());
          case 2 -> new VmaKind.Kernel(any(VmaKind.KernelPart.values()));
          default -> new VmaKind.Anonymous(any(VmaKind.Role.values()));
        };
    EnumSet<VmaFlag> flags = EnumSet.noneOf(VmaFlag.class);
    many(() -> flags.add(any(VmaFlag.values())));
    return new Vma(
        range,
        Protection.of(random.nextInt(8)),
        !(kind instanceof VmaKind.Anonymous) && random.nextBoolean(),
        flags,
        kind,
        optional(this::name),
        random.nextBoolean() ? OptionalInt.of(1 + random.nextInt(15)) : OptionalInt.empty(),
        optional(() -> new Vma.NumaPolicy(random.nextInt(), bytes(0, 16))));
  }

  private FileReference file() {
    return new FileReference(
        path(),
        random.nextLong(),
        random.nextLong(),
        random.nextInt(),
        size(),
        random.nextLong(),
        savedContents.isEmpty() || random.nextBoolean()
            ? Optional.empty()
            : Optional.of(any(savedContents).id()));
  }

  private ObjectId id() {
    return new ObjectId(nextId++);
  }

  private int small() {
    return random.nextInt(random.nextBoolean() ? 3 : 100_000);
  }

  private long size() {
    return random.nextLong(1L << (1 + random.nextInt(60)));
  }

  /** Any bytes but zero, so that names that are not UTF-8 occur. */
  private String name() {
    byte[] bytes = new byte[random.nextInt(12)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (1 + random.nextInt(255));
    }
    return RawText.decode(bytes);
  }

  private String shortName() {
    return random.nextBoolean() ? "worker" : name();
  }

  private String path() {
    return "/" + name();
  }

  private Bytes bytes(int least, int atMost) {
    byte[] bytes = new byte[least + random.nextInt(atMost - least + 1)];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  private void many(Runnable action) {
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      action.run();
    }
  }

  private <T> List<T> list(Supplier<T> supplier) {
    List<T> list = new ArrayList<>();
    many(() -> list.add(supplier.get()));
    return list;
  }

  private <T> Optional<T> optional(Supplier<T> supplier) {
    return random.nextBoolean() ? Optional.of(supplier.get()) : Optional.empty();
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
