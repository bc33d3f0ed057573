package io.godwit.linux.netlink;

import java.net.InetSocketAddress;

/**
 * What inet_diag tells of a TCP or UDP socket.
 *
 * @param state TCP state, 1 established, 10 listening
 * @param inode 0 for one that no descriptor holds any more, as in TIME_WAIT
 */
public record InetSocketDetail(
    int state,
    InetSocketAddress local,
    InetSocketAddress remote,
    int receiveQueue,
    int sendQueue,
    int uid,
    long inode) {}
