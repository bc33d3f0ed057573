package io.godwit.image.codec;

import io.godwit.image.Bytes;
import io.godwit.image.ObjectId;
import io.godwit.image.SocketKind;
import io.godwit.image.SocketKind.ListeningSocket;
import io.godwit.image.SocketKind.Message;
import io.godwit.image.SocketKind.SocketOption;
import io.godwit.image.SocketKind.TcpRepair;
import io.godwit.image.SocketKind.TcpSocket;
import io.godwit.image.SocketKind.UnconnectedSocket;
import io.godwit.image.SocketKind.UnixSocket;
import io.godwit.image.proto.DescriptionProto;
import java.util.List;

/** Sockets to protobuf and back. */
final class SocketCodec {
  private SocketCodec() {}

  static void encode(SocketKind socket, DescriptionProto.OpenDescription.Builder out) {
    switch (socket) {
      case UnixSocket unix -> out.setUnixSocket(encode(unix));
      case ListeningSocket listening ->
          out.getListeningSocketBuilder()
              .setFamily(listening.family())
              .setProtocol(listening.protocol())
              .setAddress(Fields.bytes(listening.address()))
              .setBacklog(listening.backlog())
              .addAllOptions(options(listening.options()));
      case TcpSocket tcp ->
          out.getTcpSocketBuilder()
              .setFamily(tcp.family())
              .setLocal(Fields.bytes(tcp.local()))
              .setRemote(Fields.bytes(tcp.remote()))
              .setRepair(encode(tcp.repair()))
              .addAllOptions(options(tcp.options()));
      case UnconnectedSocket unconnected -> out.setUnconnectedSocket(encode(unconnected));
    }
  }

  private static DescriptionProto.UnixSocket encode(UnixSocket unix) {
    DescriptionProto.UnixSocket.Builder out =
        DescriptionProto.UnixSocket.newBuilder()
            .setType(unix.type())
            .setStateValue(unix.state().number())
            .setPeer(Fields.id(unix.peer()))
            .addAllQueue(Fields.each(unix.queue(), SocketCodec::encode))
            .setShutdown(unix.shutdown())
            .setBacklog(unix.backlog())
            .addAllOptions(options(unix.options()));
    unix.address().ifPresent(address -> out.setAddress(Fields.bytes(address)));
    unix.peerAddress().ifPresent(address -> out.setPeerAddress(Fields.bytes(address)));
    return out.build();
  }

  private static DescriptionProto.UnconnectedSocket encode(UnconnectedSocket socket) {
    DescriptionProto.UnconnectedSocket.Builder out =
        DescriptionProto.UnconnectedSocket.newBuilder()
            .setFamily(socket.family())
            .setType(socket.type())
            .setProtocol(socket.protocol())
            .addAllQueue(Fields.each(socket.queue(), SocketCodec::encode))
            .addAllOptions(options(socket.options()));
    socket.local().ifPresent(address -> out.setLocal(Fields.bytes(address)));
    socket.remote().ifPresent(address -> out.setRemote(Fields.bytes(address)));
    return out.build();
  }

  private static DescriptionProto.TcpRepair encode(TcpRepair repair) {
    return DescriptionProto.TcpRepair.newBuilder()
        .setState(repair.state())
        .setSendSequence(repair.sendSequence())
        .setReceiveSequence(repair.receiveSequence())
        .setSendQueue(Fields.bytes(repair.sendQueue()))
        .setUnsentBytes(repair.unsentBytes())
        .setReceiveQueue(Fields.bytes(repair.receiveQueue()))
        .setMaximumSegment(repair.maximumSegment())
        .setOptions(repair.options())
        .setWindowScales(repair.windowScales())
        .setTimestamp(repair.timestamp())
        .setWindow(Fields.bytes(repair.window()))
        .build();
  }

  private static DescriptionProto.QueuedMessage encode(Message message) {
    DescriptionProto.QueuedMessage.Builder out =
        DescriptionProto.QueuedMessage.newBuilder()
            .setData(Fields.bytes(message.data()))
            .addAllDescriptions(Fields.each(message.descriptions(), ObjectId::number));
    message.sender().ifPresent(address -> out.setSender(Fields.bytes(address)));
    return out.build();
  }

  private static List<DescriptionProto.SocketOption> options(List<SocketOption> options) {
    return Fields.each(
        options,
        o ->
            DescriptionProto.SocketOption.newBuilder()
                .setLevel(o.level())
                .setOption(o.option())
                .setValue(Fields.bytes(o.value()))
                .build());
  }

  static SocketKind decode(DescriptionProto.UnixSocket in) {
    return new UnixSocket(
        in.getType(),
        Fields.constant(SocketKind.State.values(), SocketKind.State::number, in.getStateValue()),
        Fields.when(in.hasAddress(), in.getAddress(), Fields::bytes),
        Fields.optionalId(in.getPeer()),
        Fields.when(in.hasPeerAddress(), in.getPeerAddress(), Fields::bytes),
        Fields.each(in.getQueueList(), SocketCodec::decode),
        in.getShutdown(),
        in.getBacklog(),
        decode(in.getOptionsList()));
  }

  static SocketKind decode(DescriptionProto.ListeningSocket in) {
    return new ListeningSocket(
        in.getFamily(),
        in.getProtocol(),
        Fields.bytes(in.getAddress()),
        in.getBacklog(),
        decode(in.getOptionsList()));
  }

  static SocketKind decode(DescriptionProto.TcpSocket in) {
    return new TcpSocket(
        in.getFamily(),
        Fields.bytes(in.getLocal()),
        Fields.bytes(in.getRemote()),
        decode(in.getRepair()),
        decode(in.getOptionsList()));
  }

  static SocketKind decode(DescriptionProto.UnconnectedSocket in) {
    return new UnconnectedSocket(
        in.getFamily(),
        in.getType(),
        in.getProtocol(),
        Fields.when(in.hasLocal(), in.getLocal(), Fields::bytes),
        Fields.when(in.hasRemote(), in.getRemote(), Fields::bytes),
        Fields.each(in.getQueueList(), SocketCodec::decode),
        decode(in.getOptionsList()));
  }

  private static TcpRepair decode(DescriptionProto.TcpRepair in) {
    return new TcpRepair(
        in.getState(),
        in.getSendSequence(),
        in.getReceiveSequence(),
        Fields.bytes(in.getSendQueue()),
        in.getUnsentBytes(),
        Fields.bytes(in.getReceiveQueue()),
        in.getMaximumSegment(),
        in.getOptions(),
        in.getWindowScales(),
        in.getTimestamp(),
        Fields.bytes(in.getWindow()));
  }

  private static Message decode(DescriptionProto.QueuedMessage in) {
    Bytes data = Fields.bytes(in.getData());
    return new Message(
        data,
        Fields.when(in.hasSender(), in.getSender(), Fields::bytes),
        Fields.each(in.getDescriptionsList(), ObjectId::new));
  }

  private static List<SocketOption> decode(List<DescriptionProto.SocketOption> in) {
    return Fields.each(
        in, o -> new SocketOption(o.getLevel(), o.getOption(), Fields.bytes(o.getValue())));
  }
}
