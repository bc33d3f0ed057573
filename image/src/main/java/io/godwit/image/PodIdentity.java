package io.godwit.image;

import io.godwit.core.Epoch;
import io.godwit.core.Pid;
import java.util.Optional;

/**
 * Which pod the image is of.
 *
 * @param id unique in the cluster, given at its start
 * @param name given by the user
 * @param home the node where it was started
 * @param epoch of the instance that was frozen
 * @param mainProcess whose end is the pod's end
 */
public record PodIdentity(
    String id, Optional<String> name, Optional<String> home, Epoch epoch, Pid mainProcess) {
  public PodIdentity {
    Require.name(id, "a pod's id");
    name.ifPresent(text -> Require.name(text, "a pod's name"));
    home.ifPresent(text -> Require.name(text, "a node's name"));
  }
}
