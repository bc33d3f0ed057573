package io.godwit.node.cluster;

import java.time.Duration;

/**
 * What the owner of a node lends to others, and when it is wanted back.
 *
 * @param accepts whether foreign processes are taken at all
 * @param niceness of foreign processes, 0 to 19
 * @param watchesInput whether input at terminals and keyboard means that the owner is at work
 * @param ownerIdle the owner has left when nothing was typed for this long
 * @param ownerLoad the owner is at work when what runs beside the pods wants more processors than
 *     this; 0 where that means nothing
 */
public record Guesthood(
    boolean accepts, int niceness, boolean watchesInput, Duration ownerIdle, double ownerLoad) {
  /** Niceness of foreign processes while the owner is at work, at least. */
  static final int NICE_WITH_OWNER = 10;
}
