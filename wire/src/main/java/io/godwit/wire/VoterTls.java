package io.godwit.wire;

import io.godwit.core.NodeId;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** TLS between the few nodes that keep the replicated registry, both ends with a certificate. */
public final class VoterTls {
  private VoterTls() {}

  /** Trusts these nodes of the cluster and no other, in both roles. */
  public static SSLContext among(Set<NodeId> voters, NodeIdentity identity) {
    return TlsContexts.pages(identity, ClusterTrust.someOf(voters, identity.authority()));
  }

  /** What each socket of such a context has to be told: nobody without a certificate. */
  public static SSLParameters parameters() {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {TlsContexts.PROTOCOL});
    parameters.setNeedClientAuth(true);
    return parameters;
  }
}
