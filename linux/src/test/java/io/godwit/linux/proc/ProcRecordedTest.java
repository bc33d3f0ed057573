package io.godwit.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.AddressRange;
import io.godwit.linux.DeviceNumber;
import io.godwit.linux.Limit;
import io.godwit.linux.Resource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts recorded from Linux 6.18, with the rare cases added by hand. */
@SuppressWarnings("StringConcatToTextBlock") // tabs and trailing blanks are to be seen
class ProcRecordedTest {
  @Test
  void maps() {
    List<MemoryMapping> maps =
        MemoryMapping.parse(
            """
            55ce98a98000-55ce98a9d000 r-xp 00002000 fe:00 260131                     /usr/bin/cat
            7f0000000000-7f0000001000 rw-s 00000000 00:01 77                         /dev/zero (deleted)
            7f0000002000-7f0000003000 rw-p 00000000 00:00 0                          [anon:my heap]
            7f0000004000-7f0000005000 rw-p 00001000 fe:00 12                         /tmp/a\\012b c
            7ffd1-7ffd2 rw-p 00000000 00:00 0
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
            """);
    assertThat(maps).hasSize(5);
    MemoryMapping cat = maps.getFirst();
    assertThat(cat.range()).isEqualTo(new AddressRange(0x55ce98a98000L, 0x55ce98a9d000L));
    assertThat(cat.protection()).isEqualTo(5);
    assertThat(cat.shared()).isFalse();
    assertThat(cat.offset()).isEqualTo(0x2000);
    assertThat(cat.device()).isEqualTo(new DeviceNumber(0xfe, 0));
    assertThat(cat.inode()).isEqualTo(260131);
    assertThat(cat.path()).isEqualTo("/usr/bin/cat");
    assertThat(maps.get(1).isDeleted()).isTrue();
    assertThat(maps.get(1).livePath()).isEqualTo("/dev/zero");
    assertThat(maps.get(1).shared()).isTrue();
    assertThat(maps.get(2).anonymousName()).isEqualTo("my heap");
    assertThat(maps.get(3).path()).isEqualTo("/tmp/a\nb c");
    assertThat(maps.get(4).path()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "55ce98a98000 r-xp 00002000 fe:00 260131 /x",
        "2000-1000 r-xp 00002000 fe:00 1 /x",
        "1000-2000 r-x 00002000 fe:00 1 /x",
        "1000-2000 q-xp 00002000 fe:00 1 /x",
        "1000-2000 r-xz 00002000 fe:00 1 /x",
        "1000-2000 r-xp 00002000 fe00 1 /x",
        "1000-2000 r-xp 00002000 fe:00",
        "1000-20000000000000000 r-xp 0 fe:00 1 /x",
        "\n",
      })
  void damagedMapsAreRefused(String text) {
    assertThatThrownBy(() -> MemoryMapping.parse(text))
        .isInstanceOf(ProcFormatException.class)
        .hasMessageContaining("maps, line 1");
  }

  @Test
  void smaps() {
    List<SmapsEntry> entries =
        SmapsEntry.parse(
            """
            7ffe5d560000-7ffe5d581000 rw-p 00000000 00:00 0                          [stack]
            Size:                132 kB
            Rss:                  12 kB
            THPeligible:           0
            VmFlags: rd wr mr mw me gd ac\s
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
            Size:                  4 kB
            VmFlags: ex\s
            """);
    assertThat(entries).hasSize(1);
    assertThat(entries.getFirst().kib("Rss")).isEqualTo(12);
    assertThat(entries.getFirst().growsDown()).isTrue();
    assertThat(entries.getFirst().flags())
        .containsExactlyInAnyOrder("rd", "wr", "mr", "mw", "me", "gd", "ac");
  }

  @Test
  void statWithAHostileName() {
    TaskStat stat =
        TaskStat.parse(
            "6464 (a) R (b\tc) S 6463 6464 2871 34816 -1 4194368 639 2655 0 0 1 2 3 4 20 -5 7 0"
                + " 113983 4595712 505 18446744073709551615 94499455496192 94499456285597"
                + " 140722726294208 0 0 0 65536 0 81922 1 0 0 17 1 50 2 11 0 0 94499456518896"
                + " 94499456567140 94500343369728 140722726300540 140722726300555 140722726300555"
                + " 140722726301674 256\n");
    assertThat(stat.pid()).isEqualTo(6464);
    assertThat(stat.comm()).isEqualTo("a) R (b\tc");
    assertThat(stat.state()).isEqualTo(TaskState.SLEEPING);
    assertThat(stat.parent()).isEqualTo(6463);
    assertThat(stat.session()).isEqualTo(2871);
    assertThat(stat.terminal()).isEqualTo(34816);
    assertThat(stat.foregroundGroup()).isEqualTo(-1);
    assertThat(stat.userTime()).isEqualTo(1);
    assertThat(stat.childSystemTime()).isEqualTo(4);
    assertThat(stat.nice()).isEqualTo(-5);
    assertThat(stat.threads()).isEqualTo(7);
    assertThat(stat.startTime()).isEqualTo(113983);
    assertThat(stat.residentPages()).isEqualTo(505);
    assertThat(stat.residentLimit()).isEqualTo(-1);
    assertThat(stat.startStack()).isEqualTo(140722726294208L);
    assertThat(stat.exitSignal()).isEqualTo(17);
    assertThat(stat.processor()).isEqualTo(1);
    assertThat(stat.realtimePriority()).isEqualTo(50);
    assertThat(stat.schedulingPolicy()).isEqualTo(2);
    assertThat(stat.blockIoDelay()).isEqualTo(11);
    assertThat(stat.startBrk()).isEqualTo(94500343369728L);
    assertThat(stat.envEnd()).isEqualTo(140722726301674L);
    assertThat(stat.exitCode()).isEqualTo(256);
  }

  @Test
  void status() {
    TaskStatus status =
        TaskStatus.parse(
            """
            Name:	cat
            Umask:	0022
            State:	t (tracing stop)
            Tgid:	6443
            Ngid:	0
            Pid:	6443
            PPid:	6438
            TracerPid:	99
            Uid:	0	1	2	4294967294
            Gid:	5	6	7	8
            FDSize:	256
            Groups:	10 20\s
            NStgid:	6443	3
            NSpid:	6443	3
            NSpgid:	6438	1
            NSsid:	2871	0
            VmRSS:	    1628 kB
            Threads:	1
            SigQ:	0/96365
            SigPnd:	0000000000000001
            ShdPnd:	0000000000000002
            SigBlk:	ffffffffffffffff
            SigIgn:	0000000000001000
            SigCgt:	0000000180014a07
            CapInh:	0000000000000000
            CapPrm:	000001fffeffffff
            CapEff:	000001fffeffffff
            CapBnd:	000001fffeffffff
            CapAmb:	0000000000000000
            NoNewPrivs:	1
            Seccomp:	2
            Seccomp_filters:	3
            voluntary_ctxt_switches:	40
            nonvoluntary_ctxt_switches:	2
            """);
    assertThat(status.state()).isEqualTo(TaskState.TRACING_STOP);
    assertThat(status.umask()).isEqualTo(022);
    assertThat(status.tracer()).isEqualTo(99);
    assertThat(status.uid()).isEqualTo(new TaskStatus.Credentials(0, 1, 2, -2));
    assertThat(status.groups()).containsExactly(10, 20);
    assertThat(status.processIds()).containsExactly(6443, 3);
    assertThat(status.sessionIds()).containsExactly(2871, 0);
    assertThat(status.blockedSignals()).isEqualTo(-1L);
    assertThat(status.capabilities().effective()).isEqualTo(0x1fffeffffffL);
    assertThat(status.noNewPrivileges()).isTrue();
    assertThat(status.seccompMode()).isEqualTo(2);
    assertThat(status.seccompFilters()).isEqualTo(3);
    assertThat(status.voluntarySwitches()).isEqualTo(40);
    assertThat(status.kib("VmRSS")).isEqualTo(1628);
    assertThatThrownBy(() -> TaskStatus.parse("Name:\tx\nState:\tS\n"))
        .isInstanceOf(ProcFormatException.class)
        .hasMessageContaining("no line 'Tgid'");
  }

  @Test
  void limits() {
    TaskLimits limits =
        TaskLimits.parse(
            """
            Limit                     Soft Limit           Hard Limit           Units\s\s\s\s\s
            Max cpu time              unlimited            unlimited            seconds\s\s\s
            Max file size             unlimited            unlimited            bytes
            Max data size             unlimited            unlimited            bytes
            Max stack size            8388608              unlimited            bytes
            Max core file size        0                    unlimited            bytes
            Max resident set          unlimited            unlimited            bytes
            Max processes             96365                96365                processes
            Max open files            20000                20001                files
            Max locked memory         8388608              8388608              bytes
            Max address space         unlimited            unlimited            bytes
            Max file locks            unlimited            unlimited            locks
            Max pending signals       96365                96365                signals
            Max msgqueue size         819200               819200               bytes
            Max nice priority         0                    0
            Max realtime priority     0                    0
            Max realtime timeout      unlimited            unlimited            us
            """);
    assertThat(limits.of(Resource.STACK)).isEqualTo(new Limit(8388608, Limit.UNLIMITED));
    assertThat(limits.of(Resource.OPEN_FILES)).isEqualTo(new Limit(20000, 20001));
    assertThatThrownBy(() -> TaskLimits.parse("Limit\nMax wind speed 1 2 knots\n"))
        .isInstanceOf(ProcFormatException.class);
  }

  @Test
  void mountInfo() {
    List<MountInfo> mounts =
        MountInfo.parse(
            """
            27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard
            36 35 98:0 /mnt1 /mnt\\0402 ro,noatime - ext3 /dev/root rw
            40 31 0:37 / /x rw -  tmpfs  rw
            """);
    assertThat(mounts.get(0).sharedGroup()).isEqualTo(1);
    assertThat(mounts.get(0).masterGroup()).isEqualTo(2);
    assertThat(mounts.get(0).superOptions()).containsExactly("rw", "discard");
    assertThat(mounts.get(1).mountPoint()).isEqualTo("/mnt 2");
    assertThat(mounts.get(1).isReadOnly()).isTrue();
    assertThat(mounts.get(2).source()).isEmpty();
  }

  @Test
  void syscallOfATask() {
    assertThat(CurrentSyscall.parse("running\n")).isInstanceOf(CurrentSyscall.Running.class);
    assertThat(CurrentSyscall.parse("-1 0x7ffc901c9f88 0x7f2ee11e6bd3\n"))
        .isEqualTo(new CurrentSyscall.Outside(0x7ffc901c9f88L, 0x7f2ee11e6bd3L));
    assertThat(CurrentSyscall.parse("61 0xffffffff 0x2 0x0 0x0 0x1 0x8 0x7ff8 0x7f2e\n"))
        .isEqualTo(
            new CurrentSyscall.Inside(
                61, List.of(0xffffffffL, 2L, 0L, 0L, 1L, 8L), 0x7ff8, 0x7f2e));
  }

  @Test
  void smallTexts() {
    assertThat(
            TimeOffsets.parse(
                "monotonic           0         0\nboottime            -3         5\n"))
        .isEqualTo(new TimeOffsets(0, -2_999_999_995L));
    assertThat(CgroupMembership.parse("9:name=systemd:/\n4:cpu,cpuacct:/a b\n0::/x:y\n"))
        .containsExactly(
            new CgroupMembership(9, List.of("name=systemd"), "/"),
            new CgroupMembership(4, List.of("cpu", "cpuacct"), "/a b"),
            new CgroupMembership(0, List.of(), "/x:y"));
    assertThat(IdMapping.parse("         0          0 4294967295\n"))
        .containsExactly(new IdMapping(0, 0, 4294967295L));
    assertThat(LoadAverage.parse("0.10 1.25 3.00 1/92 6495\n"))
        .isEqualTo(new LoadAverage(0.10, 1.25, 3, 1, 92, 6495));
    assertThat(KernelVersion.parse("Linux version 6.18.44-fc-v657 (builder) #1 SMP\n"))
        .isEqualTo(new KernelVersion(6, 18, 44, "6.18.44-fc-v657"));
    assertThat(KernelVersion.parse("Linux version 6.7 (b)").isAtLeast(6, 7)).isTrue();
    assertThat(KernelVersion.parse("Linux version 5.19.3 (b)").isAtLeast(6, 7)).isFalse();
    Pressure pressure =
        Pressure.parse(
            "some avg10=1.06 avg60=1.25 avg300=1.64 total=22185358\n"
                + "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");
    assertThat(pressure.some()).isEqualTo(new Pressure.Stall(1.06, 1.25, 1.64, 22185358));
    assertThat(MapFile.parse("7f00-7f10", "/x").range())
        .isEqualTo(new AddressRange(0x7f00, 0x7f10));
    assertThat(SchedStat.parse("3860469 22291 20\n")).isEqualTo(new SchedStat(3860469, 22291, 20));
  }

  @Test
  void timersOfAProcess() {
    assertThat(
            PosixTimer.parse(
                """
                ID: 1
                signal: 14/0000000000000000
                notify: signal/pid.6984
                ClockID: 0
                ID: 0
                signal: 10/00000000deadbeef
                notify: signal/tid.6985
                ClockID: 1
                """))
        .containsExactly(
            new PosixTimer(1, 14, 0, "signal", false, 6984, 0),
            new PosixTimer(0, 10, 0xdeadbeefL, "signal", true, 6985, 1));
    assertThatThrownBy(() -> PosixTimer.parse("ID: 1\nsignal: 14/0\n"))
        .isInstanceOf(ProcFormatException.class);
  }

  @Test
  void timerList() {
    TimerList list =
        TimerList.parse(
            """
            Timer List Version: v0.10
            HRTIMER_MAX_CLOCK_BASES: 8
            now at 1139860941116 nsecs

            cpu: 1
             clock 0:
              .base:       00000000232c2788
            active timers:
             #0: <000000001bc08a27>, hrtimer_wakeup, S:01
             # expires at 1139893844763-1139893894763 nsecs [in -3 to 49997 nsecs]
             clock 1:
            active timers:
            """);
    assertThat(list.nowNanos()).isEqualTo(1139860941116L);
    assertThat(list.timers())
        .containsExactly(
            new TimerList.Hrtimer(
                1, 0, "<000000001bc08a27>", "hrtimer_wakeup", 1139893844763L, 1139893894763L, -3));
  }

  @Test
  void sysvipc() {
    assertThat(
            SysvIpc.SharedMemory.parse(
                """
                       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap
                        -5          3  1600                  4096    10    11      2     1     2     3     4          5          6          7                     0                     0
                """))
        .containsExactly(
            new SysvIpc.SharedMemory(
                new SysvIpc.Owner(-5, 3, 01600, 1, 2, 3, 4), 4096, 10, 11, 2, 5, 6, 7));
    assertThat(SysvIpc.Semaphores.parse("heading\n 1 2 666 3 0 0 0 0 8 9\n"))
        .containsExactly(
            new SysvIpc.Semaphores(new SysvIpc.Owner(1, 2, 0666, 0, 0, 0, 0), 3, 8, 9));
    assertThat(SysvIpc.Messages.parse("heading\n 1 2 600 30 4 5 6 0 0 0 0 7 8 9\n"))
        .containsExactly(
            new SysvIpc.Messages(new SysvIpc.Owner(1, 2, 0600, 0, 0, 0, 0), 30, 4, 5, 6, 7, 8, 9));
  }

  @Test
  void sockets() {
    List<InetSocketEntry> tcp =
        InetSocketEntry.parse(
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:07E8 0200007F:0050 01 00000010:00000020 00:00000000 00000000  1000        0 1601 1 0000000093525514 100 0 0 10 0
            """);
    assertThat(tcp.getFirst().local().toString()).isEqualTo("/127.0.0.1:2024");
    assertThat(tcp.getFirst().remote().toString()).isEqualTo("/127.0.0.2:80");
    assertThat(tcp.getFirst().transmitQueue()).isEqualTo(16);
    assertThat(tcp.getFirst().receiveQueue()).isEqualTo(32);
    assertThat(tcp.getFirst().uid()).isEqualTo(1000);
    assertThat(tcp.getFirst().inode()).isEqualTo(1601);
    List<UnixSocketEntry> unix =
        UnixSocketEntry.parse(
            """
            Num       RefCount Protocol Flags    Type St Inode Path
            00000000d274442b: 00000003 00000000 00000000 0001 03  1597
            0000000057f7a3c2: 00000002 00000000 00010000 0005 01  1598 /run/a socket
            """);
    assertThat(unix.get(0)).isEqualTo(new UnixSocketEntry(3, 0, 1, 3, 1597, ""));
    assertThat(unix.get(1).isListening()).isTrue();
    assertThat(unix.get(1).path()).isEqualTo("/run/a socket");
  }

  @Test
  void processorsAndTheirTimes() {
    MachineStat stat =
        MachineStat.parse(
            "cpu  10 1 2 100 3 4 5 6 7 8\ncpu1 10 1 2 100 3 4 5 6 7 8\nintr 1 2 3\nctxt 9\n"
                + "btime 1795343843\nprocesses 11\nprocs_running 1\nprocs_blocked 2\n");
    assertThat(stat.total().busy()).isEqualTo(28);
    assertThat(stat.total().total()).isEqualTo(131);
    assertThat(stat.processors()).containsOnlyKeys(1);
    assertThat(stat.forks()).isEqualTo(11);
    List<CpuInfo> cpus =
        CpuInfo.parse(
            "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD: EPYC\ncpu MHz\t\t: 1996.249\n"
                + "flags\t\t: fpu sse2 avx2\npower management:\n\nprocessor\t: 1\n\n");
    assertThat(cpus).hasSize(2);
    assertThat(cpus.getFirst().flags()).containsExactlyInAnyOrder("fpu", "sse2", "avx2");
    assertThat(cpus.getFirst().modelName()).isEqualTo("AMD: EPYC");
    assertThat(cpus.getFirst().megahertz()).isEqualTo(1996.249);
    NetDevice lo =
        NetDevice.parse(
                "a\nb\n    lo:    3193      29    1    2    0     0          0         0     4193      30    3    4    0     0       0          0\n")
            .getFirst();
    assertThat(lo).isEqualTo(new NetDevice("lo", 3193, 29, 1, 2, 4193, 30, 3, 4));
    assertThat(
            DiskStat.parse(
                    " 254       0 vda 15935 5099 1441314 15955 1479 5173 438240 2202 1 4280 18871 3112 146 42576 711 3 2\n")
                .getFirst())
        .isEqualTo(
            new DiskStat(
                new DeviceNumber(254, 0),
                "vda",
                15935,
                1441314,
                15955,
                1479,
                438240,
                2202,
                1,
                4280));
  }

  @Test
  void schedOfATaskWithAColonInItsName() {
    SchedInfo sched =
        SchedInfo.parse(
            """
            a:b (6464, #threads: 1)
            -------------------------------------------------------------------
            se.exec_start                                :       1139788.400328
            se.sum_exec_runtime                          :             1.818230
            nr_switches                                  :                    8
            current_node=0, numa_group_id=0
            """);
    assertThat(sched.execStartNanos()).isEqualTo(1139788400328L);
    assertThat(sched.runtimeNanos()).isEqualTo(1818230);
    assertThat(sched.switches()).isEqualTo(8);
  }
}
