package io.godwit.policy.scheduling;

import io.godwit.policy.load.NodeLoad;
import java.util.Set;

/**
 * Activation by two thresholds on processes for each core: a node above the high one sends, a node
 * below the low one receives (Eager, Lazowska and Zahorjan 1986).
 *
 * @param initiation who starts
 * @param high processes for each core above which a node is overloaded; 1 means "more than one"
 * @param low processes for each core below which a node is underloaded; 1 means "idle core"
 * @param sendOn what makes an overloaded node act
 * @param receiveOn what makes an underloaded node act
 */
public record Thresholds(
    Initiation initiation, double high, double low, Set<Trigger> sendOn, Set<Trigger> receiveOn)
    implements ActivationPolicy {

  /** Who starts a transfer (survey section 2.8). */
  public enum Initiation {
    NONE,
    /** Overloaded nodes place new processes elsewhere; nothing that runs is moved. */
    PLACEMENT,
    /** Overloaded nodes move running processes. */
    SENDER,
    /** Underloaded nodes ask for running processes. */
    RECEIVER,
    /** Both: placement or moves by the overloaded, requests by the underloaded. */
    SYMMETRIC
  }

  public Thresholds {
    if (!(high >= 0) || !(low >= 0)) {
      throw new IllegalArgumentException("thresholds are not negative: " + high + ", " + low);
    }
    sendOn = Set.copyOf(sendOn);
    receiveOn = Set.copyOf(receiveOn);
  }

  /** The usual triggers: a start or a period makes senders look, an end or a period receivers. */
  public static Thresholds of(Initiation initiation, double high, double low) {
    return new Thresholds(
        initiation,
        high,
        low,
        Set.of(Trigger.PROCESS_STARTED, Trigger.TICK),
        Set.of(Trigger.PROCESS_ENDED, Trigger.TICK));
  }

  private boolean sender() {
    return initiation == Initiation.SENDER || initiation == Initiation.SYMMETRIC;
  }

  private boolean receiver() {
    return initiation == Initiation.RECEIVER || initiation == Initiation.SYMMETRIC;
  }

  @Override
  public boolean send(Trigger trigger, NodeLoad own) {
    return own.runQueue() > high * own.cores() && sender() && sendOn.contains(trigger);
  }

  @Override
  public boolean receive(Trigger trigger, NodeLoad own) {
    return own.runQueue() < low * own.cores() && receiver() && receiveOn.contains(trigger);
  }

  @Override
  public boolean place(NodeLoad own) {
    return (initiation == Initiation.PLACEMENT || sender())
        && own.runQueue() + 1 > high * own.cores();
  }

  @Override
  public boolean gives(NodeLoad own) {
    return own.runQueue() > high * own.cores();
  }
}
