package io.godwit.app.build;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Merges the jars that a client command needs into one, uncompressed, and rewrites class files
 * older than version 50 to the JVM's own: such classes have no stack maps, for which reason the AOT
 * cache leaves them out, and picocli is all such classes.
 */
public final class ClientJar {
  /** Class files from this version on have stack maps. */
  private static final int FIRST_WITH_STACK_MAPS = 50;

  private static final int MAX_ENTRY_BYTES = 16 << 20;

  private ClientJar() {}

  /** Arguments: the jar to write, then the jars to merge. */
  public static void main(String[] arguments) throws IOException {
    List<Path> sources = new ArrayList<>();
    for (int i = 1; i < arguments.length; i++) {
      sources.add(Path.of(arguments[i]));
    }
    merge(Path.of(arguments[0]), sources);
  }

  static void merge(Path target, List<Path> sources) throws IOException {
    URL[] urls = new URL[sources.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = sources.get(i).toUri().toURL();
    }
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
        OutputStream file = new BufferedOutputStream(Files.newOutputStream(target));
        ZipOutputStream out = new ZipOutputStream(file)) {
      ClassFile rewriter =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(loader)));
      Set<String> written = new HashSet<>();
      for (Path source : sources) {
        copy(source, out, rewriter, written);
      }
    }
  }

  private static void copy(
      Path source, ZipOutputStream out, ClassFile rewriter, Set<String> written)
      throws IOException {
    try (ZipFile zip = new ZipFile(source.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String name = entry.getName();
        if (entry.isDirectory() || !isWanted(name) || !written.add(name)) {
          continue;
        }
        byte[] content;
        try (InputStream in = zip.getInputStream(entry)) {
          content = in.readNBytes(MAX_ENTRY_BYTES);
        }
        store(out, name, name.endsWith(".class") ? upgraded(content, rewriter) : content);
      }
    }
  }

  private static boolean isWanted(String name) {
    return !name.startsWith("META-INF/") && !name.equals("module-info.class");
  }

  private static byte[] upgraded(byte[] classFile, ClassFile rewriter) {
    ClassModel model = rewriter.parse(classFile);
    if (model.majorVersion() >= FIRST_WITH_STACK_MAPS) {
      return classFile;
    }
    // Every body is rebuilt, instruction by instruction: copied code would come without stack maps.
    ClassTransform bodies = ClassTransform.transformingMethodBodies(CodeBuilder::with);
    return rewriter.transformClass(
        model,
        bodies.andThen(
            (builder, element) ->
                builder.with(
                    element instanceof ClassFileVersion
                        ? ClassFileVersion.of(ClassFile.latestMajorVersion(), 0)
                        : element)));
  }

  private static void store(ZipOutputStream out, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTime(0);
    out.putNextEntry(entry);
    out.write(content);
    out.closeEntry();
  }
}
