package io.godwit.bench;

import io.godwit.core.GodwitException;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** Draws rows as PNG files: a figure over the size of memory, a line for each strategy. */
public final class BenchCharts {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 440;

  private BenchCharts() {}

  /** Writes {@code freeze.png} and {@code initial.png}; the files written. */
  public static List<Path> write(List<Row> rows, Path directory) {
    List<Path> written = new ArrayList<>();
    List<Row> measured = rows.stream().filter(Row::measured).toList();
    if (measured.isEmpty()) {
      return written;
    }
    written.add(
        draw(
            directory.resolve("freeze.png"),
            "Freeze as the program saw it",
            "milliseconds, median",
            measured,
            row -> row.freezeMillis().median()));
    written.add(
        draw(
            directory.resolve("initial.png"),
            "From the request until it ran there",
            "milliseconds, median",
            measured,
            Row::initialMillis));
    return written;
  }

  private static Path draw(
      Path file, String title, String axis, List<Row> rows, ToDoubleFunction<Row> figure) {
    Map<String, TreeMap<Double, Double>> lines = new LinkedHashMap<>();
    for (Row row : rows) {
      Load load = row.cell().load();
      String name =
          row.cell().strategy()
              + (load.threads() > 1 ? ", " + load.threads() + " threads" : "")
              + (load.dirtyMiBPerSecond() > 0 ? ", " + load.dirtyMiBPerSecond() + " MiB/s" : "");
      lines
          .computeIfAbsent(name, any -> new TreeMap<>())
          .put((double) load.memoryMiB(), Math.max(figure.applyAsDouble(row), 1e-3));
    }
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("memory, MiB")
            .yAxisTitle(axis)
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotBorderVisible(false);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNW);
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    lines.forEach(
        (name, points) ->
            chart.addSeries(
                name, new ArrayList<>(points.keySet()), new ArrayList<>(points.values())));
    try {
      BitmapEncoder.saveBitmap(
          chart, file.toString().replaceFirst("\\.png$", ""), BitmapEncoder.BitmapFormat.PNG);
    } catch (IOException e) {
      throw new GodwitException(
          BenchError.FILE,
          "the chart " + file + " cannot be written",
          e.toString(),
          "check the path",
          e);
    }
    return file;
  }
}
