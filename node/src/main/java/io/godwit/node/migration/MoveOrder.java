package io.godwit.node.migration;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import io.godwit.core.control.MoveWishes;

/**
 * What is to be moved where.
 *
 * @param epoch under which it runs now
 * @param home where it was started
 * @param homeAddress host:port of the home
 * @param strategy by its name; empty for the default
 * @param encryptPages whether the contents of memory are encrypted on the way
 * @param wishes what the user asked for besides
 */
public record MoveOrder(
    String pod,
    Epoch epoch,
    NodeId home,
    String homeAddress,
    NodeId destination,
    String strategy,
    boolean encryptPages,
    int requestedByUid,
    MoveWishes wishes) {}
