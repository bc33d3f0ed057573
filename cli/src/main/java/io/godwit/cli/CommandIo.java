package io.godwit.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * The surroundings of a command.
 *
 * @param in standard input
 * @param out standard output
 * @param err standard error
 * @param environment the variables
 * @param inTerminal whether standard input is a terminal
 * @param outTerminal whether standard output is one
 * @param errTerminal whether standard error is one
 */
public record CommandIo(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    boolean inTerminal,
    boolean outTerminal,
    boolean errTerminal) {}
