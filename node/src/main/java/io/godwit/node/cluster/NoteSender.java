package io.godwit.node.cluster;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.wire.proto.LoadNote;
import io.godwit.wire.proto.LoadTaken;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;

/**
 * Sends notes to other nodes, a bounded number at once; one that finds no room is dropped. Notes
 * are sent from the scheduler's thread alone.
 */
final class NoteSender {
  private static final Logger LOG = System.getLogger(NoteSender.class.getName());

  private final Neighbours neighbours;
  private final ProfileStore profiles;
  private final FailureDetector detector;
  private final BiConsumer<NodeId, LoadTaken> heard;
  private final Runnable adopted;
  private final Semaphore places = new Semaphore(ClusterLimits.NOTES_AT_ONCE);

  /**
   * @param heard told of each node that has taken a note, and its answer
   * @param adopted told when another node's profile is in use from now on
   */
  NoteSender(
      Neighbours neighbours,
      ProfileStore profiles,
      FailureDetector detector,
      BiConsumer<NodeId, LoadTaken> heard,
      Runnable adopted) {
    this.neighbours = neighbours;
    this.profiles = profiles;
    this.detector = detector;
    this.heard = heard;
    this.adopted = adopted;
  }

  void send(NodeId to, LoadNote.Builder note) {
    if (!places.tryAcquire()) {
      return;
    }
    detector.asked(to, System.nanoTime());
    LoadNote ready =
        detector.stamp(to, note).setProfileVersion(profiles.current().text().getVersion()).build();
    Thread.ofVirtual().name("godwit-note-" + to).start(() -> deliver(to, ready));
  }

  /** Tells a node which profile is in use, now and not only by the way. */
  void sendProfile(NodeId to) {
    send(
        to,
        LoadNote.newBuilder()
            .setKind(LoadNote.Kind.PROBE)
            .setSentNanos(System.nanoTime())
            .setProfile(profiles.current().text()));
  }

  private void deliver(NodeId to, LoadNote note) {
    try {
      LoadTaken taken = neighbours.tell(to, note);
      heard.accept(to, taken);
      if (taken.hasProfile() && profiles.adopt(taken.getProfile())) {
        adopted.run();
      }
    } catch (GodwitException | IllegalArgumentException silent) {
      LOG.log(Level.DEBUG, "node {0} did not take a note: {1}", to, silent.getMessage());
    } finally {
      places.release();
    }
  }
}
