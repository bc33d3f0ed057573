package io.godwit.node.peers;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.registry.RegistryError;
import io.godwit.wire.proto.RegistryAnswer;
import io.godwit.wire.proto.RegistryBatch;
import io.godwit.wire.proto.RegistryOutcomes;
import io.godwit.wire.proto.RegistryQuestion;

/** What other nodes ask of this one about the replicated registry. */
public interface PeerRegistry {
  /** A node has updates to be entered. */
  RegistryOutcomes enter(RegistryBatch batch, NodeId by);

  RegistryAnswer consult(RegistryQuestion question);

  /** A node that does not vote. */
  PeerRegistry NONE =
      new PeerRegistry() {
        @Override
        public RegistryOutcomes enter(RegistryBatch batch, NodeId by) {
          throw refused();
        }

        @Override
        public RegistryAnswer consult(RegistryQuestion question) {
          throw refused();
        }

        private GodwitException refused() {
          return new GodwitException(
              RegistryError.NOT_A_VOTER,
              "asking the registry",
              "this node does not keep it",
              "name the same registry.voters in the configuration of all nodes");
        }
      };
}
