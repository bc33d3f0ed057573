package io.godwit.node.peers;

import io.godwit.core.NodeId;
import io.godwit.wire.proto.ClaimReply;
import io.godwit.wire.proto.ClaimRequest;
import io.godwit.wire.proto.ControlReply;
import io.godwit.wire.proto.ControlRequest;
import io.godwit.wire.proto.StoreReply;
import io.godwit.wire.proto.StoreRequest;

/** What other nodes ask of this one about jobs. */
public interface PeerJobs {
  /** A node claims processes of this home. */
  ClaimReply claim(ClaimRequest request, NodeId by);

  /** A home wants an image of its process. */
  StoreReply store(StoreRequest request, NodeId home);

  /** A home stops, continues or kills its process. */
  ControlReply control(ControlRequest request, NodeId home);

  /** A node that does not know its jobs yet: it grants and does nothing. */
  PeerJobs NONE =
      new PeerJobs() {
        @Override
        public ClaimReply claim(ClaimRequest request, NodeId by) {
          return ClaimReply.getDefaultInstance();
        }

        @Override
        public StoreReply store(StoreRequest request, NodeId home) {
          throw new UnsupportedOperationException("no jobs yet");
        }

        @Override
        public ControlReply control(ControlRequest request, NodeId home) {
          throw new UnsupportedOperationException("no jobs yet");
        }
      };
}
