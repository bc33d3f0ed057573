package io.godwit.cli.top;

import io.godwit.cli.CommandIo;
import io.godwit.cli.RawTerminal;
import io.godwit.cli.SignalCatcher;
import io.godwit.core.GodwitException;
import io.godwit.core.control.WindowSize;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The full-screen part: see the package for its threads. */
final class Session {
  private static final int QUEUE = 64;
  private static final int INPUT_BYTES = 256;

  /** The page is drawn anew at least this often: it tells how long a daemon has been silent. */
  private static final long REDRAW_MILLIS = 1000;

  /** What the drawing thread is told. */
  private sealed interface News {
    record Pressed(Key key) implements News {}

    record Arrived(Snapshot snapshot) implements News {}

    record Failed(GodwitException failure) implements News {}

    record Resized() implements News {}

    /** Nobody types any more. */
    record Ended() implements News {}
  }

  private final CommandIo io;
  private final SnapshotSource source;
  private final Duration pause;
  private final Screen screen;
  private final ZoneId zone = ZoneId.systemDefault();
  private final BlockingQueue<News> news = new ArrayBlockingQueue<>(QUEUE);
  private final Semaphore now = new Semaphore(0);
  private final CpuRates rates = new CpuRates();
  private volatile boolean paused;
  private volatile long askedAt;
  private View view = View.FIRST;
  private @Nullable Snapshot latest;
  private Map<String, Double> cpu = Map.of();
  private String trouble = "";

  Session(CommandIo io, SnapshotSource source, Duration pause) {
    this.io = io;
    this.source = source;
    this.pause = pause;
    this.screen =
        new Screen(
            io.out(),
            !io.environment().containsKey("NO_COLOR")
                && !io.environment().getOrDefault("TERM", "").equals("dumb"));
  }

  /** Runs until somebody quits; a daemon that answers not even once is a failure. */
  int run() throws InterruptedException {
    Thread poller = Thread.ofPlatform().daemon().name("godwit-top-poll").unstarted(this::poll);
    Thread keys = Thread.ofPlatform().daemon().name("godwit-top-keys").unstarted(this::readKeys);
    try (RawTerminal raw = RawTerminal.enter(screen::leave);
        SignalCatcher signals =
            new SignalCatcher(List.of("WINCH"), name -> news.offer(new News.Resized()))) {
      screen.enter();
      poller.start();
      keys.start();
      loop();
    } finally {
      poller.interrupt();
    }
    return 0;
  }

  private void loop() throws InterruptedException {
    while (draw()) {
      News next = news.poll(REDRAW_MILLIS, TimeUnit.MILLISECONDS);
      // What has piled up is drawn once.
      while (next != null) {
        if (!take(next)) {
          return;
        }
        next = news.poll();
      }
    }
  }

  /** False when it is over. */
  private boolean take(News event) {
    switch (event) {
      case News.Pressed(Key key) -> {
        if (key == Key.QUIT) {
          return false;
        }
        pressed(key);
      }
      case News.Arrived(Snapshot snapshot) -> {
        if (!paused) {
          trouble = "";
          latest = snapshot;
          cpu = rates.take(snapshot);
        }
      }
      case News.Failed(GodwitException failure) -> {
        if (latest == null) {
          throw failure;
        }
        trouble = failure.code().code() + ": " + failure.what() + ": " + failure.why();
      }
      case News.Resized resized -> {} // the size is asked for each time
      case News.Ended ended -> {
        return false;
      }
    }
    return true;
  }

  private void pressed(Key key) {
    Snapshot seen = latest;
    if (seen != null) {
      Layout layout = Page.layout(seen, size().rows());
      view = view.on(key, layout, Page.count(seen, view.pane()));
      paused = view.paused();
    }
    if (key == Key.REFRESH || (key == Key.PAUSE && !paused)) {
      now.release();
    }
  }

  private boolean draw() {
    WindowSize size = size();
    long since = askedAt;
    long silent = since == 0 ? 0 : (System.nanoTime() - since) / 1_000_000;
    Scene scene = new Scene(latest, cpu, silent, trouble);
    return screen.draw(Page.lines(scene, view, zone, size.columns(), size.rows()));
  }

  private static WindowSize size() {
    WindowSize size = RawTerminal.windowSize();
    return size.rows() == 0 || size.columns() == 0 ? WindowSize.USUAL : size;
  }

  private void poll() {
    try {
      while (true) {
        if (!paused) {
          askedAt = System.nanoTime();
          News told;
          try {
            told = new News.Arrived(source.take());
          } catch (GodwitException failure) {
            told = new News.Failed(failure);
          }
          askedAt = 0;
          news.put(told);
        }
        if (now.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
          now.drainPermits();
        }
      }
    } catch (InterruptedException over) {
      // The session has ended.
    }
  }

  private void readKeys() {
    KeyParser parser = new KeyParser();
    byte[] typed = new byte[INPUT_BYTES];
    try {
      for (int got = io.in().read(typed); got >= 0; got = io.in().read(typed)) {
        for (int i = 0; i < got; i++) {
          Optional<Key> key = parser.accept(typed[i] & 0xff);
          if (key.isPresent()) {
            news.put(new News.Pressed(key.get()));
          }
        }
      }
      news.put(new News.Ended());
    } catch (IOException gone) {
      boolean told = news.offer(new News.Ended());
      assert told || !news.isEmpty();
    } catch (InterruptedException over) {
      // The session has ended.
    }
  }
}
