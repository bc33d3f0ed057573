package io.godwit.linux.launch;

import io.godwit.linux.abi.Syscall;

/**
 * The walker and the init loop in x86-64 machine code. rbx holds the address of the current step;
 * system calls clobber rax, rcx and r11 only.
 */
final class X86ScriptCode extends X86Assembler implements ScriptCode {
  private static final int SIGCHLD = 17;
  private static final int ECHILD = 10;
  private static final int EAGAIN = 11;
  private static final int WNOHANG_WALL = 0x4000_0001;
  private static final int SI_QUEUE = -1;

  /** siginfo_t: si_code, si_pid and si_value, x86-64's include/uapi/asm-generic/siginfo.h. */
  private static final int SI_CODE = 8;

  private static final int SI_PID = 16;
  private static final int SI_VALUE = 24;

  @Override
  public int elfMachine() {
    return EM_X86_64;
  }

  @Override
  public byte[] code() {
    walker();
    failure();
    initLoop();
    reaper();
    return resolved();
  }

  private void walker() {
    emit(0xbb);
    word(ScriptLayout.TABLE); // mov ebx, TABLE
    label("next");
    emit(0x8b, 0x03); // mov eax, [rbx]
    emit(0x48, 0x8b, 0x7b, 8); // mov rdi, [rbx+8]
    emit(0x48, 0x8b, 0x73, 16); // mov rsi, [rbx+16]
    emit(0x48, 0x8b, 0x53, 24); // mov rdx, [rbx+24]
    emit(0x4c, 0x8b, 0x53, 32); // mov r10, [rbx+32]
    emit(0x4c, 0x8b, 0x43, 40); // mov r8, [rbx+40]
    emit(0x4c, 0x8b, 0x4b, 48); // mov r9, [rbx+48]
    testFlag(ScriptLayout.FLAG_INIT);
    jump("loop", 0x0f, 0x85); // jnz
    emit(0x0f, 0x05); // syscall
    emit(0x48, 0x3d);
    word(-4095); // cmp rax, -4095
    jump("failed", 0x0f, 0x83); // jae
    label("after");
    emit(0x48, 0x8b, 0x4b, ScriptLayout.STEP_STORE); // mov rcx, [rbx+store]
    emit(0x48, 0x85, 0xc9); // test rcx, rcx
    jump("stored", 0x0f, 0x84); // jz
    emit(0x89, 0x01); // mov [rcx], eax
    label("stored");
    testFlag(ScriptLayout.FLAG_FORK);
    jump("advance", 0x0f, 0x84); // jz
    emit(0x48, 0x85, 0xc0); // test rax, rax
    jump("advance", 0x0f, 0x85); // jnz
    emit(0x48, 0x8b, 0x5b, ScriptLayout.STEP_CHILD); // mov rbx, [rbx+child]
    jump("next", 0xe9);
    label("advance");
    emit(0x48, 0x83, 0xc3, ScriptLayout.STEP_BYTES); // add rbx, 72
    jump("next", 0xe9);
  }

  /** Writes (offset of the step, errno) to the status descriptor and ends the process. */
  private void failure() {
    label("failed");
    testFlag(ScriptLayout.FLAG_ATTEMPT);
    jump("after", 0x0f, 0x85); // jnz
    emit(0xf7, 0xd8); // neg eax
    storeEax(ScriptLayout.FAILURE + 4);
    emit(0x89, 0xd8); // mov eax, ebx
    emit(0x2d);
    word(ScriptLayout.TABLE); // sub eax, TABLE
    storeEax(ScriptLayout.FAILURE);
    loadEdi(ScriptLayout.STATUS_FD);
    setEsi(ScriptLayout.FAILURE);
    setEdx(8);
    call(Syscall.WRITE);
    emit(0xbf);
    word(127); // mov edi, 127
    call(Syscall.EXIT_GROUP);
  }

  /** Waits for signals: reaps on SIGCHLD, obeys commands from outside, passes on the rest. */
  private void initLoop() {
    label("loop");
    emit(0xbf);
    word(ScriptLayout.ALL_SIGNALS); // mov edi, set
    setEsi(ScriptLayout.SIGINFO);
    emit(0x31, 0xd2); // xor edx, edx
    emit(0x41, 0xba);
    word(8); // mov r10d, 8
    call(Syscall.RT_SIGTIMEDWAIT);
    emit(0x83, 0xf8, SIGCHLD); // cmp eax, SIGCHLD
    jump("reap", 0x0f, 0x84); // je
    emit(0x85, 0xc0); // test eax, eax
    jump("loop", 0x0f, 0x8e); // jle: interrupted
    emit(0x83, 0xf8, ScriptedInit.COMMAND_SIGNAL); // cmp eax, 64
    jump("command", 0x0f, 0x84); // je
    emit(0x89, 0xc6); // mov esi, eax
    loadEdi(ScriptLayout.MAIN_PID);
    emit(0x85, 0xff); // test edi, edi
    jump("loop", 0x0f, 0x8e); // jle: no main process yet
    call(Syscall.KILL);
    jump("loop", 0xe9);
    label("command");
    compareMemory(ScriptLayout.SIGINFO + SI_CODE, SI_QUEUE);
    jump("loop", 0x0f, 0x85); // jne
    compareMemory(ScriptLayout.SIGINFO + SI_PID, 0);
    jump("loop", 0x0f, 0x85); // jne: a sender inside has a pid here
    loadEdi(ScriptLayout.SIGINFO + SI_VALUE);
    call(Syscall.CLOSE);
    jump("loop", 0xe9);
  }

  private void reaper() {
    label("reap");
    emit(0xbf);
    word(-1); // mov edi, -1
    setEsi(ScriptLayout.RECORD + 4);
    setEdx(WNOHANG_WALL);
    emit(0x45, 0x31, 0xd2); // xor r10d, r10d
    call(Syscall.WAIT4);
    emit(0x85, 0xc0); // test eax, eax
    jump("loop", 0x0f, 0x84); // jz: children, none of them ended
    jump("childless", 0x0f, 0x88); // js
    storeEax(ScriptLayout.RECORD);
    label("report");
    loadEdi(ScriptLayout.REPORT_FD);
    setEsi(ScriptLayout.RECORD);
    setEdx(8);
    call(Syscall.WRITE);
    emit(0x83, 0xf8, -EAGAIN); // cmp eax, -EAGAIN
    jump("reap", 0x0f, 0x85); // jne
    emit(0x8b, 0x04, 0x25);
    word(ScriptLayout.RECORD); // mov eax, [RECORD]
    emit(0x3b, 0x04, 0x25);
    word(ScriptLayout.MAIN_PID); // cmp eax, [MAIN_PID]
    jump("reap", 0x0f, 0x85); // jne: the pipe is full and this one may be lost
    loadEdi(ScriptLayout.REPORT_READ_FD);
    setEsi(ScriptLayout.SCRATCH);
    setEdx(8);
    call(Syscall.READ);
    jump("report", 0xe9);
    label("childless");
    emit(0x83, 0xf8, -ECHILD); // cmp eax, -ECHILD
    jump("loop", 0x0f, 0x85); // jne
    emit(0x31, 0xff); // xor edi, edi
    call(Syscall.EXIT_GROUP);
  }

  private void testFlag(int flag) {
    emit(0xf6, 0x43, ScriptLayout.STEP_FLAGS, flag); // test byte [rbx+4], flag
  }

  private void compareMemory(long address, int value) {
    emit(0x83, 0x3c, 0x25);
    word(address);
    emit(value); // cmp dword [address], value
  }
}
