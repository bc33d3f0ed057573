package io.godwit.wire;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * How pages may be sent that not every version understands. Who receives says in the negotiation
 * which of them it does; who sends uses no others.
 */
public enum PageForm {
  /** Pages of zeros are named, not sent: {@link FrameKind#SPARSE}, {@link FrameKind#RUNS}. */
  ZEROS("zeros"),
  /**
   * The receiver keeps a copy of what the process was when it left it: pages may be offered by
   * their digests, {@link FrameKind#OFFER}. Said only where there is such a copy.
   */
  HELD("held");

  private final String title;

  PageForm(String title) {
    this.title = title;
  }

  /** The name on the wire. */
  public String title() {
    return title;
  }

  /** Those among the names that are known here. */
  public static Set<PageForm> known(Collection<String> titles) {
    Set<PageForm> found = EnumSet.noneOf(PageForm.class);
    for (PageForm form : values()) {
      if (titles.contains(form.title)) {
        found.add(form);
      }
    }
    return found;
  }
}
