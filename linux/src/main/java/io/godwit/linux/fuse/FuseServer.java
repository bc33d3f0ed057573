package io.godwit.linux.fuse;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Mounts;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.FuseAbi;
import io.godwit.linux.abi.MountAbi;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Serves a {@link FileTree} at a mount point. Several platform threads read requests from
 * /dev/fuse; they end when the mount is gone. Closing unmounts.
 */
public final class FuseServer implements AutoCloseable {
  /** Room for the header and arguments before the data of a write. */
  private static final int OVERHEAD = 4096;

  /** Payload of an answer to a lock that was waited for: none. */
  private static final int LOCK_REPLY = 64;

  private static final long JOIN_MILLIS = 5_000;

  private final Fd fuse;
  private final String mountPoint;
  private final Config config;
  private final FuseDispatcher dispatcher;
  private final List<Thread> threads = new ArrayList<>();

  /** Threads that wait for locks, by the request they answer. */
  private final ConcurrentMap<Long, Thread> waiting = new ConcurrentHashMap<>();

  private FuseServer(Fd fuse, String mountPoint, FileTree tree, Config config) {
    this.fuse = fuse;
    this.mountPoint = mountPoint;
    this.config = config;
    this.dispatcher = new FuseDispatcher(tree, config.maxTransfer());
  }

  /**
   * How a tree is mounted and served.
   *
   * @param name shown as the source in mountinfo
   * @param threads that answer at the same time
   * @param maxTransfer bytes of a read or write at most, a multiple of the page size up to 1 MiB
   * @param cacheTime how long the kernel keeps names and attributes without asking
   * @param readOnly whether writes are refused by the kernel
   * @param allowOther whether users other than the daemon's may use it
   */
  public record Config(
      String name,
      int threads,
      int maxTransfer,
      Duration cacheTime,
      boolean readOnly,
      boolean allowOther) {
    public Config {
      if (threads < 1 || threads > 256) {
        throw new IllegalArgumentException("1 to 256 threads, not " + threads);
      }
      if (maxTransfer < 4096 || maxTransfer > 1 << 20 || maxTransfer % 4096 != 0) {
        throw new IllegalArgumentException("pages up to 1 MiB, not " + maxTransfer);
      }
      if (name.isEmpty() || name.contains(",")) {
        throw new IllegalArgumentException("not a name for a mount: '" + name + "'");
      }
    }

    /** Four threads, 1 MiB, attributes kept for a second, for all users. */
    public static Config ofName(String name) {
      return new Config(name, 4, 1 << 20, Duration.ofSeconds(1), false, true);
    }
  }

  /**
   * Mounts a tree in the calling thread's mount namespace and begins to serve it.
   *
   * @param mountPoint an existing directory
   */
  public static FuseServer mount(FileTree tree, String mountPoint, Config config) {
    Fd fuse = Descriptors.open("/dev/fuse", FileAbi.O_RDWR);
    try {
      String options =
          "fd="
              + fuse.number()
              + ",rootmode=40000,user_id=0,group_id=0,default_permissions"
              + (config.allowOther() ? ",allow_other" : "")
              + ",max_read="
              + config.maxTransfer();
      long flags =
          MountAbi.MS_NOSUID | MountAbi.MS_NODEV | (config.readOnly() ? MountAbi.MS_RDONLY : 0);
      Mounts.mount(config.name(), mountPoint, "fuse.godwit", flags, options);
    } catch (LinuxException e) {
      Descriptors.close(fuse);
      throw e;
    }
    FuseServer server = new FuseServer(fuse, mountPoint, tree, config);
    server.start();
    return server;
  }

  private void start() {
    for (int i = 0; i < config.threads(); i++) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("godwit-fuse-" + fuse.number() + "-" + i)
              .start(this::serve));
    }
  }

  public String mountPoint() {
    return mountPoint;
  }

  private void serve() {
    ByteBuffer in =
        ByteBuffer.allocateDirect(config.maxTransfer() + OVERHEAD).order(ByteOrder.nativeOrder());
    Reply out = new Reply(fuse, config.maxTransfer() + OVERHEAD, config.cacheTime().toNanos());
    while (true) {
      in.clear();
      try {
        Descriptors.read(fuse, in);
      } catch (LinuxException e) {
        if (e.is(Errno.ENOENT) || e.is(Errno.EAGAIN)) {
          continue; // a request that was interrupted before it was read
        }
        if (e.is(Errno.ENODEV)) {
          return; // unmounted
        }
        throw e;
      }
      Request request = Request.parse(in.flip());
      switch (request.opcode()) {
        case FuseAbi.FUSE_INTERRUPT -> interrupt(request);
        case FuseAbi.FUSE_SETLKW -> waitForLock(request);
        default -> answer(request, out);
      }
    }
  }

  private void answer(Request request, Reply out) {
    int error = 0;
    try {
      dispatcher.handle(request, out);
    } catch (LinuxException e) {
      error = e.errno();
    } catch (RuntimeException e) {
      // A mistake of the tree must not leave the program waiting for ever.
      error = Errno.EIO.number();
      System.getLogger(FuseServer.class.getName())
          .log(System.Logger.Level.WARNING, "FUSE request " + request.opcode() + " failed", e);
    }
    if (FuseDispatcher.isSilent(request)) {
      out.clear();
    } else {
      out.send(request.unique(), error);
    }
  }

  /** The arguments are copied, since the buffer takes the next request meanwhile. */
  private void waitForLock(Request request) {
    ByteBuffer copy =
        ByteBuffer.allocate(request.arguments().remaining()).order(ByteOrder.nativeOrder());
    copy.put(request.arguments()).flip();
    Request own =
        new Request(request.opcode(), request.unique(), request.node(), request.caller(), copy);
    Thread thread =
        Thread.ofVirtual()
            .name("godwit-fuse-lock-" + request.unique())
            .unstarted(
                () -> {
                  try {
                    answer(own, new Reply(fuse, LOCK_REPLY, 0));
                  } finally {
                    waiting.remove(own.unique());
                  }
                });
    waiting.put(own.unique(), thread);
    thread.start();
  }

  private void interrupt(Request request) {
    Thread thread = waiting.get(request.arguments(8).getLong());
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** Unmounts, also while files are open there; who has them gets errors from then on. */
  @Override
  public void close() {
    try {
      Mounts.unmount(mountPoint, MountAbi.MNT_FORCE | MountAbi.MNT_DETACH);
    } catch (LinuxException e) {
      if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) { // somebody unmounted it before
        throw e;
      }
    }
    waiting.values().forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread thread : threads) {
      try {
        thread.join(JOIN_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    Descriptors.close(fuse);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
