package io.godwit.linux;

import io.godwit.linux.abi.Architecture;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.X86_64Code;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of system calls to be made by another process in one go, with their data. Entries fill the
 * zone of the scratch memory from its start, data from its end; addresses are known at once, so
 * that a call can point to data and to the results of calls before it. Built by {@link
 * Injector#batch()}; run once by {@link Injector#run}.
 */
public final class SyscallBatch {
  private final long base;
  private final int size;
  private final ByteBuffer image;
  private final List<Call> calls = new ArrayList<>();
  private int dataStart;
  private boolean done;

  SyscallBatch(long base, int size) {
    this.base = base;
    this.size = size;
    this.dataStart = size;
    this.image = NativeBuffer.allocate(size).bytes();
  }

  /** One call of the batch and, afterwards, its result. */
  public final class Call {
    private final int index;
    private final Syscall call;
    private final String on;
    private boolean optional;
    private long result;

    private Call(int index, Syscall call, String on) {
      this.index = index;
      this.call = call;
      this.on = on;
    }

    /** Lets the batch go on when this call fails; the caller looks at {@link #result()}. */
    public Call mayFail() {
      optional = true;
      image.putInt(index * X86_64Code.ENTRY_SIZE + 4, flags() & ~X86_64Code.FLAG_STOP_ON_ERROR);
      return this;
    }

    /** Takes argument i from an earlier call's result when the batch runs. */
    public Call argument(int i, Call earlier) {
      return argumentAt(i, earlier.resultAddress());
    }

    /** Takes argument i from 8 bytes of remote memory when the batch runs. */
    public Call argumentAt(int i, long address) {
      image.putLong(index * X86_64Code.ENTRY_SIZE + 8 + 8 * i, address);
      image.putInt(index * X86_64Code.ENTRY_SIZE + 4, flags() | 1 << i);
      return this;
    }

    private int flags() {
      return image.getInt(index * X86_64Code.ENTRY_SIZE + 4);
    }

    /** Where the result stands in the other process. */
    public long resultAddress() {
      return base + (long) index * X86_64Code.ENTRY_SIZE + X86_64Code.ENTRY_RESULT;
    }

    /** After the run: the result, or -errno for a call that may fail. */
    public long result() {
      if (!done) {
        throw new IllegalStateException("the batch has not run");
      }
      return result;
    }

    public boolean failed() {
      return result() < 0 && result() >= -4095;
    }

    public Syscall call() {
      return call;
    }

    @Override
    public String toString() {
      return call.manualName() + "(" + on + ")";
    }
  }

  /** Adds a call that must succeed. */
  public Call add(Syscall call, long... arguments) {
    if (!hasRoom(1, 0)) {
      throw new IllegalStateException("the batch is full: " + calls.size() + " calls");
    }
    if (arguments.length > 6) {
      throw new IllegalArgumentException("a system call has at most six arguments");
    }
    int number = Architecture.current().number(call);
    if (number < 0) {
      throw new IllegalArgumentException(call + " does not exist on this architecture");
    }
    int index = calls.size();
    int at = index * X86_64Code.ENTRY_SIZE;
    image.putInt(at, number).putInt(at + 4, X86_64Code.FLAG_STOP_ON_ERROR);
    StringBuilder on = new StringBuilder();
    for (int i = 0; i < arguments.length; i++) {
      image.putLong(at + 8 + 8 * i, arguments[i]);
      on.append(i == 0 ? "" : ", ").append("0x").append(Long.toHexString(arguments[i]));
    }
    Call entry = new Call(index, call, on.toString());
    calls.add(entry);
    return entry;
  }

  /** Whether that many more calls and bytes of data fit. */
  public boolean hasRoom(int moreCalls, int moreBytes) {
    long end = (long) (calls.size() + moreCalls) * X86_64Code.ENTRY_SIZE;
    return end <= dataStart - moreBytes - 16L;
  }

  /** Places bytes in the other process for the calls to point at; 16-byte aligned. */
  public long data(byte[] bytes) {
    long address = reserve(bytes.length);
    image.put((int) (address - base), bytes);
    return address;
  }

  /** Places a text with its terminating zero byte. */
  public long string(String text) {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return data(java.util.Arrays.copyOf(bytes, bytes.length + 1));
  }

  /** Places 64-bit words. */
  public long words(long... words) {
    long address = reserve(words.length * 8);
    for (int i = 0; i < words.length; i++) {
      image.putLong((int) (address - base) + 8 * i, words[i]);
    }
    return address;
  }

  /** Reserves zeroed room for calls to write to; read it afterwards with {@link #bytes}. */
  public long reserve(int bytes) {
    if (!hasRoom(0, bytes)) {
      throw new IllegalStateException("the batch has no room for " + bytes + " bytes of data");
    }
    dataStart = (dataStart - bytes) & ~15;
    return base + dataStart;
  }

  /** After the run: what stands at an address given by data or reserve. */
  public byte[] bytes(long address, int length) {
    byte[] result = new byte[length];
    image.get((int) (address - base), result);
    return result;
  }

  /** After the run: a 64-bit word. */
  public long word(long address) {
    return image.getLong((int) (address - base));
  }

  /** After the run: a 32-bit number. */
  public int number(long address) {
    return image.getInt((int) (address - base));
  }

  public boolean isEmpty() {
    return calls.isEmpty();
  }

  public int count() {
    return calls.size();
  }

  long base() {
    return base;
  }

  void writeTo(RemoteMemory memory) {
    int table = calls.size() * X86_64Code.ENTRY_SIZE;
    memory.write(ranges(table), joined(table));
  }

  void readFrom(RemoteMemory memory) {
    int table = calls.size() * X86_64Code.ENTRY_SIZE;
    ByteBuffer joined = joined(table).clear();
    memory.read(ranges(table), joined.limit(table + size - dataStart));
    image.put(0, joined, 0, table);
    image.put(dataStart, joined, table, size - dataStart);
  }

  private List<io.godwit.core.AddressRange> ranges(int table) {
    List<io.godwit.core.AddressRange> ranges = new ArrayList<>(2);
    ranges.add(new io.godwit.core.AddressRange(base, base + table));
    if (dataStart < size) {
      ranges.add(new io.godwit.core.AddressRange(base + dataStart, base + size));
    }
    return ranges;
  }

  private ByteBuffer joined(int table) {
    ByteBuffer joined = NativeBuffer.allocate(table + size - dataStart).bytes();
    joined.put(image.slice(0, table));
    joined.put(image.slice(dataStart, size - dataStart));
    return joined.flip();
  }

  /**
   * Takes over the results.
   *
   * @param remaining the entries that the walker left undone
   */
  void complete(long remaining, String who) {
    done = true;
    int finished = calls.size() - (int) remaining;
    for (Call call : calls) {
      call.result = image.getLong(call.index * X86_64Code.ENTRY_SIZE + X86_64Code.ENTRY_RESULT);
    }
    if (remaining != 0) {
      Call failed = calls.get(finished);
      throw new LinuxException((int) -failed.result, failed.call, failed.on + " in " + who);
    }
    for (Call call : calls) {
      if (!call.optional && call.result < 0 && call.result >= -4095) {
        throw new LinuxException((int) -call.result, call.call, call.on + " in " + who);
      }
    }
  }
}
