package io.godwit.node.peers;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import io.godwit.node.migration.ProcessMover;
import io.godwit.wire.proto.Requirements;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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
    public Departure freeze(String pod) {
      Instance instance = instances.get(pod);
      if (instance == null) {
        throw new GodwitException(NodeError.UNKNOWN_PROCESS, "freezing " + pod, "none", "none");
      }
      act(() -> change(instance, true, false));
      return new FakeDeparture(instance);
    }

    private final class FakeDeparture implements Departure {
      private final Instance instance;

      FakeDeparture(Instance instance) {
        this.instance = instance;
      }

      @Override
      public void redirect() {}

      @Override
      public byte[] describe() {
        return ByteBuffer.allocate(4).putInt(instance.memory.length).array();
      }

      @Override
      public void transfer(PageSink sink) {
        for (int at = 0; at < instance.memory.length; at += PIECE) {
          int length = Math.min(PIECE, instance.memory.length - at);
          sink.accept(7, at, ByteBuffer.wrap(instance.memory, at, length));
        }
      }

      @Override
      public void seal() {
        act(() -> change(instance, true, true));
      }

      @Override
      public void undo() {
        act(() -> change(instance, false, false));
      }

      @Override
      public void kill() {
        act(() -> remove(instance));
      }
    }

    @Override
    public Arrival create(String pod, byte[] podDescription, long receivedNanos) {
      Instance instance = new Instance(pod, new byte[0]);
      instance.traced = true;
      instance.sealed = true;
      act(() -> instances.put(pod, instance));
      return new FakeArrival(instance);
    }

    private final class FakeArrival implements Arrival {
      private final Instance instance;

      FakeArrival(Instance instance) {
        this.instance = instance;
      }

      @Override
      public void build(byte[] description, PageSource pages) {
        byte[] memory = new byte[ByteBuffer.wrap(description).getInt()];
        for (PageSource.Run run = pages.next(); run != null; run = pages.next()) {
          run.content().get(memory, (int) run.address(), run.content().remaining());
        }
        instance.memory = memory;
        act(() -> change(instance, false, true));
      }

      @Override
      public void thaw() {
        act(() -> change(instance, false, false));
      }

      @Override
      public void discard() {
        act(() -> remove(instance));
      }
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
