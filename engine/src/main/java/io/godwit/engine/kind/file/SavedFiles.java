package io.godwit.engine.kind.file;

import io.godwit.engine.extract.ImageDraft;
import io.godwit.image.ObjectId;
import io.godwit.image.SavedContent;
import io.godwit.linux.FileStatus;
import java.util.HashMap;
import java.util.Map;

/** Files without a name, each of which is saved once however many refer to it. */
public final class SavedFiles {
  private final Map<ImageDraft.Inode, ObjectId> saved = new HashMap<>();

  private SavedFiles() {}

  /**
   * Registers the content of a file to be sent with the pages.
   *
   * @param path by which this process can open it
   */
  public static ObjectId save(ImageDraft draft, String path, FileStatus status) {
    return draft
        .attachment(SavedFiles.class, SavedFiles::new)
        .saved
        .computeIfAbsent(
            new ImageDraft.Inode(status.device().devT(), status.inode()),
            _ -> {
              ObjectId id = draft.newId();
              draft
                  .savedContents()
                  .add(
                      new SavedContent(
                          id, status.size(), status.mode(), status.uid(), status.gid()));
              draft.content(new ImageDraft.ContentSource(id, path, status.size()));
              return id;
            });
  }
}
