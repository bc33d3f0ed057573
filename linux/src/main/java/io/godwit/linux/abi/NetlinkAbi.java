package io.godwit.linux.abi;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.StructLayout;

/** rtnetlink(7) and sock_diag(7). */
@CHeaders({
  "linux/netlink.h",
  "linux/rtnetlink.h",
  "linux/if.h",
  "linux/if_link.h",
  "linux/if_addr.h",
  "linux/veth.h",
  "linux/sock_diag.h",
  "linux/unix_diag.h",
  "linux/inet_diag.h"
})
public final class NetlinkAbi {
  public static final int NLMSG_ERROR = 2;
  public static final int NLMSG_DONE = 3;
  public static final int NLM_F_REQUEST = 1;
  public static final int NLM_F_MULTI = 2;
  public static final int NLM_F_ACK = 4;
  public static final int NLM_F_DUMP_INTR = 0x10;
  public static final int NLM_F_ACK_TLVS = 0x200;
  public static final int NLM_F_CAPPED = 0x100;
  public static final int NLM_F_DUMP = 0x300;
  public static final int NLM_F_REPLACE = 0x100;
  public static final int NLM_F_EXCL = 0x200;
  public static final int NLM_F_CREATE = 0x400;
  public static final int NLMSGERR_ATTR_MSG = 1;
  public static final int NLA_F_NESTED = 0x8000;

  public static final int RTM_NEWLINK = 16;
  public static final int RTM_DELLINK = 17;
  public static final int RTM_GETLINK = 18;
  public static final int RTM_NEWADDR = 20;
  public static final int RTM_DELADDR = 21;
  public static final int RTM_GETADDR = 22;
  public static final int RTM_NEWROUTE = 24;
  public static final int RTM_DELROUTE = 25;
  public static final int IFF_UP = 1;
  public static final int IFF_LOOPBACK = 8;
  public static final int IFF_RUNNING = 0x40;
  public static final int IFLA_ADDRESS = 1;
  public static final int IFLA_IFNAME = 3;
  public static final int IFLA_MTU = 4;
  public static final int IFLA_LINK = 5;
  public static final int IFLA_MASTER = 10;
  public static final int IFLA_OPERSTATE = 16;
  public static final int IFLA_LINKINFO = 18;
  public static final int IFLA_NET_NS_FD = 28;
  public static final int IFLA_INFO_KIND = 1;
  public static final int IFLA_INFO_DATA = 2;
  public static final int VETH_INFO_PEER = 1;
  public static final int IFLA_VXLAN_ID = 1;
  public static final int IFLA_VXLAN_GROUP = 2;
  public static final int IFLA_VXLAN_LOCAL = 4;
  public static final int IFLA_VXLAN_LEARNING = 7;
  public static final int IFLA_VXLAN_PORT = 15;
  public static final int IFA_ADDRESS = 1;
  public static final int IFA_LOCAL = 2;
  public static final int IFA_F_NODAD = 2;
  public static final int RTA_DST = 1;
  public static final int RTA_OIF = 4;
  public static final int RTA_GATEWAY = 5;
  public static final int RT_TABLE_MAIN = 254;
  public static final int RTPROT_STATIC = 4;
  public static final int RT_SCOPE_UNIVERSE = 0;
  public static final int RT_SCOPE_LINK = 253;
  public static final int RTN_UNICAST = 1;

  public static final int SOCK_DIAG_BY_FAMILY = 20;
  public static final int UNIX_DIAG_NAME = 0;
  public static final int UNIX_DIAG_VFS = 1;
  public static final int UNIX_DIAG_PEER = 2;
  public static final int UNIX_DIAG_ICONS = 3;
  public static final int UNIX_DIAG_RQLEN = 4;
  public static final int UNIX_DIAG_SHUTDOWN = 6;
  public static final int UDIAG_SHOW_NAME = 1;
  public static final int UDIAG_SHOW_VFS = 2;
  public static final int UDIAG_SHOW_PEER = 4;
  public static final int UDIAG_SHOW_ICONS = 8;
  public static final int UDIAG_SHOW_RQLEN = 0x10;
  public static final int INET_DIAG_INFO = 2;
  public static final int INET_DIAG_SHUTDOWN = 8;

  @CStruct("struct nlmsghdr")
  public static final StructLayout HEADER =
      structLayout(
          JAVA_INT.withName("nlmsg_len"),
          JAVA_SHORT.withName("nlmsg_type"),
          JAVA_SHORT.withName("nlmsg_flags"),
          JAVA_INT.withName("nlmsg_seq"),
          JAVA_INT.withName("nlmsg_pid"));

  @CStruct("struct ifinfomsg")
  public static final StructLayout LINK =
      structLayout(
          JAVA_BYTE.withName("ifi_family"),
          paddingLayout(1),
          JAVA_SHORT.withName("ifi_type"),
          JAVA_INT.withName("ifi_index"),
          JAVA_INT.withName("ifi_flags"),
          JAVA_INT.withName("ifi_change"));

  @CStruct("struct ifaddrmsg")
  public static final StructLayout ADDRESS =
      structLayout(
          JAVA_BYTE.withName("ifa_family"),
          JAVA_BYTE.withName("ifa_prefixlen"),
          JAVA_BYTE.withName("ifa_flags"),
          JAVA_BYTE.withName("ifa_scope"),
          JAVA_INT.withName("ifa_index"));

  @CStruct("struct rtmsg")
  public static final StructLayout ROUTE =
      structLayout(
          JAVA_BYTE.withName("rtm_family"),
          JAVA_BYTE.withName("rtm_dst_len"),
          JAVA_BYTE.withName("rtm_src_len"),
          JAVA_BYTE.withName("rtm_tos"),
          JAVA_BYTE.withName("rtm_table"),
          JAVA_BYTE.withName("rtm_protocol"),
          JAVA_BYTE.withName("rtm_scope"),
          JAVA_BYTE.withName("rtm_type"),
          JAVA_INT.withName("rtm_flags"));

  @CStruct("struct unix_diag_req")
  public static final StructLayout UNIX_REQUEST =
      structLayout(
          JAVA_BYTE.withName("sdiag_family"),
          JAVA_BYTE.withName("sdiag_protocol"),
          JAVA_SHORT.withName("pad"),
          JAVA_INT.withName("udiag_states"),
          JAVA_INT.withName("udiag_ino"),
          JAVA_INT.withName("udiag_show"),
          sequenceLayout(2, JAVA_INT).withName("udiag_cookie"));

  @CStruct("struct unix_diag_msg")
  public static final StructLayout UNIX_REPLY =
      structLayout(
          JAVA_BYTE.withName("udiag_family"),
          JAVA_BYTE.withName("udiag_type"),
          JAVA_BYTE.withName("udiag_state"),
          JAVA_BYTE.withName("pad"),
          JAVA_INT.withName("udiag_ino"),
          sequenceLayout(2, JAVA_INT).withName("udiag_cookie"));

  @CStruct("struct inet_diag_req_v2")
  public static final StructLayout INET_REQUEST =
      structLayout(
          JAVA_BYTE.withName("sdiag_family"),
          JAVA_BYTE.withName("sdiag_protocol"),
          JAVA_BYTE.withName("idiag_ext"),
          JAVA_BYTE.withName("pad"),
          JAVA_INT.withName("idiag_states"),
          sequenceLayout(48, JAVA_BYTE).withName("id"));

  @CStruct("struct inet_diag_msg")
  public static final StructLayout INET_REPLY =
      structLayout(
          JAVA_BYTE.withName("idiag_family"),
          JAVA_BYTE.withName("idiag_state"),
          JAVA_BYTE.withName("idiag_timer"),
          JAVA_BYTE.withName("idiag_retrans"),
          JAVA_SHORT.withName("id.idiag_sport"),
          JAVA_SHORT.withName("id.idiag_dport"),
          sequenceLayout(16, JAVA_BYTE).withName("id.idiag_src"),
          sequenceLayout(16, JAVA_BYTE).withName("id.idiag_dst"),
          JAVA_INT.withName("id.idiag_if"),
          sequenceLayout(2, JAVA_INT).withName("id.idiag_cookie"),
          JAVA_INT.withName("idiag_expires"),
          JAVA_INT.withName("idiag_rqueue"),
          JAVA_INT.withName("idiag_wqueue"),
          JAVA_INT.withName("idiag_uid"),
          JAVA_INT.withName("idiag_inode"));

  private NetlinkAbi() {}
}
