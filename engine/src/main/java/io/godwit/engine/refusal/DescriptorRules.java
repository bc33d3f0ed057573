package io.godwit.engine.refusal;

import io.godwit.core.Pid;
import io.godwit.engine.refusal.DescriptorSurvey.SocketSurvey;
import io.godwit.linux.DeviceNumber;
import io.godwit.linux.proc.FdDetail;
import io.godwit.linux.proc.FdLink;
import io.godwit.linux.proc.FileLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a descriptor may not be. External ones are the caller's and are not asked. */
final class DescriptorRules {
  static final String RING_WHY =
      "the kernel works on its queues by itself, and requests in flight cannot be taken along";
  static final String RING_ADVICE =
      "turn io_uring off in the program (Node.js: UV_USE_IO_URING=0) or for the machine (sysctl"
          + " kernel.io_uring_disabled=2)";

  /** The largest deleted file whose content travels in the image. */
  static final long MAX_DELETED_BYTES = 1L << 30;

  /** Major number 1: null, zero, full, random, urandom. */
  private static final Set<Integer> MEMORY_DEVICES = Set.of(3, 5, 7, 8, 9);

  private static final int MEMORY_MAJOR = 1;
  private static final int TERMINAL_MAJOR = 5;
  private static final DeviceNumber CONTROLLING_TERMINAL = new DeviceNumber(TERMINAL_MAJOR, 0);
  private static final int CONSOLE_MINOR = 1;
  private static final int TERMINAL_PAIR_MINOR = 2;
  private static final int FIRST_SLAVE_MAJOR = 136;
  private static final int LAST_SLAVE_MAJOR = 143;
  private static final int S_IFMT = 0170000;
  private static final int S_IFBLK = 0060000;
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int O_PATH = 010000000;

  private static final Set<String> CARRIED =
      Set.of("eventfd", "eventpoll", "timerfd", "signalfd", "inotify");

  private static final Map<Integer, String> FAMILIES =
      Map.of(
          16,
          "netlink",
          17,
          "packet",
          38,
          "kernel crypto",
          40,
          "vsock",
          44,
          "XDP",
          31,
          "Bluetooth",
          29,
          "CAN");

  private DescriptorRules() {}

  static List<Refusal> check(TreeSurvey tree) {
    List<Refusal> found = new ArrayList<>();
    for (ProcessSurvey process : tree.processes()) {
      for (DescriptorSurvey descriptor : process.descriptors()) {
        if (!tree.isExternal(descriptor)) {
          check(tree, process, descriptor).ifPresent(found::add);
        }
      }
    }
    return found;
  }

  private static Optional<Refusal> check(
      TreeSurvey tree, ProcessSurvey process, DescriptorSurvey descriptor) {
    if (descriptor.info().locks().stream().anyMatch(FileLock::isLease)) {
      return refuse(
          process,
          descriptor,
          RefusalCode.LEASE,
          "holds a lease on " + descriptor.link().text(),
          "the file system of this machine would tell the old instance of a conflict",
          "let the program give the lease up (F_SETLEASE, F_UNLCK)");
    }
    if (descriptor.info().detail() instanceof FdDetail.Pidfd pidfd) {
      return pidfd(tree, process, descriptor, pidfd);
    }
    return switch (descriptor.link()) {
      case FdLink.Anonymous anonymous -> anonymous(process, descriptor, anonymous);
      case FdLink.Namespace namespace ->
          refuse(
              process,
              descriptor,
              RefusalCode.NAMESPACE_DESCRIPTOR,
              "is a namespace or another object of this kernel (" + namespace.text() + ")",
              "it names something of this machine",
              "let the program close it");
      case FdLink.Pipe pipe -> pipe(tree, process, descriptor, pipe);
      case FdLink.Socket socket -> socket(tree, process, descriptor, socket);
      case FdLink.Memfd memory -> Optional.empty();
      case FdLink.Path path ->
          descriptor.status().isPipe()
              ? pipe(tree, process, descriptor, path)
              : path(tree, process, descriptor, path);
    };
  }

  private static Optional<Refusal> anonymous(
      ProcessSurvey process, DescriptorSurvey descriptor, FdLink.Anonymous anonymous) {
    String kind = anonymous.kind();
    if (CARRIED.contains(kind)) {
      return Optional.empty();
    }
    if (kind.startsWith("bpf")) {
      return refuse(
          process,
          descriptor,
          RefusalCode.BPF_OBJECT,
          "is a BPF object (" + kind + ")",
          "it is loaded in this machine's kernel",
          "detach and close it; load it again after the move");
    }
    return switch (kind) {
      case "io_uring" ->
          refuse(
              process,
              descriptor,
              RefusalCode.IO_URING,
              "is an io_uring ring",
              RING_WHY,
              RING_ADVICE);
      case "perf_event" ->
          refuse(
              process,
              descriptor,
              RefusalCode.PERF_EVENT,
              "is a performance event",
              "it counts on this machine's processors",
              "end the profiler");
      case "userfaultfd" ->
          refuse(
              process,
              descriptor,
              RefusalCode.USERFAULTFD,
              "is a userfaultfd",
              "faults that it has been told of cannot be told again",
              "let the program handle its page faults without userfaultfd");
      case "fanotify" ->
          refuse(
              process,
              descriptor,
              RefusalCode.FANOTIFY,
              "watches file systems of this machine (fanotify)",
              "its marks are on this machine's mounts",
              "end the watcher, or let it use inotify");
      default ->
          refuse(
              process,
              descriptor,
              RefusalCode.UNKNOWN_ANONYMOUS,
              "is an object of kind " + kind,
              "objects of this kind are not carried",
              "let the program close it");
    };
  }

  private static Optional<Refusal> pidfd(
      TreeSurvey tree, ProcessSurvey process, DescriptorSurvey descriptor, FdDetail.Pidfd pidfd) {
    if (tree.contains(pidfd.pid())) {
      return Optional.empty();
    }
    return refuse(
        process,
        descriptor,
        RefusalCode.PIDFD_OUTSIDE,
        pidfd.pid() > 0
            ? "refers to process " + pidfd.pid() + " (pidfd)"
            : "refers to a process that has ended (pidfd)",
        "that process is not in the tree",
        "name the process that started both, or let the program close it");
  }

  private static Optional<Refusal> pipe(
      TreeSurvey tree, ProcessSurvey process, DescriptorSurvey descriptor, FdLink pipe) {
    Optional<Pid> other = tree.outside(pipe.text());
    return other.flatMap(
        pid ->
            refuse(
                process,
                descriptor,
                RefusalCode.PIPE_OUTSIDE,
                "is a pipe to process " + pid,
                "process " + pid + " is not in the tree and would stay behind",
                "name the process that started the whole pipeline, or start it with godwit run"));
  }

  private static Optional<Refusal> path(
      TreeSurvey tree, ProcessSurvey process, DescriptorSurvey descriptor, FdLink.Path path) {
    int type = descriptor.status().mode() & S_IFMT;
    if ((descriptor.info().flags() & O_PATH) != 0) {
      return Optional.empty();
    }
    if (type == S_IFBLK) {
      return refuse(
          process,
          descriptor,
          RefusalCode.BLOCK_DEVICE,
          "is the block device " + path.path(),
          "the disk stays in this machine",
          "unmount or close it first");
    }
    if (descriptor.status().isCharacterDevice()) {
      return device(tree, process, descriptor, path);
    }
    if (descriptor.fileSystem().equals("mqueue")) {
      return refuse(
          process,
          descriptor,
          RefusalCode.MESSAGE_QUEUE,
          "is the POSIX message queue " + path.path(),
          "message queues are not carried yet",
          "let the program use a pipe or a socket instead");
    }
    if (descriptor.status().links() == 0 && descriptor.status().isDirectory()) {
      return refuse(
          process,
          descriptor,
          RefusalCode.DIRECTORY_DELETED,
          "is the deleted directory " + path.path(),
          "a directory without a name cannot be opened again",
          "let the program close it or leave it (chdir)");
    }
    if (descriptor.status().links() == 0 && descriptor.status().size() > MAX_DELETED_BYTES) {
      return refuse(
          process,
          descriptor,
          RefusalCode.DELETED_TOO_BIG,
          "is the deleted file " + path.path() + " of " + descriptor.status().size() + " bytes",
          "only up to " + MAX_DELETED_BYTES + " bytes of a file without a name are carried",
          "give it a name again: ln /proc/PID/fd/N NAME (with linkat AT_SYMLINK_FOLLOW)");
    }
    return Optional.empty();
  }

  private static Optional<Refusal> device(
      TreeSurvey tree, ProcessSurvey process, DescriptorSurvey descriptor, FdLink.Path path) {
    DeviceNumber device = descriptor.status().rdev();
    if (device.major() == MEMORY_MAJOR && MEMORY_DEVICES.contains(device.minor())) {
      return Optional.empty();
    }
    if (device.major() == TERMINAL_MAJOR && device.minor() == TERMINAL_PAIR_MINOR) {
      return refuse(
          process,
          descriptor,
          RefusalCode.TERMINAL_PAIR,
          "is the master of a pseudo-terminal",
          "pseudo-terminals of the program's own are not carried yet",
          "run the program inside of it in the pod, without the terminal emulator");
    }
    if (device.equals(CONTROLLING_TERMINAL) && tree.answersForTerminalOf(process)) {
      return Optional.empty();
    }
    boolean slave = device.major() >= FIRST_SLAVE_MAJOR && device.major() <= LAST_SLAVE_MAJOR;
    if (slave || (device.major() == TERMINAL_MAJOR && device.minor() <= CONSOLE_MINOR)) {
      return refuse(
          process,
          descriptor,
          RefusalCode.TERMINAL_OUTSIDE,
          "is the terminal " + path.path(),
          "the terminal stays with this machine",
          "start the program with godwit run, or redirect its input and output to files");
    }
    return refuse(
        process,
        descriptor,
        RefusalCode.DEVICE,
        "is the device " + path.path() + " (" + device + ")",
        "the device and its state stay in this machine",
        "let the program close it, or do its work without it");
  }

  private static Optional<Refusal> socket(
      TreeSurvey tree, ProcessSurvey process, DescriptorSurvey descriptor, FdLink.Socket link) {
    if (descriptor.socket().isEmpty()) {
      return Optional.empty(); // closed while it was looked at
    }
    SocketSurvey socket = descriptor.socket().get();
    return switch (socket.family()) {
      case AF_UNIX -> unix(tree, process, descriptor, socket);
      case AF_INET, AF_INET6 -> inet(tree, process, descriptor, socket, link);
      default ->
          refuse(
              process,
              descriptor,
              RefusalCode.SOCKET_FAMILY,
              "is a "
                  + FAMILIES.getOrDefault(socket.family(), "family " + socket.family())
                  + " socket",
              "sockets of this family speak to this machine's kernel or devices",
              "let the program close it, or do its work without it");
    };
  }

  private static Optional<Refusal> unix(
      TreeSurvey tree, ProcessSurvey process, DescriptorSurvey descriptor, SocketSurvey socket) {
    if (socket.listening() && socket.pending() > 0) {
      return refuse(
          process,
          descriptor,
          RefusalCode.SOCKET_STATE,
          "has connections that wait to be accepted",
          "their other ends would lose what they have sent",
          "try again when the program has accepted them");
    }
    Optional<Pid> other = tree.outside("socket:[" + socket.peer() + "]");
    if (other.isPresent()) {
      return refuse(
          process,
          descriptor,
          RefusalCode.SOCKET_OUTSIDE,
          "is a unix socket connected to process " + other.get(),
          "process " + other.get() + " is not in the tree and would stay behind",
          "name the process that started both, or let the program close the connection");
    }
    return Optional.empty();
  }

  private static Optional<Refusal> inet(
      TreeSurvey tree,
      ProcessSurvey process,
      DescriptorSurvey descriptor,
      SocketSurvey socket,
      FdLink.Socket link) {
    Optional<Pid> other = tree.outside(link.text());
    if (other.isPresent()) {
      return refuse(
          process,
          descriptor,
          RefusalCode.SOCKET_OUTSIDE,
          "is a socket that process " + other.get() + " has too",
          "process " + other.get() + " is not in the tree and would keep using it",
          "name the process that started both");
    }
    boolean known = socket.type() == SOCK_STREAM || socket.type() == SOCK_DGRAM;
    if (!known || (socket.protocol() != 6 && socket.protocol() != 17)) {
      return refuse(
          process,
          descriptor,
          RefusalCode.SOCKET_FAMILY,
          "is a raw socket or of protocol " + socket.protocol(),
          "only TCP and UDP are carried",
          "let the program close it");
    }
    if (socket.type() == SOCK_STREAM && socket.connected()) {
      return refuse(
          process,
          descriptor,
          RefusalCode.SOCKET_CONNECTED,
          "is a TCP connection",
          "established connections are not carried yet",
          "move the program while it has none, or let it reconnect");
    }
    return Optional.empty();
  }

  private static Optional<Refusal> refuse(
      ProcessSurvey process,
      DescriptorSurvey descriptor,
      RefusalCode code,
      String is,
      String why,
      String advice) {
    return Optional.of(process.refuse(code, "fd " + descriptor.number() + " " + is, why, advice));
  }
}
