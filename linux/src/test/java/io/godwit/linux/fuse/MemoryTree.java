package io.godwit.linux.fuse;

import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FuseAbi;
import io.godwit.linux.abi.Syscall;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A tree in memory, with one lock for all of it; locks on files are whole-file only. */
final class MemoryTree implements FileTree {
  private static final int DIRECTORY = 0x4000;
  private static final int REGULAR = 0x8000;
  private static final int LINK = 0xA000;

  private final Map<Long, Node> nodes = new HashMap<>();
  private long next = ROOT;

  /** Forgets that came, by node. */
  final Map<Long, Long> forgotten = new HashMap<>();

  private static final class Node {
    final long id;
    int mode;
    byte[] data = {};
    int links = 1;
    int uid;
    int gid;
    long modified = 1_000_000_000_000_000_123L;
    final TreeMap<String, Node> names = new TreeMap<>();
    long lockOwner;

    Node(long id, int mode) {
      this.id = id;
      this.mode = mode;
    }
  }

  MemoryTree() {
    add(DIRECTORY | 0755);
  }

  private Node add(int mode) {
    Node node = new Node(next++, mode);
    nodes.put(node.id, node);
    return node;
  }

  private static LinuxException error(Errno errno) {
    return new LinuxException(errno.number(), Syscall.OPEN, "memory tree");
  }

  private Node node(long id) {
    Node node = nodes.get(id);
    if (node == null) {
      throw error(Errno.ESTALE);
    }
    return node;
  }

  private Node child(long parent, String name) {
    Node node = node(parent).names.get(name);
    if (node == null) {
      throw error(Errno.ENOENT);
    }
    return node;
  }

  private static Attributes attributes(Node n) {
    return new Attributes(
        n.id,
        n.data.length,
        (n.data.length + 511) / 512,
        n.modified,
        n.modified,
        n.modified,
        n.mode,
        n.links,
        n.uid,
        n.gid,
        0);
  }

  private static Entry entry(Node n) {
    return new Entry(n.id, attributes(n));
  }

  private Node put(Caller caller, long parent, String name, int mode) {
    if (node(parent).names.containsKey(name)) {
      throw error(Errno.EEXIST);
    }
    Node node = add(mode);
    node.uid = caller.uid();
    node.gid = caller.gid();
    node(parent).names.put(name, node);
    return node;
  }

  @Override
  public synchronized Entry lookup(long parent, String name) {
    return entry(child(parent, name));
  }

  @Override
  public synchronized void forget(long node, long lookups) {
    forgotten.merge(node, lookups, Long::sum);
  }

  @Override
  public synchronized Attributes attributes(long node) {
    return attributes(node(node));
  }

  @Override
  public synchronized Attributes change(long id, Change change) {
    Node n = node(id);
    if ((change.valid() & FuseAbi.FATTR_SIZE) != 0) {
      n.data = Arrays.copyOf(n.data, (int) change.size());
    }
    if ((change.valid() & FuseAbi.FATTR_MODE) != 0) {
      n.mode = (n.mode & 0xF000) | (change.mode() & 0xFFF);
    }
    if ((change.valid() & FuseAbi.FATTR_MTIME) != 0) {
      n.modified = change.modified();
    }
    if ((change.valid() & FuseAbi.FATTR_UID) != 0) {
      n.uid = change.uid();
    }
    return attributes(n);
  }

  @Override
  public synchronized String readLink(long node) {
    return new String(node(node).data, java.nio.charset.StandardCharsets.UTF_8);
  }

  @Override
  public Opened open(long node, int flags) {
    return new Opened(node + 1000, false);
  }

  @Override
  public void release(long node, long handle) {}

  @Override
  public synchronized void read(long node, long handle, long offset, ByteBuffer into) {
    if (handle != node + 1000) {
      throw error(Errno.EBADF);
    }
    byte[] data = node(node).data;
    int length = (int) Math.max(0, Math.min(into.remaining(), data.length - offset));
    if (length > 0) {
      into.put(data, (int) offset, length);
    }
  }

  @Override
  public synchronized void write(long id, long handle, long offset, ByteBuffer from) {
    Node n = node(id);
    int length = from.remaining();
    n.data = Arrays.copyOf(n.data, Math.max(n.data.length, (int) offset + length));
    from.get(n.data, (int) offset, length);
  }

  @Override
  public Opened openDirectory(long node) {
    return new Opened(node, false);
  }

  @Override
  public synchronized List<Name> list(long id, long handle, long cookie, int atMost) {
    List<Name> names = new ArrayList<>();
    long at = 0;
    for (Map.Entry<String, Node> e : node(id).names.entrySet()) {
      at++;
      if (at > cookie && names.size() < atMost) {
        names.add(new Name(e.getKey(), e.getValue().id, e.getValue().mode, at));
      }
    }
    return names;
  }

  @Override
  public Space space(long node) {
    return new Space(1000, 500, 400, 100, 50, 4096);
  }

  @Override
  public synchronized Created create(Caller c, long parent, String name, int mode, int flags) {
    Node node = put(c, parent, name, REGULAR | (mode & 0xFFF));
    return new Created(entry(node), open(node.id, flags));
  }

  @Override
  public synchronized Entry makeDirectory(Caller caller, long parent, String name, int mode) {
    return entry(put(caller, parent, name, DIRECTORY | (mode & 0xFFF)));
  }

  @Override
  public synchronized Entry makeLink(Caller caller, long parent, String name, String target) {
    Node node = put(caller, parent, name, LINK | 0777);
    node.data = target.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return entry(node);
  }

  @Override
  public synchronized Entry link(long id, long parent, String name) {
    Node node = node(id);
    node(parent).names.put(name, node);
    node.links++;
    return entry(node);
  }

  @Override
  public synchronized void unlink(long parent, String name) {
    child(parent, name).links--;
    node(parent).names.remove(name);
  }

  @Override
  public synchronized void removeDirectory(long parent, String name) {
    if (!child(parent, name).names.isEmpty()) {
      throw error(Errno.ENOTEMPTY);
    }
    node(parent).names.remove(name);
  }

  @Override
  public synchronized void rename(
      long parent, String name, long newParent, String newName, int flags) {
    Node node = child(parent, name);
    node(parent).names.remove(name);
    node(newParent).names.put(newName, node);
  }

  @Override
  public synchronized Lock conflict(long id, long handle, Lock wanted) {
    long owner = node(id).lockOwner;
    boolean held = owner != 0 && owner != wanted.owner();
    return new Lock(0, Long.MAX_VALUE, held ? 1 : 2, 0, owner, false);
  }

  @Override
  public synchronized void lock(long id, long handle, Lock lock, boolean wait) {
    Node node = node(id);
    if (lock.type() == 2) {
      if (node.lockOwner == lock.owner()) {
        node.lockOwner = 0;
        notifyAll();
      }
      return;
    }
    while (node.lockOwner != 0 && node.lockOwner != lock.owner()) {
      if (!wait) {
        throw error(Errno.EAGAIN);
      }
      try {
        wait();
      } catch (InterruptedException e) {
        throw error(Errno.EINTR);
      }
    }
    node.lockOwner = lock.owner();
  }
}
