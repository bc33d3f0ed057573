package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import java.util.Optional;

/**
 * Where a job is to start.
 *
 * @param why nowhere at present; empty where there is a node
 */
public record JobPlacement(Optional<NodeId> node, String why) {}
