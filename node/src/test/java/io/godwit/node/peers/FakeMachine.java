package io.godwit.node.peers;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.image.ObjectId;
import io.godwit.node.NodeError;
import io.godwit.node.migration.ProcessMover;
import io.godwit.node.migration.TransferStrategy;
import io.godwit.node.visits.KeptCopy;
import io.godwit.node.visits.Visit;
import io.godwit.policy.transfer.StopRule;
import io.godwit.wire.proto.Requirements;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A machine with processes that are only data: what outlives a daemon is kept here, and {@link
 * #mover} is what one daemon can do with it. When the daemon dies, the kernel lets go of what it
 * held by ptrace, and keeps frozen what a cgroup holds.
 */
final class FakeMachine {
  /** How many instances of each pod run on all machines; never more than one. */
  static final class World {
    private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
    private volatile @Nullable String doubled;

    private AtomicInteger of(String pod) {
      return running.computeIfAbsent(pod, p -> new AtomicInteger());
    }

    void begins(String pod) {
      if (of(pod).incrementAndGet() > 1) {
        doubled = pod;
      }
    }

    void ends(String pod) {
      of(pod).decrementAndGet();
    }

    int running(String pod) {
      return of(pod).get();
    }

    @Nullable String doubled() {
      return doubled;
    }
  }

  /** One instance of a pod. */
  static final class Instance {
    final String pod;
    byte[] memory;
    boolean traced;
    boolean sealed;

    Instance(String pod, byte[] memory) {
      this.pod = pod;
      this.memory = memory;
    }

    boolean runs() {
      return !traced && !sealed;
    }
  }

  private static final int PIECE = 1 << 16;

  private final World world;
  private final AtomicInteger trackers = new AtomicInteger();
  volatile boolean early = true;
  volatile @Nullable String lost;
  private final Map<String, Instance> instances = new ConcurrentHashMap<>();
  private volatile Requirements requirements =
      Requirements.newBuilder().setArchitecture("x86_64").setMemoryBytes(1 << 20).build();

  FakeMachine(World world) {
    this.world = world;
  }

  /** Starts a process. */
  void start(String pod, byte[] memory) {
    instances.put(pod, new Instance(pod, memory));
    world.begins(pod);
  }

  void require(Requirements changed) {
    requirements = changed;
  }

  /** How many pods are being sent while they run. */
  int trackers() {
    return trackers.get();
  }

  @Nullable Instance instance(String pod) {
    return instances.get(pod);
  }

  private synchronized void change(Instance instance, boolean traced, boolean sealed) {
    boolean ran = instance.runs();
    instance.traced = traced;
    instance.sealed = sealed;
    if (ran && !instance.runs()) {
      world.ends(instance.pod);
    } else if (!ran && instance.runs()) {
      world.begins(instance.pod);
    }
  }

  private synchronized void remove(Instance instance) {
    if (instances.remove(instance.pod, instance) && instance.runs()) {
      world.ends(instance.pod);
    }
  }

  /** What one daemon does; dead means that nothing it tries has an effect any more. */
  final class Daemon implements ProcessMover {
    private volatile boolean dead;

    /** The daemon is killed: the kernel detaches it from what it traced. */
    void die() {
      synchronized (FakeMachine.this) {
        dead = true;
        for (Instance instance : instances.values()) {
          change(instance, false, instance.sealed);
        }
      }
    }

    boolean lives() {
      return !dead;
    }

    private void act(Runnable action) {
      synchronized (FakeMachine.this) {
        if (!dead) {
          action.run();
        }
      }
    }

    @Override
    public Requirements inspect(String pod) {
      return requirements;
    }

    @Override
    public byte[] podDescription(String pod) {
      return pod.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public @Nullable Preliminary begin(String pod) {
      Instance instance = instances.get(pod);
      if (instance == null || !early) {
        return null;
      }
      return new Preliminary() {
        @Override
        public byte[] describe() {
          return ByteBuffer.allocate(4).putInt(instance.memory.length).array();
        }

        @Override
        public void send(TransferStrategy.Pass pass, StopRule rule, PageSink sink) {
          if (pass != TransferStrategy.Pass.NONE) {
            sendRange(instance, 0, early(instance), sink);
          }
        }

        @Override
        public void close() {
          trackers.decrementAndGet();
        }

        {
          trackers.incrementAndGet();
        }
      };
    }

    /** What can be sent while it runs. */
    private static int early(Instance instance) {
      return instance.memory.length / 4 * 3 / PIECE * PIECE;
    }

    private static void sendRange(Instance instance, int from, int to, PageSink sink) {
      for (int at = from; at < to; at += PIECE) {
        sink.accept(7, at, ByteBuffer.wrap(instance.memory, at, Math.min(PIECE, to - at)));
      }
    }

    @Override
    public Departure freeze(String pod, TransferStrategy strategy, @Nullable Preliminary begun) {
      Instance instance = instances.get(pod);
      if (instance == null) {
        throw new GodwitException(NodeError.UNKNOWN_PROCESS, "freezing " + pod, "none", "none");
      }
      act(() -> change(instance, true, false));
      boolean half = begun != null && strategy.pass() != TransferStrategy.Pass.NONE;
      return new FakeDeparture(instance, strategy, half ? early(instance) : 0, begun);
    }

    private final class FakeDeparture implements Departure {
      private final Instance instance;
      private final TransferStrategy strategy;
      private final int from;
      private final int to;
      private final @Nullable Preliminary begun;

      FakeDeparture(
          Instance instance, TransferStrategy strategy, int from, @Nullable Preliminary begun) {
        this.instance = instance;
        this.strategy = strategy;
        this.from = Math.min(from, instance.memory.length);
        boolean follows = strategy.follows() && !strategy.stores();
        this.to = follows ? Math.max(this.from, PIECE * 2) : instance.memory.length;
        this.begun = begun;
      }

      @Override
      public void redirect() {}

      @Override
      public byte[] describe() {
        return ByteBuffer.allocate(12)
            .putInt(instance.memory.length)
            .putInt(strategy.stores() ? 0 : to)
            .putInt(strategy.stores() ? from : instance.memory.length)
            .array();
      }

      @Override
      public void transfer(PageSink sink) {
        sendRange(instance, from, to, sink);
      }

      @Override
      public boolean leavesPages() {
        return strategy.stores() ? from > 0 : to < instance.memory.length;
      }

      @Override
      public PageOrigin serve(PageOrigin.Answers answers) {
        return (space, range, urgent) -> {
          int start = (int) range.start();
          int length = Math.min((int) range.length(), instance.memory.length - start);
          if (!dead) {
            answers.arrived(space, start, ByteBuffer.wrap(instance.memory, start, length));
            answers.answered(space, range, urgent);
          }
        };
      }

      @Override
      public void remember(Way to, long bandwidth) {
        // Nothing of it outlives a daemon.
      }

      @Override
      public void seal() {
        act(() -> change(instance, true, true));
      }

      @Override
      public void undo() {
        act(() -> change(instance, false, false));
        endTracking();
      }

      @Override
      public void kill() {
        act(() -> remove(instance));
        endTracking();
      }

      private void endTracking() {
        if (begun != null) {
          begun.close();
        }
      }
    }

    @Override
    public List<Remaining> remaining() {
      return List.of();
    }

    @Override
    public void takeUpPages(Reach reach) {
      // Its programs wait for no pages when a daemon dies.
    }

    @Override
    public Arrival create(String pod, byte[] podDescription, long readNanos) {
      Instance instance = new Instance(pod, new byte[0]);
      instance.traced = true;
      instance.sealed = true;
      act(() -> instances.put(pod, instance));
      return new FakeArrival(instance);
    }

    private final class FakeArrival implements Arrival, PageOrigin.Answers {
      private final Instance instance;
      private byte[] memory = new byte[0];
      private int next;
      private int end;
      private @Nullable PagesBehind behind;

      FakeArrival(Instance instance) {
        this.instance = instance;
      }

      @Override
      public boolean prepare(byte[] description) {
        memory = new byte[ByteBuffer.wrap(description).getInt()];
        return true;
      }

      @Override
      public void take(PageSource pages) {
        for (PageSource.Run run = pages.next(); run != null; run = pages.next()) {
          run.content().get(memory, (int) run.address(), run.content().remaining());
        }
      }

      @Override
      public void build(
          byte[] description, PageSource pages, Function<PageOrigin.Answers, PagesBehind> origins) {
        ByteBuffer in = ByteBuffer.wrap(description);
        int length = in.getInt();
        next = in.getInt();
        end = in.getInt();
        memory = memory.length == length ? memory : new byte[length];
        take(pages);
        if (next < end) {
          behind = origins.apply(this);
        } else {
          instance.memory = memory;
        }
        act(() -> change(instance, false, true));
      }

      private void ask() {
        PagesBehind from = behind;
        if (from == null) {
          return;
        }
        if (next >= end) {
          instance.memory = memory;
          Thread.ofVirtual().start(from::complete);
          return;
        }
        from.request(new ObjectId(7), new AddressRange(next, next + PIECE), next / PIECE % 2 == 0);
      }

      @Override
      public void arrived(ObjectId space, long address, ByteBuffer content) {
        content.get(memory, (int) address, content.remaining());
      }

      @Override
      public void answered(ObjectId space, AddressRange range, boolean urgent) {
        next = (int) range.end();
        ask();
      }

      @Override
      public void lost(String why) {
        lost = why;
      }

      @Override
      public boolean whole() {
        return instances.get(instance.pod) == instance;
      }

      @Override
      public void thaw() {
        act(() -> change(instance, false, false));
        ask();
      }

      @Override
      public void discard() {
        act(() -> remove(instance));
        if (behind != null) {
          behind.close();
        }
      }
    }

    @Override
    public @Nullable KeptCopy kept(Visit next) {
      return null;
    }

    @Override
    public void makeRoom(String pod, long bytes) {
      // It keeps nothing.
    }

    @Override
    public @Nullable Left left(String pod) {
      Instance instance = instances.get(pod);
      if (instance == null) {
        return null;
      }
      return new Left() {
        @Override
        public boolean sealed() {
          return instance.sealed;
        }

        @Override
        public boolean whole() {
          return instances.get(pod) == instance;
        }

        @Override
        public void thaw() {
          act(() -> change(instance, false, false));
        }

        @Override
        public void kill() {
          act(() -> remove(instance));
        }
      };
    }
  }

  /** What a daemon that starts now can do. */
  Daemon mover() {
    return new Daemon();
  }
}
