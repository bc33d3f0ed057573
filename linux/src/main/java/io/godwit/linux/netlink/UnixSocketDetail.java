package io.godwit.linux.netlink;

import java.util.List;

/**
 * What unix_diag tells of a Unix domain socket.
 *
 * @param type 1 stream, 2 datagram, 5 seqpacket
 * @param state 1 established, 7 unconnected, 10 listening
 * @param name path, or an abstract name with a zero character in front; empty for none
 * @param peer inode of the connected socket, 0 for none; one that was not accepted yet has no peer
 *     of its own and is listed in {@code waiting} of the listening one
 * @param waiting inodes of connections that were not accepted, 0 for those in other namespaces
 * @param receiveQueue of a listening socket connections waiting, else bytes to read
 * @param shutdown 1 receive side, 2 send side
 * @param fileInode inode of the path it was bound to, 0 for none
 */
public record UnixSocketDetail(
    int type,
    int state,
    long inode,
    String name,
    long peer,
    List<Long> waiting,
    int receiveQueue,
    int sendQueue,
    int shutdown,
    long fileInode) {
  public UnixSocketDetail {
    waiting = List.copyOf(waiting);
  }
}
