package io.godwit.linux;

/**
 * A descriptor of this process that is closed with the block that opened it, unless it is given
 * away first. Not for several threads at once.
 */
public final class OwnedFd implements AutoCloseable {
  private final Fd fd;
  private boolean owned = true;

  private OwnedFd(Fd fd) {
    this.fd = fd;
  }

  public static OwnedFd of(Fd fd) {
    return new OwnedFd(fd);
  }

  public Fd fd() {
    if (!owned) {
      throw new IllegalStateException(fd + " was closed or given away");
    }
    return fd;
  }

  /** Hands the descriptor over; whoever takes it closes it. */
  public Fd release() {
    Fd given = fd();
    owned = false;
    return given;
  }

  @Override
  public void close() {
    if (owned) {
      owned = false;
      Descriptors.close(fd);
    }
  }
}
