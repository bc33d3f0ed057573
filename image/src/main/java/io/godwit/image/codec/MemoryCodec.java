package io.godwit.image.codec;

import io.godwit.core.AddressRange;
import io.godwit.image.AddressSpaceImage;
import io.godwit.image.FileReference;
import io.godwit.image.MemoryLayout;
import io.godwit.image.ObjectId;
import io.godwit.image.Protection;
import io.godwit.image.Vma;
import io.godwit.image.VmaFlag;
import io.godwit.image.VmaKind;
import io.godwit.image.proto.MemoryProto;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Address spaces to protobuf and back. */
final class MemoryCodec {
  private MemoryCodec() {}

  static MemoryProto.FileReference encode(FileReference file) {
    return MemoryProto.FileReference.newBuilder()
        .setPath(Fields.text(file.path()))
        .setDevice(file.device())
        .setInode(file.inode())
        .setMode(file.mode())
        .setSize(file.size())
        .setModifiedNanos(file.modifiedNanos())
        .setSavedContent(Fields.id(file.savedContent()))
        .build();
  }

  static FileReference decode(MemoryProto.FileReference in) {
    return new FileReference(
        Fields.text(in.getPath()),
        in.getDevice(),
        in.getInode(),
        in.getMode(),
        in.getSize(),
        in.getModifiedNanos(),
        Fields.optionalId(in.getSavedContent()));
  }

  static MemoryProto.AddressSpace encode(AddressSpaceImage space) {
    MemoryProto.AddressSpace.Builder out =
        MemoryProto.AddressSpace.newBuilder()
            .setId(space.id().number())
            .setLayout(encode(space.layout()))
            .setAuxv(Fields.bytes(space.auxv()))
            .setLockFuture(space.lockFuture());
    space.executable().ifPresent(file -> out.setExecutable(encode(file)));
    Map<FileReference, Integer> places = new HashMap<>();
    for (Vma vma : space.mappings()) {
      if (vma.kind() instanceof VmaKind.FileMapping mapping
          && places.putIfAbsent(mapping.file(), places.size()) == null) {
        out.addFiles(encode(mapping.file()));
      }
      out.addMappings(encode(vma, places));
    }
    return out.build();
  }

  static AddressSpaceImage decode(MemoryProto.AddressSpace in) {
    List<FileReference> files = Fields.each(in.getFilesList(), MemoryCodec::decode);
    List<Vma> mappings = new ArrayList<>(in.getMappingsCount());
    for (MemoryProto.Vma vma : in.getMappingsList()) {
      mappings.add(decode(vma, files));
    }
    return new AddressSpaceImage(
        new ObjectId(in.getId()),
        decode(in.getLayout()),
        Fields.bytes(in.getAuxv()),
        Fields.when(in.hasExecutable(), in.getExecutable(), MemoryCodec::decode),
        mappings,
        in.getLockFuture());
  }

  private static MemoryProto.MemoryLayout encode(MemoryLayout layout) {
    return MemoryProto.MemoryLayout.newBuilder()
        .setStartCode(layout.startCode())
        .setEndCode(layout.endCode())
        .setStartData(layout.startData())
        .setEndData(layout.endData())
        .setStartBrk(layout.startBrk())
        .setBrk(layout.brk())
        .setStartStack(layout.startStack())
        .setArgStart(layout.argStart())
        .setArgEnd(layout.argEnd())
        .setEnvStart(layout.envStart())
        .setEnvEnd(layout.envEnd())
        .build();
  }

  private static MemoryLayout decode(MemoryProto.MemoryLayout in) {
    return new MemoryLayout(
        in.getStartCode(),
        in.getEndCode(),
        in.getStartData(),
        in.getEndData(),
        in.getStartBrk(),
        in.getBrk(),
        in.getStartStack(),
        in.getArgStart(),
        in.getArgEnd(),
        in.getEnvStart(),
        in.getEnvEnd());
  }

  private static MemoryProto.Vma encode(Vma vma, Map<FileReference, Integer> places) {
    MemoryProto.Vma.Builder out =
        MemoryProto.Vma.newBuilder()
            .setStart(vma.range().start())
            .setLength(vma.range().length())
            .setProtection(vma.protection().bits())
            .setShared(vma.shared())
            .setProtectionKey(vma.protectionKey().orElse(0));
    vma.flags().forEach(flag -> out.addFlags(flag.number()));
    switch (vma.kind()) {
      case VmaKind.Anonymous anonymous -> out.setAnonymousValue(anonymous.role().number());
      case VmaKind.FileMapping mapping ->
          out.setFile(
              MemoryProto.FileMapping.newBuilder()
                  .setFile(places.getOrDefault(mapping.file(), 0))
                  .setOffset(mapping.offset()));
      case VmaKind.ObjectMapping mapping ->
          out.setObject(
              MemoryProto.ObjectMapping.newBuilder()
                  .setMemory(mapping.memory().number())
                  .setOffset(mapping.offset()));
      case VmaKind.Kernel kernel -> out.setKernelValue(kernel.part().number());
    }
    vma.name().ifPresent(name -> out.setName(Fields.text(name)));
    vma.numaPolicy()
        .ifPresent(
            policy ->
                out.setNumaPolicy(
                    MemoryProto.NumaPolicy.newBuilder()
                        .setMode(policy.mode())
                        .setNodes(Fields.bytes(policy.nodes()))));
    return out.build();
  }

  private static Vma decode(MemoryProto.Vma in, List<FileReference> files) {
    if (in.getStart() < 0 || in.getLength() < 0 || in.getStart() + in.getLength() < 0) {
      throw new IllegalArgumentException("a mapping outside of user space");
    }
    return new Vma(
        new AddressRange(in.getStart(), in.getStart() + in.getLength()),
        Protection.of(in.getProtection()),
        in.getShared(),
        flags(in.getFlagsList()),
        kind(in, files),
        Fields.when(in.hasName(), in.getName(), Fields::text),
        in.getProtectionKey() == 0 ? OptionalInt.empty() : OptionalInt.of(in.getProtectionKey()),
        Fields.when(
            in.hasNumaPolicy(),
            in.getNumaPolicy(),
            policy -> new Vma.NumaPolicy(policy.getMode(), Fields.bytes(policy.getNodes()))));
  }

  private static Set<VmaFlag> flags(List<Integer> numbers) {
    EnumSet<VmaFlag> flags = EnumSet.noneOf(VmaFlag.class);
    for (int number : numbers) {
      Optional<VmaFlag> flag = VmaFlag.of(number);
      flags.add(
          flag.orElseThrow(
              () -> new IllegalArgumentException("unknown flag " + number + " of a mapping")));
    }
    return flags;
  }

  private static VmaKind kind(MemoryProto.Vma in, List<FileReference> files) {
    return switch (in.getKindCase()) {
      case ANONYMOUS ->
          new VmaKind.Anonymous(
              Fields.constant(VmaKind.Role.values(), VmaKind.Role::number, in.getAnonymousValue()));
      case FILE -> {
        int place = in.getFile().getFile();
        if (place < 0 || place >= files.size()) {
          throw new IllegalArgumentException("a mapping of a file that is not listed: " + place);
        }
        yield new VmaKind.FileMapping(files.get(place), in.getFile().getOffset());
      }
      case OBJECT ->
          new VmaKind.ObjectMapping(
              new ObjectId(in.getObject().getMemory()), in.getObject().getOffset());
      case KERNEL ->
          new VmaKind.Kernel(
              Fields.constant(
                  VmaKind.KernelPart.values(), VmaKind.KernelPart::number, in.getKernelValue()));
      case KIND_NOT_SET -> throw new IllegalArgumentException("a mapping of an unknown kind");
    };
  }
}
