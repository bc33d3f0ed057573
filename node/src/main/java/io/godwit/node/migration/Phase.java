package io.godwit.node.migration;

import java.util.Locale;

/**
 * The steps of a migration, in the words and the order of the survey's figure 3. Extraction,
 * creation and transfer overlap in time; each begins in this order.
 */
public enum Phase {
  /** A request is issued to the destination; after it, the migration is accepted or refused. */
  NEGOTIATE,
  /** The process is suspended and declared to be migrating. */
  DETACH,
  /** What comes for it is held back from now on. */
  REDIRECT,
  /** Its state is taken: registers, descriptors, kernel context, the list of its memory. */
  EXTRACT,
  /** The instance at the destination is made. */
  CREATE,
  /** State and memory go over and are imported. */
  TRANSFER,
  /** Ownership passes, and references are forwarded to the destination. */
  FORWARD,
  /** The new instance runs; the old one is removed. */
  RESUME;

  /** Its name in messages, events and progress. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Which of the two nodes. */
  public enum Side {
    SOURCE,
    DESTINATION
  }
}
