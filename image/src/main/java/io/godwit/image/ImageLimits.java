package io.godwit.image;

/** The bounds of what an image may hold, so that damaged or hostile input cannot take memory. */
public final class ImageLimits {
  /** Bytes of the readable header. */
  public static final int MAX_HEADER_BYTES = 256 << 10;

  /** Bytes of the metadata of one generation. */
  public static final int MAX_METADATA_BYTES = 128 << 20;

  /** Bytes of pages, uncompressed, under one checksum. */
  public static final int MAX_CHUNK_BYTES = 1 << 20;

  /** Extents in one chunk. */
  public static final int MAX_CHUNK_EXTENTS = MAX_CHUNK_BYTES / 4096 * 4;

  /** Bytes of all page indexes of an image together. */
  public static final long MAX_INDEX_BYTES = 1L << 30;

  /** Generations in one directory. */
  public static final int MAX_GENERATIONS = 256;

  /** Processes in one image. */
  public static final int MAX_PROCESSES = 65_536;

  /** Threads of one process. */
  public static final int MAX_THREADS = 131_072;

  /** Mappings of one address space; the kernel's default maximum is 65,530. */
  public static final int MAX_VMAS = 1 << 20;

  /** Descriptors of one process, and the highest number plus one. */
  public static final int MAX_DESCRIPTORS = 1 << 20;

  /** Objects of one kind in one image. */
  public static final int MAX_OBJECTS = 4 << 20;

  /** Entries of any smaller list: watches, timers, filters, locks, mounts. */
  public static final int MAX_ENTRIES = 1 << 20;

  /** Bytes of a path (the kernel's PATH_MAX is 4096; longer ones arise under long directories). */
  public static final int MAX_PATH_BYTES = 32 << 10;

  /** Bytes of a name: a hostname, a VMA's name, a console role. */
  public static final int MAX_NAME_BYTES = 1024;

  /** Bytes of any one opaque state: a filter program, an XSAVE area, the content of a queue. */
  public static final int MAX_STATE_BYTES = 64 << 20;

  /** The highest signal number. */
  public static final int MAX_SIGNAL = 64;

  /** Bytes of a siginfo structure. */
  public static final int SIGINFO_BYTES = 128;

  private ImageLimits() {}
}
