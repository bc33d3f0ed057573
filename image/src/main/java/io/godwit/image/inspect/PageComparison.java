package io.godwit.image.inspect;

import com.google.gson.JsonObject;
import io.godwit.core.AddressRange;
import io.godwit.image.ObjectId;
import io.godwit.image.codec.ImageReader;
import io.godwit.image.codec.PageExtent;
import java.nio.ByteBuffer;

/** Compares the pages of one range between two images. */
final class PageComparison {
  private final int pageSize;
  private long same;
  private long changed;
  private long added;
  private long removed;

  PageComparison(int pageSize) {
    this.pageSize = pageSize;
  }

  void compare(ImageReader left, ObjectId a, ImageReader right, ObjectId b, AddressRange range) {
    ByteBuffer one = ByteBuffer.allocate(pageSize);
    ByteBuffer other = ByteBuffer.allocate(pageSize);
    for (PageExtent extent : left.extents(a)) {
      AddressRange part = within(extent.range(), range);
      for (long at = part.start(); at < part.end(); at += pageSize) {
        int size = (int) Math.min(pageSize, part.end() - at);
        left.read(a, at, one.clear().limit(size));
        int found = right.read(b, at, other.clear().limit(size));
        if (found == 0) {
          removed++;
        } else if (one.flip().equals(other.flip())) {
          same++;
        } else {
          changed++;
        }
      }
    }
    for (PageExtent extent : right.extents(b)) {
      AddressRange part = within(extent.range(), range);
      for (long at = part.start(); at < part.end(); at += pageSize) {
        if (left.read(a, at, one.clear()) == 0) {
          added++;
        }
      }
    }
  }

  private static AddressRange within(AddressRange extent, AddressRange range) {
    long start = Math.max(extent.start(), range.start());
    return new AddressRange(start, Math.max(start, Math.min(extent.end(), range.end())));
  }

  boolean differs() {
    return changed + added + removed != 0;
  }

  String text() {
    return changed
        + " pages changed, "
        + added
        + " added, "
        + removed
        + " removed, "
        + same
        + " the same";
  }

  JsonObject json() {
    JsonObject object = new JsonObject();
    object.addProperty("changed", changed);
    object.addProperty("added", added);
    object.addProperty("removed", removed);
    object.addProperty("same", same);
    return object;
  }
}
