package io.godwit.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.GodwitException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server that Prometheus asks. */
@Timeout(60)
class MetricServerTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private MetricServer server = MetricServer.start(ANY, () -> "up 1\n");
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  private HttpResponse<String> ask(String method, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(30))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void onlyMetricsAreTold() throws Exception {
    HttpResponse<String> told = ask("GET", "/metrics");
    assertThat(told.statusCode()).isEqualTo(200);
    assertThat(told.body()).isEqualTo("up 1\n");
    assertThat(told.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(ask("HEAD", "/metrics").statusCode()).isEqualTo(200);
    assertThat(ask("POST", "/metrics").statusCode()).isEqualTo(405);
    assertThat(ask("GET", "/").statusCode()).isEqualTo(404);
    assertThat(ask("GET", "/metrics/../etc").statusCode()).isEqualTo(404);
  }

  @Test
  void aFailureIsToldAndTheNextRequestIsAnswered() throws Exception {
    server.close();
    List<String> texts = new ArrayList<>(List.of("again 1\n"));
    boolean[] broken = {true};
    server =
        MetricServer.start(
            ANY,
            () -> {
              if (broken[0]) {
                throw new IllegalStateException("busy");
              }
              return texts.getFirst();
            });
    assertThat(ask("GET", "/metrics").statusCode()).isEqualTo(500);
    broken[0] = false;
    assertThat(ask("GET", "/metrics").body()).isEqualTo("again 1\n");
  }

  @Test
  void thoseWhoNeverAskKeepNobodyWaiting() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 10; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        socket.getOutputStream().write("GET /met".getBytes(StandardCharsets.US_ASCII));
        idle.add(socket);
      }
      assertThat(ask("GET", "/metrics").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void anAddressThatIsTakenIsNamed() {
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(() -> MetricServer.start(server.address(), () -> ""))
        .withMessageContaining("serving metrics");
  }
}
