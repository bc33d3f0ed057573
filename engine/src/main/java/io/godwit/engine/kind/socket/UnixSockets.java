package io.godwit.engine.kind.socket;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.descriptor.Making;
import io.godwit.engine.kind.descriptor.OpenFile;
import io.godwit.engine.kind.descriptor.OpenFiles;
import io.godwit.image.Bytes;
import io.godwit.image.DescriptionKind;
import io.godwit.image.ImageLimits;
import io.godwit.image.ObjectId;
import io.godwit.image.OpenDescription;
import io.godwit.image.SocketKind;
import io.godwit.image.SocketKind.Message;
import io.godwit.image.SocketKind.State;
import io.godwit.image.SocketKind.UnixSocket;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.descriptor.Namespaces;
import io.godwit.linux.descriptor.Sockets;
import io.godwit.linux.descriptor.UnixDiagnosis;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Unix sockets: connected pairs inside the tree with what waits in them, pairs whose other end is
 * closed, listening and unconnected ones. A pair that was made by connecting to a name is made
 * again as a socketpair(2): getpeername(2) then gives no name.
 */
public final class UnixSockets implements FileKind {
  /** The family and the zero byte of an abstract name or the end of the family of none. */
  private static final int NO_NAME = 2;

  private static final int BOTH = 3;

  /** What the kernel says of the sockets of each network namespace, asked once. */
  private static final class Diagnoses {
    private final Map<String, Map<Integer, UnixDiagnosis.UnixSocket>> all = new HashMap<>();
  }

  @Override
  public Optional<DescriptionKind> describe(OpenFile file, OpenFiles files) {
    if (!file.status().isSocket()
        || (file.info().flags() & FileAbi.O_PATH) != 0
        || Sockets.option(file.here(), Sockets.SOL_SOCKET, Sockets.SO_DOMAIN) != Sockets.AF_UNIX) {
      return Optional.empty();
    }
    UnixDiagnosis.UnixSocket known = diagnosis(file, files);
    if (known.listening() && !known.pending().isEmpty()) {
      throw refuse(
          file,
          "has connections that wait to be accepted",
          "try again when the program has accepted them");
    }
    Optional<ObjectId> peer = peer(file, known, files);
    boolean connected = known.type() != Sockets.SOCK_DGRAM && known.state() == 1;
    State state =
        known.listening()
            ? State.LISTENING
            : peer.isPresent() || connected ? State.CONNECTED : State.UNCONNECTED;
    byte[] address = Sockets.localAddress(file.here());
    return Optional.of(
        new UnixSocket(
            known.type(),
            state,
            address.length > NO_NAME ? Optional.of(Bytes.of(address)) : Optional.empty(),
            peer,
            Optional.empty(),
            known.listening() ? List.of() : queue(file),
            known.shutdown() & BOTH,
            known.listening() ? known.sendQueue() : 0,
            SocketOptions.of(file.here(), Sockets.AF_UNIX, known.type(), 0)));
  }

  private static UnixDiagnosis.UnixSocket diagnosis(OpenFile file, OpenFiles files) {
    String path = file.holder().proc() + "/ns/net";
    UnixDiagnosis.UnixSocket known =
        files
            .attachment(Diagnoses.class, Diagnoses::new)
            .all
            .computeIfAbsent(
                Descriptors.readLink(path), _ -> Namespaces.inNetwork(path, UnixDiagnosis::all))
            .get((int) file.status().inode());
    if (known == null) {
      // Neither bound nor connected: the kernel lists only sockets that are.
      int type = Sockets.option(file.here(), Sockets.SOL_SOCKET, Sockets.SO_TYPE);
      return new UnixDiagnosis.UnixSocket(
          (int) file.status().inode(), type, 7, 0, List.of(), 0, 0, 0);
    }
    return known;
  }

  private static Optional<ObjectId> peer(
      OpenFile file, UnixDiagnosis.UnixSocket known, OpenFiles files) {
    if (known.peer() == 0) {
      return Optional.empty();
    }
    List<OpenFile> found =
        files.ofInode(file.status().device().devT(), Integer.toUnsignedLong(known.peer()));
    if (found.isEmpty()) {
      throw refuse(
          file,
          "is connected to a socket outside of the tree",
          "name the process that started both, or let the program close it");
    }
    if (diagnosis(found.getFirst(), files).peer() != known.inode()) {
      throw refuse(
          file,
          "sends to a socket that does not send back to it alone",
          "let the program use a pair of sockets, or close it");
    }
    return Optional.of(found.getFirst().id());
  }

  private static List<Message> queue(OpenFile file) {
    Sockets.Queue queue = Sockets.peek(file.here(), ImageLimits.MAX_STATE_BYTES);
    if (queue.descriptors()) {
      throw refuse(
          file,
          "holds descriptors that were sent and not received yet",
          "try again when the program has received them");
    }
    return queue.messages().stream()
        .map(message -> new Message(Bytes.of(message), Optional.empty(), List.of()))
        .toList();
  }

  private static GodwitException refuse(OpenFile file, String what, String advice) {
    return new GodwitException(
        EngineError.NOT_MOVABLE,
        file.words() + " " + what,
        "that part of its state cannot be taken along",
        advice);
  }

  @Override
  public Optional<Fd> make(OpenDescription description, Making making) {
    if (!(description.kind() instanceof UnixSocket socket)) {
      return Optional.empty();
    }
    if (socket.state() == State.CONNECTED) {
      return Optional.of(connected(description, socket, making));
    }
    Fd fd = making.inNetwork(() -> Sockets.create(Sockets.AF_UNIX, socket.type(), 0));
    SocketOptions.set(fd, socket.options());
    return Optional.of(Making.withFlags(fd, description.statusFlags()));
  }

  /** Makes both ends; the other one is entered for its own description. */
  private static Fd connected(OpenDescription description, UnixSocket socket, Making making) {
    Sockets.Pair pair = making.inNetwork(() -> Sockets.pair(socket.type()));
    Optional<OpenDescription> peer = socket.peer().map(making::description);
    if (peer.isPresent() && peer.get().kind() instanceof UnixSocket other) {
      making.made(peer.get().id(), pair.second());
      fill(pair.second(), socket.queue());
      fill(pair.first(), other.queue());
      finish(pair.first(), description, socket);
      finish(pair.second(), peer.get(), other);
    } else {
      // The other end is closed: what it had sent is still there.
      fill(pair.second(), socket.queue());
      Descriptors.close(pair.second());
      finish(pair.first(), description, socket);
    }
    return pair.first();
  }

  private static void fill(Fd sending, List<Message> queue) {
    long bytes = queue.stream().mapToLong(each -> each.data().size()).sum();
    if (bytes > 0) {
      // Room for all of it at once, whatever the default is.
      int room = (int) Math.min(Integer.MAX_VALUE / 4, bytes * 2 + queue.size() * 4096L);
      SocketOptions.set(
          sending,
          List.of(
              new SocketKind.SocketOption(
                  Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, SocketBytes.ofInt(room * 2))));
    }
    queue.forEach(message -> Sockets.send(sending, message.data().toArray()));
  }

  private static void finish(Fd fd, OpenDescription description, UnixSocket socket) {
    boolean sized = socket.options().stream().anyMatch(each -> each.option() == Sockets.SO_SNDBUF);
    if (!sized) {
      Fd fresh = Sockets.create(Sockets.AF_UNIX, socket.type(), 0);
      int usual = Sockets.option(fresh, Sockets.SOL_SOCKET, Sockets.SO_SNDBUF);
      Descriptors.close(fresh);
      Sockets.setOption(fd, Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, usual / 2);
    }
    SocketOptions.set(fd, socket.options());
    // The kernel's bits: 1 no more receiving, 2 no more sending; shutdown(2) counts 0, 1, 2.
    if (socket.peer().isPresent() && socket.shutdown() != 0) {
      Sockets.shutdown(fd, socket.shutdown() - 1);
    }
    Making.withFlags(fd, description.statusFlags());
  }

  /** Names are bound by the process itself, so that the path means what it means there. */
  @Override
  public void connect(OpenDescription description, Making making) {
    if (!(description.kind() instanceof UnixSocket socket)
        || socket.state() == State.CONNECTED
        || socket.address().isEmpty()) {
      return;
    }
    byte[] address = socket.address().get().toArray();
    making
        .holder(description.id())
        .ifPresent(
            holder -> {
              SyscallBatch batch = holder.process().calls().room(3, 2 * address.length + 1);
              if (address[NO_NAME] != 0) {
                byte[] path = java.util.Arrays.copyOfRange(address, NO_NAME, address.length + 1);
                // The name is still there from the socket that it was.
                batch.add(Syscall.UNLINK, batch.data(path)).mayFail();
              }
              batch.add(Syscall.BIND, holder.number(), batch.data(address), address.length);
              if (socket.state() == State.LISTENING) {
                batch.add(Syscall.LISTEN, holder.number(), socket.backlog());
              }
            });
  }
}
