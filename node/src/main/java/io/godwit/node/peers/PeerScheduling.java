package io.godwit.node.peers;

import io.godwit.core.NodeId;
import io.godwit.wire.proto.AdmitReply;
import io.godwit.wire.proto.AdmitRequest;
import io.godwit.wire.proto.DrainProgress;
import io.godwit.wire.proto.DrainRequest;
import io.godwit.wire.proto.ExplainReply;
import io.godwit.wire.proto.ExplainRequest;
import io.godwit.wire.proto.LoadNote;
import io.godwit.wire.proto.LoadTaken;
import java.util.function.Consumer;

/** What other nodes ask of this one's load layer and scheduler. */
public interface PeerScheduling {
  LoadTaken take(LoadNote note, NodeId from);

  AdmitReply admit(AdmitRequest request, NodeId from);

  ExplainReply explain(ExplainRequest request);

  /** Returns when the node is empty, or the time is over. */
  void drain(DrainRequest request, Consumer<DrainProgress> progress) throws InterruptedException;

  /**
   * Why the node takes no processes at present, whoever sends them; empty where it does.
   *
   * @param comesHome whether the process was started here: an owner's own may always come back
   */
  String closedTo(boolean comesHome);

  /** Processes that run or wait for a processor, on average; negative where nobody counts. */
  double runQueue();

  /** A node without a scheduler: it takes what its configuration allows. */
  PeerScheduling NONE =
      new PeerScheduling() {
        @Override
        public LoadTaken take(LoadNote note, NodeId from) {
          return LoadTaken.getDefaultInstance();
        }

        @Override
        public AdmitReply admit(AdmitRequest request, NodeId from) {
          return AdmitReply.newBuilder().setWhy("it has no scheduler yet").build();
        }

        @Override
        public ExplainReply explain(ExplainRequest request) {
          return ExplainReply.getDefaultInstance();
        }

        @Override
        public void drain(DrainRequest request, Consumer<DrainProgress> progress) {
          progress.accept(DrainProgress.newBuilder().setFinished(true).build());
        }

        @Override
        public String closedTo(boolean comesHome) {
          return "";
        }

        @Override
        public double runQueue() {
          return -1;
        }
      };
}
