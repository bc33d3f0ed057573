package io.godwit.image.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.image.Clocks;
import io.godwit.image.ImageError;
import io.godwit.image.ImageLimits;
import io.godwit.image.Namespaces;
import io.godwit.image.Namespaces.MountPoint;
import io.godwit.image.Origin;
import io.godwit.image.PodIdentity;
import io.godwit.image.PodImage;
import io.godwit.image.proto.PodProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;

/**
 * The metadata of a pod as one protobuf message, {@code godwit.image.Pod}. Also what the node
 * protocol carries, where the pages go another way.
 */
public final class PodCodec {
  private PodCodec() {}

  /**
   * The message as bytes.
   *
   * @throws GodwitException where it is larger than {@link ImageLimits#MAX_METADATA_BYTES}
   */
  public static byte[] encode(PodImage image) {
    PodProto.Pod message = toMessage(image);
    long size = message.getSerializedSize();
    if (size < 0 || size > ImageLimits.MAX_METADATA_BYTES) {
      throw new GodwitException(
          ImageError.TOO_LARGE,
          "cannot write the metadata of pod " + image.identity().id(),
          "it takes " + size + " bytes, more than " + ImageLimits.MAX_METADATA_BYTES,
          "checkpoint fewer processes at a time");
    }
    return message.toByteArray();
  }

  /**
   * The image in a message.
   *
   * @param what what is being read, for the error's text
   * @throws GodwitException where the bytes are no such message or make no sense
   */
  public static PodImage decode(ByteBuffer bytes, String what) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      in.setSizeLimit(ImageLimits.MAX_METADATA_BYTES);
      return fromMessage(PodProto.Pod.parseFrom(in));
    } catch (InvalidProtocolBufferException e) {
      throw inconsistent(what, "it is not protobuf: " + e.getMessage(), e);
    } catch (IOException e) {
      throw inconsistent(what, "it cannot be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw inconsistent(what, String.valueOf(e.getMessage()), e);
    }
  }

  private static GodwitException inconsistent(String what, String why, Exception cause) {
    return new GodwitException(
        ImageError.INCONSISTENT,
        "cannot read " + what,
        why,
        "take another copy or an older generation; if this one was written by a newer Godwit, use"
            + " that",
        cause);
  }

  private static PodProto.Pod toMessage(PodImage image) {
    PodProto.Pod.Builder out =
        PodProto.Pod.newBuilder()
            .setIdentity(encode(image.identity()))
            .setOrigin(encode(image.origin()))
            .setClocks(
                PodProto.Clocks.newBuilder()
                    .setRealtimeNanos(image.clocks().realtimeNanos())
                    .setMonotonicNanos(image.clocks().monotonicNanos())
                    .setBoottimeNanos(image.clocks().boottimeNanos()))
            .setNamespaces(encode(image.namespaces()))
            .addAllProcesses(Fields.each(image.processes(), ProcessCodec::encode))
            .addAllDescriptions(Fields.each(image.descriptions(), DescriptionCodec::encode))
            .addAllPipes(Fields.each(image.pipes(), ObjectCodec::encode))
            .addAllTerminals(Fields.each(image.terminals(), ObjectCodec::encode))
            .addAllSharedMemory(Fields.each(image.sharedMemory(), ObjectCodec::encode))
            .addAllSavedContents(Fields.each(image.savedContents(), ObjectCodec::encode));
    ObjectCodec.encode(image.sysv(), out);
    return out.build();
  }

  private static PodImage fromMessage(PodProto.Pod in) {
    return new PodImage(
        decode(in.getIdentity()),
        decode(in.getOrigin()),
        new Clocks(
            in.getClocks().getRealtimeNanos(),
            in.getClocks().getMonotonicNanos(),
            in.getClocks().getBoottimeNanos()),
        decode(in.getNamespaces()),
        Fields.each(in.getProcessesList(), ProcessCodec::decode),
        Fields.each(in.getDescriptionsList(), DescriptionCodec::decode),
        Fields.each(in.getPipesList(), ObjectCodec::decode),
        Fields.each(in.getTerminalsList(), ObjectCodec::decode),
        Fields.each(in.getSharedMemoryList(), ObjectCodec::decode),
        Fields.each(in.getSavedContentsList(), ObjectCodec::decode),
        ObjectCodec.decodeSysv(in));
  }

  private static PodProto.PodIdentity encode(PodIdentity identity) {
    PodProto.PodIdentity.Builder out =
        PodProto.PodIdentity.newBuilder()
            .setId(Fields.text(identity.id()))
            .setEpoch(identity.epoch().number())
            .setMainProcess(identity.mainProcess().number());
    identity.name().ifPresent(name -> out.setName(Fields.text(name)));
    identity.home().ifPresent(home -> out.setHome(Fields.text(home)));
    return out.build();
  }

  private static PodIdentity decode(PodProto.PodIdentity in) {
    return new PodIdentity(
        Fields.text(in.getId()),
        Fields.when(in.hasName(), in.getName(), Fields::text),
        Fields.when(in.hasHome(), in.getHome(), Fields::text),
        new Epoch(in.getEpoch()),
        new Pid(in.getMainProcess()));
  }

  private static PodProto.Origin encode(Origin origin) {
    return PodProto.Origin.newBuilder()
        .setGodwitVersion(Fields.text(origin.godwitVersion()))
        .setNode(Fields.text(origin.node()))
        .setKernelRelease(Fields.text(origin.kernelRelease()))
        .setArchitecture(Fields.text(origin.architecture()))
        .addAllCpuFeatures(Fields.each(origin.cpuFeatures(), Fields::text))
        .setXstateMask(origin.xstateMask())
        .setPageSize(origin.pageSize())
        .build();
  }

  private static Origin decode(PodProto.Origin in) {
    return new Origin(
        Fields.text(in.getGodwitVersion()),
        Fields.text(in.getNode()),
        Fields.text(in.getKernelRelease()),
        Fields.text(in.getArchitecture()),
        Fields.each(in.getCpuFeaturesList(), Fields::text),
        in.getXstateMask(),
        in.getPageSize());
  }

  private static PodProto.Namespaces encode(Namespaces namespaces) {
    PodProto.Namespaces.Builder out =
        PodProto.Namespaces.newBuilder()
            .setHostname(Fields.text(namespaces.hostname()))
            .setDomainName(Fields.text(namespaces.domainName()));
    namespaces.own().forEach(kind -> out.addOwnValue(kind.number()));
    for (MountPoint mount : namespaces.mounts()) {
      out.addMounts(
          PodProto.MountPoint.newBuilder()
              .setPoint(Fields.text(mount.point()))
              .setType(Fields.text(mount.type()))
              .setSource(Fields.text(mount.source()))
              .setRoot(Fields.text(mount.root()))
              .setFlags(mount.flags())
              .setOptions(Fields.text(mount.options())));
    }
    return out.build();
  }

  private static Namespaces decode(PodProto.Namespaces in) {
    Set<Namespaces.Kind> own = EnumSet.noneOf(Namespaces.Kind.class);
    for (int number : in.getOwnValueList()) {
      own.add(Fields.constant(Namespaces.Kind.values(), Namespaces.Kind::number, number));
    }
    return new Namespaces(
        own,
        Fields.text(in.getHostname()),
        Fields.text(in.getDomainName()),
        Fields.each(
            in.getMountsList(),
            m ->
                new MountPoint(
                    Fields.text(m.getPoint()),
                    Fields.text(m.getType()),
                    Fields.text(m.getSource()),
                    Fields.text(m.getRoot()),
                    m.getFlags(),
                    Fields.text(m.getOptions()))));
  }
}
