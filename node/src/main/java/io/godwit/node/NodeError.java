package io.godwit.node;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** What can go wrong in the daemon. Numbers are never used again. */
public enum NodeError implements ErrorCode {
  /** The configuration file has problems; all are listed. */
  CONFIGURATION(1, ExitStatus.USAGE),
  /** The state directory cannot be made, read or written, or is open to others. */
  STATE_DIRECTORY(2, ExitStatus.FAILED),
  /** Another daemon uses the state directory. */
  ALREADY_RUNNING(3, ExitStatus.FAILED),
  /** This node belongs to no cluster yet. */
  NOT_INITIALIZED(4, ExitStatus.USAGE),
  /** This node belongs to a cluster already. */
  ALREADY_INITIALIZED(5, ExitStatus.USAGE),
  /** Only the node with the authority's key can do this. */
  NO_AUTHORITY(6, ExitStatus.REFUSED),
  /** A join token that is not well-formed. */
  TOKEN_MALFORMED(7, ExitStatus.USAGE),
  /** A join token that this cluster never made, or with a wrong secret. */
  TOKEN_UNKNOWN(8, ExitStatus.NOT_PERMITTED),
  TOKEN_EXPIRED(9, ExitStatus.NOT_PERMITTED),
  TOKEN_USED(10, ExitStatus.NOT_PERMITTED),
  /** A request for a certificate that is not well-formed or asks for too much. */
  BAD_CERTIFICATE_REQUEST(11, ExitStatus.DAMAGED),
  /** The name is taken by another node of the cluster. */
  NAME_TAKEN(12, ExitStatus.REFUSED),
  /** A record in the journal that is truncated or altered. */
  JOURNAL_DAMAGED(13, ExitStatus.DAMAGED),
  /** No such node among the members. */
  UNKNOWN_NODE(14, ExitStatus.NOT_FOUND),
  /** No such process or pod on this node or anywhere it knows of. */
  UNKNOWN_PROCESS(15, ExitStatus.NOT_FOUND),
  /** The migration was refused in negotiation; all causes are listed. */
  MIGRATION_REFUSED(16, ExitStatus.REFUSED),
  /** The migration failed and was undone: the process goes on at the source. */
  MIGRATION_UNDONE(17, ExitStatus.FAILED),
  /** The commit was sent and nobody knows whether it arrived: the process waits, frozen. */
  MIGRATION_IN_DOUBT(18, ExitStatus.UNREACHABLE),
  /** The process is being migrated already. */
  ALREADY_MIGRATING(19, ExitStatus.REFUSED),
  /** The destination is the node where the process is. */
  ALREADY_THERE(20, ExitStatus.REFUSED),
  /** The caller is not the owner of the process and not root. */
  NOT_PERMITTED(21, ExitStatus.NOT_PERMITTED),
  ARCHITECTURE_DIFFERS(22, ExitStatus.REFUSED),
  CPU_FEATURE_MISSING(23, ExitStatus.REFUSED),
  KERNEL_FEATURE_MISSING(24, ExitStatus.REFUSED),
  NOT_ENOUGH_MEMORY(25, ExitStatus.REFUSED),
  NOT_ENOUGH_DISK(26, ExitStatus.REFUSED),
  /** The user of the process is not admitted by the destination. */
  USER_NOT_ADMITTED(27, ExitStatus.REFUSED),
  /** The destination takes no foreign processes, or no more. */
  NOT_WILLING(28, ExitStatus.REFUSED),
  FILE_MISSING(29, ExitStatus.REFUSED),
  FILE_DIFFERS(30, ExitStatus.REFUSED),
  /** The pod's name is taken. */
  POD_NAME_TAKEN(31, ExitStatus.REFUSED),
  /** A message of the migration that does not belong where it came. */
  OUT_OF_STEP(32, ExitStatus.DAMAGED),
  /** The state of a process ended before it was complete, or counts do not match. */
  STATE_INCOMPLETE(33, ExitStatus.DAMAGED),
  /** The process ended while it was being migrated. */
  PROCESS_ENDED(34, ExitStatus.NOT_FOUND),
  /** The daemon stops. */
  STOPPING(35, ExitStatus.UNREACHABLE),
  /** Something of the daemon itself failed. */
  INTERNAL(36, ExitStatus.FAILED),
  /** An address that is not host:port. */
  BAD_ADDRESS(37, ExitStatus.USAGE),
  /** What was built before the freeze cannot become what was frozen: it is begun again. */
  NOT_REVISABLE(40, ExitStatus.REFUSED),
  /** Pages that were to follow a process never will: it stands still. */
  PAGES_LOST(41, ExitStatus.UNREACHABLE),
  /** The clock of a process would go back. */
  CLOCK_BEHIND(42, ExitStatus.REFUSED),
  /** Flushing was asked for, and no page store is named, or the other node does not see it. */
  NO_PAGE_STORE(45, ExitStatus.USAGE),
  /** The page store cannot be read or written, or is full. */
  PAGE_STORE(46, ExitStatus.FAILED),
  /** A file of the page store is not as it was written, or not the daemon's own. */
  PAGE_STORE_DAMAGED(47, ExitStatus.DAMAGED);

  private final String code;
  private final ExitStatus exitStatus;

  NodeError(int number, ExitStatus exitStatus) {
    this.code = "GW-NODE-%03d".formatted(number);
    this.exitStatus = exitStatus;
  }

  @Override
  public String code() {
    return code;
  }

  @Override
  public ExitStatus exitStatus() {
    return exitStatus;
  }
}
