package io.godwit.node.registry;

import io.godwit.wire.VoterTls;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jgroups.util.DefaultSocketFactory;

/** The sockets between voters: TLS, and both ends show a certificate of a voter. */
final class VoterSockets extends DefaultSocketFactory {
  VoterSockets(SSLContext context) {
    super(context);
    setSocketConfigurator(VoterSockets::secure);
    setServerSocketConfigurator(VoterSockets::secure);
  }

  private static void secure(Socket socket) {
    if (!(socket instanceof SSLSocket secured)) {
      throw new IllegalStateException("a socket without TLS");
    }
    secured.setSSLParameters(VoterTls.parameters());
  }

  private static void secure(ServerSocket socket) {
    if (!(socket instanceof SSLServerSocket secured)) {
      throw new IllegalStateException("a socket without TLS");
    }
    secured.setSSLParameters(VoterTls.parameters());
  }
}
