package io.godwit.simulator;

import io.godwit.core.GodwitException;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;

/** Draws results as PNG files. */
final class Charts {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 400;

  private Charts() {}

  /** Bars of one figure for each policy. */
  static void bars(
      Path file, String title, String axis, List<Result> results, ToDoubleFunction<Result> figure) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("policy")
            .yAxisTitle(axis)
            .build();
    plain(chart.getStyler());
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setLabelsVisible(true);
    chart.addSeries(
        axis,
        results.stream().map(Result::policy).toList(),
        results.stream().map(figure::applyAsDouble).toList());
    save(chart, file);
  }

  /** A line of one figure for each policy over something that was varied. */
  static void lines(
      Path file,
      String title,
      String xAxis,
      String yAxis,
      boolean logarithmic,
      List<Sweep.Line> lines) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(xAxis)
            .yAxisTitle(yAxis)
            .build();
    plain(chart.getStyler());
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNW);
    chart.getStyler().setXAxisLogarithmic(logarithmic);
    chart.getStyler().setYAxisMin(0.0);
    for (Sweep.Line line : lines) {
      chart.addSeries(line.policy(), line.x(), line.y());
    }
    save(chart, file);
  }

  private static void plain(Styler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
  }

  private static void save(Chart<?, ?> chart, Path file) {
    try {
      String name = file.toString().replaceFirst("\\.png$", "");
      BitmapEncoder.saveBitmap(chart, name, BitmapEncoder.BitmapFormat.PNG);
    } catch (IOException e) {
      throw new GodwitException(
          SimulatorError.FILE,
          "the chart " + file + " cannot be written",
          e.toString(),
          "check the path",
          e);
    }
  }
}
