package io.godwit.linux.netlink;

import io.godwit.linux.abi.DoctorAbi;
import io.godwit.linux.abi.SocketAbi;

/** nf_tables over netlink, so far as to know whether it is there. */
public final class Netfilter {
  private Netfilter() {}

  /** Asks for the generation of the rule set; the kernel's refusal is a LinuxException. */
  public static void checkTables() {
    try (NetlinkSocket socket = NetlinkSocket.open(SocketAbi.NETLINK_NETFILTER)) {
      // struct nfgenmsg: family, version, resource id
      NetlinkMessage message = new NetlinkMessage().putByte(0).putByte(0).putShort(0);
      socket.change(
          DoctorAbi.NFNL_SUBSYS_NFTABLES << 8 | DoctorAbi.NFT_MSG_GETGEN,
          0,
          message,
          "generation of nf_tables");
    }
  }
}
