package io.godwit.image;

import io.godwit.core.Pid;
import java.util.Optional;

/**
 * A pseudo-terminal pair whose both sides are in the pod.
 *
 * @param index its number in the pod's devpts
 * @param settings struct termios2
 * @param rows of the window
 * @param columns of the window
 * @param session the session that it controls
 * @param foregroundGroup the group in front, 0 for none
 * @param toMaster written by the slave's side and not read yet
 * @param toSlave written by the master's side and not read yet
 */
public record PseudoTerminal(
    ObjectId id,
    int index,
    Bytes settings,
    int rows,
    int columns,
    Optional<Pid> session,
    int foregroundGroup,
    boolean packetMode,
    boolean locked,
    Bytes toMaster,
    Bytes toSlave) {
  public PseudoTerminal {
    Require.notNegative(index, "a terminal's index");
    Require.size(settings, 1, 256, "a terminal's settings");
    Require.range(rows, 0, 65_535, "a terminal's rows");
    Require.range(columns, 0, 65_535, "a terminal's columns");
    Require.notNegative(foregroundGroup, "a foreground group");
    Require.state(toMaster, "a terminal's queue");
    Require.state(toSlave, "a terminal's queue");
  }
}
