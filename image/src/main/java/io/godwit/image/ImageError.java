package io.godwit.image;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** What can be wrong with an image at rest or on its way. The numbers are never used again. */
public enum ImageError implements ErrorCode {
  /** There is nothing at the path. */
  NOT_FOUND("GW-IMAGE-001", ExitStatus.NOT_FOUND),
  /** What is there was not written by Godwit. */
  NOT_AN_IMAGE("GW-IMAGE-002", ExitStatus.DAMAGED),
  /** A part ends before it should. */
  TRUNCATED("GW-IMAGE-003", ExitStatus.DAMAGED),
  /** A checksum does not fit: which part, at which offset. */
  ALTERED("GW-IMAGE-004", ExitStatus.DAMAGED),
  /** The checksums fit but the content makes no sense. */
  INCONSISTENT("GW-IMAGE-005", ExitStatus.DAMAGED),
  /** Written in a format that this version does not know yet. */
  NEWER_VERSION("GW-IMAGE-006", ExitStatus.DAMAGED),
  /** Written in a format that this version does not read any more. */
  OLDER_VERSION("GW-IMAGE-007", ExitStatus.DAMAGED),
  /** Needs features that this version does not have. */
  UNKNOWN_FEATURE("GW-IMAGE-008", ExitStatus.DAMAGED),
  /** A part claims more than the limits allow. */
  TOO_LARGE("GW-IMAGE-009", ExitStatus.DAMAGED),
  /** The disk is full or the quota used up. */
  DISK_FULL("GW-IMAGE-010", ExitStatus.EXHAUSTED),
  /** The target of a new image is in use. */
  ALREADY_EXISTS("GW-IMAGE-011", ExitStatus.REFUSED),
  NOT_PERMITTED("GW-IMAGE-012", ExitStatus.NOT_PERMITTED),
  /** Any other failure of reading or writing. */
  INPUT_OUTPUT("GW-IMAGE-013", ExitStatus.FAILED),
  /** Encrypted, and no key or another one was given. */
  KEY_NEEDED("GW-IMAGE-014", ExitStatus.REFUSED),
  /** A key file is not one. */
  BAD_KEY("GW-IMAGE-015", ExitStatus.USAGE),
  /** The image has no such generation. */
  NO_SUCH_GENERATION("GW-IMAGE-016", ExitStatus.NOT_FOUND),
  /** Another process is changing the image. */
  IN_USE("GW-IMAGE-017", ExitStatus.REFUSED);

  private final String code;
  private final ExitStatus exitStatus;

  ImageError(String code, ExitStatus exitStatus) {
    this.code = code;
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
