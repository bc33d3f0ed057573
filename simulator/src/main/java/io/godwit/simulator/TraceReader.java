package io.godwit.simulator;

import io.godwit.core.GodwitException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.tukaani.xz.XZInputStream;

/**
 * Reads a recorded workload: a CSV file, plain or compressed with xz, whose first line is a heading
 * and whose other lines hold minute, second in the minute, host number, CPU seconds and program
 * name. The lines may be in any order.
 */
final class TraceReader {
  /** Larger traces are refused. */
  static final int MAX_PROCESSES = 20_000_000;

  private static final int MAX_HOST = SimulationOptions.MAX_NODES - 1;
  private static final int MAX_XZ_MEMORY_KIB = 256 * 1024;

  private TraceReader() {}

  /** The processes, in the order of their arrival. */
  static List<Arrival> read(Path file) {
    List<Arrival> arrivals = new ArrayList<>();
    try (InputStream raw = Files.newInputStream(file);
        InputStream in =
            file.toString().endsWith(".xz") ? new XZInputStream(raw, MAX_XZ_MEMORY_KIB) : raw;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      lines.readLine();
      int number = 1;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          arrivals.add(parse(line, number, file));
        }
        if (arrivals.size() > MAX_PROCESSES) {
          throw bad(file, number, "it has more than " + MAX_PROCESSES + " processes");
        }
      }
    } catch (IOException e) {
      throw new GodwitException(
          SimulatorError.FILE,
          "the trace " + file + " cannot be read",
          e.toString(),
          "check the path and that the file is CSV, plain or .xz",
          e);
    }
    if (arrivals.isEmpty()) {
      throw bad(file, 1, "it holds no process");
    }
    arrivals.sort(Comparator.comparingLong(Arrival::timeNanos));
    return arrivals;
  }

  private static Arrival parse(String line, int number, Path file) {
    String[] fields = line.split(",", -1);
    if (fields.length < 5) {
      throw bad(file, number, "it has " + fields.length + " fields and needs five");
    }
    try {
      double seconds = 60.0 * Integer.parseInt(fields[0]) + Double.parseDouble(fields[1]);
      int host = Integer.parseInt(fields[2]);
      double work = Double.parseDouble(fields[3]);
      if (!(seconds >= 0 && seconds < 1e9) || host < 0 || host > MAX_HOST || !(work >= 0)) {
        throw bad(file, number, "a value is out of range: " + line);
      }
      return new Arrival((long) (seconds * 1e9), host, work, fields[4], -1, 0);
    } catch (NumberFormatException e) {
      throw bad(file, number, "'" + line + "' holds a field that is not a number");
    }
  }

  private static GodwitException bad(Path file, int line, String why) {
    return new GodwitException(
        SimulatorError.BAD_TRACE,
        "the trace " + file + " cannot be used",
        "line " + line + ": " + why,
        "lines are: minute,second,host,cpu seconds,program");
  }
}
