package io.godwit.node.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Answers GET /metrics, and nothing else, over HTTP. */
public final class MetricServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(MetricServer.class.getName());
  private static final String PATH = "/metrics";
  private static final int BACKLOG = 16;

  /** Connections at once; further ones are closed. */
  private static final String MAX_CONNECTIONS = "32";

  /** Seconds for a request to come, and for its answer to go. */
  private static final String MAX_SECONDS = "10";

  private static final String MAX_HEADERS = "50";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int FAILED = 500;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Supplier<String> text;

  private MetricServer(HttpServer server, Supplier<String> text) {
    this.server = server;
    this.text = text;
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("godwit-metrics-", 0).factory());
  }

  /**
   * Starts one.
   *
   * @param at port 0 lets the system choose
   * @param text what is told, made anew for each request
   */
  public static MetricServer start(InetSocketAddress at, Supplier<String> text) {
    // The JDK's server takes its limits from properties, once, when it is first used.
    limit("jdk.httpserver.maxConnections", MAX_CONNECTIONS);
    limit("sun.net.httpserver.maxReqTime", MAX_SECONDS);
    limit("sun.net.httpserver.maxRspTime", MAX_SECONDS);
    limit("sun.net.httpserver.maxReqHeaders", MAX_HEADERS);
    try {
      MetricServer made = new MetricServer(HttpServer.create(at, BACKLOG), text);
      made.server.setExecutor(made.threads);
      made.server.createContext("/", made::answer);
      made.server.start();
      if (!at.getAddress().isLoopbackAddress()) {
        LOG.log(Level.WARNING, "metrics are open to everybody who reaches {0}", at);
      }
      return made;
    } catch (IOException | IllegalArgumentException failed) {
      throw new GodwitException(
          NodeError.BAD_ADDRESS,
          "serving metrics at " + at,
          String.valueOf(failed.getMessage()),
          "give a free address of this machine as metrics.listen",
          failed);
    }
  }

  private static void limit(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      boolean head = method.equals("HEAD");
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        send(exchange, NOT_FOUND, "metrics are at " + PATH + "\n", head);
      } else if (!head && !method.equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        send(exchange, NOT_ALLOWED, "GET only\n", false);
      } else {
        told(exchange, head);
      }
    }
  }

  private void told(HttpExchange exchange, boolean head) throws IOException {
    String all;
    try {
      all = text.get();
    } catch (RuntimeException defect) {
      LOG.log(Level.WARNING, "metrics cannot be told", defect);
      send(exchange, FAILED, defect + "\n", head);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", Exposition.CONTENT_TYPE);
    send(exchange, OK, all, head);
  }

  private static void send(HttpExchange exchange, int status, String body, boolean head)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
    if (!head) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
