package io.godwit.bench;

/** One point of the grid. */
public record Cell(String strategy, Load load) {}
