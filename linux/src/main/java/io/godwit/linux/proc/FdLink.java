package io.godwit.linux.proc;

import org.jspecify.annotations.Nullable;

/** What a link of /proc/PID/fd says that a descriptor is, proc_pid_fd(5). */
public sealed interface FdLink {
  /** The text of the link. */
  String text();

  /** A pipe; also each end of a FIFO without a name. */
  record Pipe(String text, long inode) implements FdLink {}

  /** A socket of any family. */
  record Socket(String text, long inode) implements FdLink {}

  /** A namespace, "net:[4026531833]". */
  record Namespace(String text, String kind, long inode) implements FdLink {}

  /** An object without a file system: eventfd, eventpoll, timerfd, signalfd, inotify, pidfd... */
  record Anonymous(String text, String kind) implements FdLink {}

  /** A memfd by its name. */
  record Memfd(String text, String name) implements FdLink {}

  /**
   * A file with a path.
   *
   * @param path without the mark of a deleted file
   * @param deleted whether the link ends with " (deleted)"; a name may really end so
   */
  record Path(String text, String path, boolean deleted) implements FdLink {}

  /** Sorts a link by its text. */
  static FdLink parse(String text) {
    if (text.startsWith("/memfd:")) {
      return new Memfd(text, stripDeleted(text.substring("/memfd:".length())));
    }
    if (text.startsWith("/") || text.startsWith("(unreachable)")) {
      String path = stripDeleted(text);
      return new Path(text, path, path.length() != text.length());
    }
    if (text.startsWith("anon_inode:")) {
      String kind = text.substring("anon_inode:".length());
      return new Anonymous(
          text,
          kind.startsWith("[") && kind.endsWith("]") ? kind.substring(1, kind.length() - 1) : kind);
    }
    int colon = text.indexOf(":[");
    Long inode = colon > 0 ? inode(text.substring(colon + 2)) : null;
    if (inode == null) {
      throw new ProcFormatException("fd", 1, "not a known kind of file", text);
    }
    String kind = text.substring(0, colon);
    return switch (kind) {
      case "pipe" -> new Pipe(text, inode);
      case "socket" -> new Socket(text, inode);
      default -> new Namespace(text, kind, inode);
    };
  }

  private static String stripDeleted(String text) {
    return text.endsWith(" (deleted)")
        ? text.substring(0, text.length() - " (deleted)".length())
        : text;
  }

  private static @Nullable Long inode(String digitsAndBracket) {
    if (!digitsAndBracket.endsWith("]")) {
      return null;
    }
    try {
      return Long.parseUnsignedLong(digitsAndBracket.substring(0, digitsAndBracket.length() - 1));
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
