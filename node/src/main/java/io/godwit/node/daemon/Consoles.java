package io.godwit.node.daemon;

import com.google.protobuf.ByteString;
import io.godwit.core.NodeId;
import io.godwit.node.home.ConsoleChannel;
import io.godwit.node.home.ConsoleHome;
import io.godwit.node.home.ConsoleLog;
import io.godwit.node.home.ConsoleMessage;
import io.godwit.node.pod.ConsoleRelay;
import io.godwit.node.pod.Pod;
import io.godwit.wire.PeerConnection;
import io.godwit.wire.proto.ConsoleData;
import io.godwit.wire.proto.ConsoleFrame;
import io.godwit.wire.proto.ConsoleOpen;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The consoles of this node: the homes of those started here, and the relays beside those that run
 * here. Between two nodes each console message is one frame of a stream.
 */
final class Consoles implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Consoles.class.getName());
  private static final long RECONNECT_MILLIS = 1000;
  private static final long LOG_BYTES = 64L << 20;

  private final Function<String, Path> directories;
  private final Map<String, ConsoleHome> homes = new ConcurrentHashMap<>();
  private final Map<String, ConsoleRelay> relays = new ConcurrentHashMap<>();

  /**
   * @param directories where what belongs to a pod is kept
   */
  Consoles(Function<String, Path> directories) {
    this.directories = directories;
  }

  /** The home's end of a console that was started here. */
  ConsoleHome home(String pod) {
    return homes.computeIfAbsent(
        pod,
        p -> new ConsoleHome(new ConsoleLog(directories.apply(p).resolve("console"), LOG_BYTES)));
  }

  /** The relay of a pod that runs here. */
  Optional<ConsoleRelay> relay(String pod) {
    return Optional.ofNullable(relays.get(pod));
  }

  /** A pod runs here whose home is here too. */
  void connectHere(Pod pod) {
    ConsoleRelay relay = ConsoleRelay.of(pod);
    relays.put(pod.id(), relay);
    connectHere(pod.id(), relay);
  }

  private void connectHere(String pod, ConsoleRelay relay) {
    ConsoleHome home = home(pod);
    home.connect(relay::receive);
    relay.connect(home::receive);
  }

  /** A relay that was made for a pod that has arrived; its home is here or at another node. */
  void arrived(
      String pod, ConsoleRelay relay, boolean homeIsHere, Function<String, PeerConnection> home) {
    relays.put(pod, relay);
    if (homeIsHere) {
      connectHere(pod, relay);
    } else {
      connectAway(new Way(pod, relay, home));
    }
  }

  /** A pod whose home is another node runs here since before this daemon. */
  void foundAway(Pod pod, Function<String, PeerConnection> home) {
    ConsoleRelay relay = ConsoleRelay.of(pod);
    if (relays.putIfAbsent(pod.id(), relay) == null) {
      connectAway(new Way(pod.id(), relay, home));
    } else {
      relay.close();
    }
  }

  /** From a relay to a home at another node. */
  private record Way(String pod, ConsoleRelay relay, Function<String, PeerConnection> home) {}

  private void connectAway(Way way) {
    try {
      Frames frames = new Frames(way);
      StreamObserver<ConsoleFrame> out = way.home().apply(way.pod()).streams().relay(frames);
      frames.out = out;
      out.onNext(
          ConsoleFrame.newBuilder().setOpen(ConsoleOpen.newBuilder().setPod(way.pod())).build());
    } catch (RuntimeException unreachable) {
      LOG.log(
          Level.DEBUG, "the home of {0} is out of reach: {1}", way.pod(), unreachable.getMessage());
      again(way);
    }
  }

  /** Tries again as long as the pod is here. */
  private void again(Way way) {
    Thread.ofVirtual()
        .name("godwit-reconnect-" + way.pod())
        .start(
            () -> {
              try {
                Thread.sleep(RECONNECT_MILLIS);
              } catch (InterruptedException stopping) {
                return;
              }
              if (relays.get(way.pod()) == way.relay()) {
                connectAway(way);
              }
            });
  }

  /**
   * What the program has written beyond these places never happened: it goes on from there. Whoever
   * is attached is detached.
   */
  void reset(String pod, long outputEnd, long errorEnd) {
    forgetRelay(pod);
    ConsoleHome old = homes.remove(pod);
    if (old != null) {
      old.close();
    }
    Path directory = directories.apply(pod).resolve("console");
    if (java.nio.file.Files.isDirectory(directory)) {
      try (ConsoleLog log = new ConsoleLog(directory, LOG_BYTES)) {
        log.cut(outputEnd, errorEnd);
      }
    }
  }

  /** The pod has left or ended. */
  void forgetRelay(String pod) {
    ConsoleRelay relay = relays.remove(pod);
    if (relay != null) {
      relay.close();
    }
  }

  /**
   * Another node opens the way to the home of a pod that runs there.
   *
   * @param heeded whether a pod's instance there is the one that counts
   */
  StreamObserver<ConsoleFrame> opened(
      NodeId by, StreamObserver<ConsoleFrame> back, Predicate<String> heeded) {
    return new StreamObserver<>() {
      private volatile String pod = "";
      private volatile ConsoleChannel.End end = message -> {};

      @Override
      public void onNext(ConsoleFrame frame) {
        if (frame.getKindCase() == ConsoleFrame.KindCase.OPEN) {
          pod = frame.getOpen().getPod();
          if (!heeded.test(pod)) {
            back.onCompleted(); // it asks again; the process may be on its way there
            return;
          }
          ConsoleHome home = home(pod);
          end = home;
          home.connect(channel(back));
        } else if (heeded.test(pod)) {
          end.receive(ConsoleMessage.of(frame.getData().getBytes().toByteArray()));
        }
      }

      @Override
      public void onError(Throwable broken) {
        LOG.log(Level.DEBUG, "a console from node {0} broke off: {1}", by, broken.getMessage());
      }

      @Override
      public void onCompleted() {
        back.onCompleted();
      }
    };
  }

  private static ConsoleChannel channel(StreamObserver<ConsoleFrame> out) {
    return message -> {
      ConsoleFrame frame =
          ConsoleFrame.newBuilder()
              .setData(ConsoleData.newBuilder().setBytes(ByteString.copyFrom(message.toBytes())))
              .build();
      // Messages come from several threads, and a stream takes them from one at a time.
      synchronized (out) {
        try {
          out.onNext(frame);
        } catch (RuntimeException broken) {
          LOG.log(Level.DEBUG, "a console broke off: {0}", broken.getMessage());
        }
      }
    };
  }

  /** What comes from the home goes to the relay. */
  private final class Frames implements StreamObserver<ConsoleFrame> {
    private final Way way;
    private volatile @Nullable StreamObserver<ConsoleFrame> out;
    private boolean connected;

    Frames(Way way) {
      this.way = way;
    }

    @Override
    public void onNext(ConsoleFrame frame) {
      way.relay().receive(ConsoleMessage.of(frame.getData().getBytes().toByteArray()));
      StreamObserver<ConsoleFrame> back = out;
      if (!connected && back != null) {
        // The home's first word says how much it has; only then may anything be sent.
        connected = true;
        try {
          way.relay().connect(channel(back));
        } catch (IllegalStateException closed) {
          LOG.log(Level.DEBUG, "{0}", closed.getMessage());
        }
      }
    }

    @Override
    public void onError(Throwable broken) {
      LOG.log(Level.DEBUG, "a console broke off: {0}", broken.getMessage());
      again(way);
    }

    @Override
    public void onCompleted() {
      again(way);
    }
  }

  @Override
  public void close() {
    relays.keySet().forEach(this::forgetRelay);
    homes.values().forEach(ConsoleHome::close);
  }
}
