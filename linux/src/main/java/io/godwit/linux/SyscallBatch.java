package io.godwit.linux;

import io.godwit.linux.abi.Architecture;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.X86_64Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A list of system calls to be made by another process in one go, with their data. Entries fill the
 * zone of the scratch memory from its start, data from its end; addresses are known at once, so
 * that a call can point to data and to the results of calls before it. Built by {@link
 * Injector#batch()}; run once by {@link Injector#run}.
 */
public final class SyscallBatch {
  private static final int FIRST_CAPACITY = 512;
  private static final ThreadLocal<NativeBuffer> JOINED =
      ThreadLocal.withInitial(() -> NativeBuffer.allocate(64 << 10));

  private final long base;
  private final int size;
  private final List<Call> calls = new ArrayList<>();

  // Both grow as needed: most batches use a small part of a large zone, and there are many batches.
  private ByteBuffer table = heap(FIRST_CAPACITY);
  private ByteBuffer tail = heap(FIRST_CAPACITY);
  private int dataStart;
  private boolean done;

  SyscallBatch(long base, int size) {
    this.base = base;
    this.size = size;
    this.dataStart = size;
  }

  private static ByteBuffer heap(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  /** The position in the tail of an offset in the zone. */
  private int inTail(long address, int length) {
    int offset = (int) (address - base);
    if (offset < dataStart || length > size - offset) {
      throw new IndexOutOfBoundsException(length + " bytes at " + offset + " of the batch");
    }
    return offset - (size - tail.capacity());
  }

  private void growTable(int bytes) {
    if (bytes > table.capacity()) {
      ByteBuffer larger = heap(Math.max(bytes, 2 * table.capacity()));
      larger.put(0, table, 0, table.capacity());
      table = larger;
    }
  }

  private void growTail(int bytes) {
    if (bytes > tail.capacity()) {
      ByteBuffer larger = heap(Math.max(bytes, 2 * tail.capacity()));
      larger.put(larger.capacity() - tail.capacity(), tail, 0, tail.capacity());
      tail = larger;
    }
  }

  /** One call of the batch and, afterwards, its result. */
  public final class Call {
    private final int index;
    private final Syscall call;
    private final long[] arguments;
    private boolean optional;
    private long result;

    private Call(int index, Syscall call, long[] arguments) {
      this.index = index;
      this.call = call;
      this.arguments = arguments;
    }

    /** Lets the batch go on when this call fails; the caller looks at {@link #result()}. */
    public Call mayFail() {
      optional = true;
      table.putInt(index * X86_64Code.ENTRY_SIZE + 4, flags() & ~X86_64Code.FLAG_STOP_ON_ERROR);
      return this;
    }

    /** Takes argument i from an earlier call's result when the batch runs. */
    public Call argument(int i, Call earlier) {
      return argumentAt(i, earlier.resultAddress());
    }

    /** Takes argument i from 8 bytes of remote memory when the batch runs. */
    public Call argumentAt(int i, long address) {
      table.putLong(index * X86_64Code.ENTRY_SIZE + 8 + 8 * i, address);
      table.putInt(index * X86_64Code.ENTRY_SIZE + 4, flags() | 1 << i);
      return this;
    }

    private int flags() {
      return table.getInt(index * X86_64Code.ENTRY_SIZE + 4);
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

    private String on() {
      return Arrays.stream(arguments)
          .mapToObj(argument -> "0x" + Long.toHexString(argument))
          .collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
      return call.manualName() + "(" + on() + ")";
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
    growTable(at + X86_64Code.ENTRY_SIZE);
    table.putInt(at, number).putInt(at + 4, X86_64Code.FLAG_STOP_ON_ERROR);
    for (int i = 0; i < arguments.length; i++) {
      table.putLong(at + 8 + 8 * i, arguments[i]);
    }
    Call entry = new Call(index, call, arguments.clone());
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
    tail.put(inTail(address, bytes.length), bytes);
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
    int at = inTail(address, words.length * 8);
    for (int i = 0; i < words.length; i++) {
      tail.putLong(at + 8 * i, words[i]);
    }
    return address;
  }

  /** Reserves zeroed room for calls to write to; read it afterwards with {@link #bytes}. */
  public long reserve(int bytes) {
    if (!hasRoom(0, bytes)) {
      throw new IllegalStateException("the batch has no room for " + bytes + " bytes of data");
    }
    dataStart = (dataStart - bytes) & ~15;
    growTail(size - dataStart);
    return base + dataStart;
  }

  /** After the run: what stands at an address given by data or reserve. */
  public byte[] bytes(long address, int length) {
    byte[] result = new byte[length];
    tail.get(inTail(address, length), result);
    return result;
  }

  /** After the run: a 64-bit word. */
  public long word(long address) {
    return tail.getLong(inTail(address, 8));
  }

  /** After the run: a 32-bit number. */
  public int number(long address) {
    return tail.getInt(inTail(address, 4));
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
    int entries = calls.size() * X86_64Code.ENTRY_SIZE;
    int data = size - dataStart;
    ByteBuffer joined = joined(entries + data);
    joined.put(0, table, 0, entries);
    joined.put(entries, tail, tail.capacity() - data, data);
    memory.write(ranges(entries), joined);
  }

  void readFrom(RemoteMemory memory) {
    int entries = calls.size() * X86_64Code.ENTRY_SIZE;
    int data = size - dataStart;
    ByteBuffer joined = joined(entries + data);
    memory.read(ranges(entries), joined);
    table.put(0, joined, 0, entries);
    tail.put(tail.capacity() - data, joined, entries, data);
  }

  private List<io.godwit.core.AddressRange> ranges(int entries) {
    List<io.godwit.core.AddressRange> ranges = new ArrayList<>(2);
    ranges.add(new io.godwit.core.AddressRange(base, base + entries));
    if (dataStart < size) {
      ranges.add(new io.godwit.core.AddressRange(base + dataStart, base + size));
    }
    return ranges;
  }

  private static ByteBuffer joined(int bytes) {
    NativeBuffer buffer = JOINED.get();
    if (buffer.size() < bytes) {
      buffer = NativeBuffer.allocate(bytes);
      JOINED.set(buffer);
    }
    return buffer.bytes().clear().limit(bytes);
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
      call.result = table.getLong(call.index * X86_64Code.ENTRY_SIZE + X86_64Code.ENTRY_RESULT);
    }
    if (remaining != 0) {
      Call failed = calls.get(finished);
      throw new LinuxException((int) -failed.result, failed.call, failed.on() + " in " + who);
    }
    for (Call call : calls) {
      if (!call.optional && call.result < 0 && call.result >= -4095) {
        throw new LinuxException((int) -call.result, call.call, call.on() + " in " + who);
      }
    }
  }
}
