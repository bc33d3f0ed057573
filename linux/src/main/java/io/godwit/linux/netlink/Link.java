package io.godwit.linux.netlink;

/**
 * A network interface.
 *
 * @param hardwareAddress in hexadecimal digits, empty where it has none
 * @param master index of the bridge it belongs to, 0 for none
 * @param peer index of the other end of a veth pair (maybe in another namespace), 0 for none
 * @param kind veth, bridge, vxlan ... or empty for a device of the hardware
 * @param operational IF_OPER state: 6 up, 2 down, 0 unknown
 */
public record Link(
    int index,
    String name,
    boolean up,
    String hardwareAddress,
    int mtu,
    int master,
    int peer,
    String kind,
    int operational) {}
