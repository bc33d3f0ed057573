/**
 * {@code godwit top}: the cluster on one screen, anew every second.
 *
 * <p>What is seen is a pure function: {@link io.godwit.cli.top.Page} makes lines of a {@link
 * io.godwit.cli.top.Scene} (what is known), a {@link io.godwit.cli.top.View} (what the keys have
 * chosen) and the window's size. Around it stand three threads: {@code godwit-top-poll} asks the
 * daemon, {@code godwit-top-keys} reads the terminal, and the caller's own takes what both put into
 * one queue and draws. None waits for another: keys work while the daemon is silent.
 *
 * <p>Invariant: whatever ends the command, the terminal gets back its mode, its cursor and what it
 * showed before ({@link io.godwit.cli.RawTerminal}); nothing is drawn after that.
 */
@NullMarked
package io.godwit.cli.top;

import org.jspecify.annotations.NullMarked;
