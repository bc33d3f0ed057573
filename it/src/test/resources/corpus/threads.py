# Four threads hash and wait by turns; the order of the turns is fixed, so the digest is too.
import hashlib, queue, sys, threading, time

ROUNDS = int(sys.argv[1])
turns = [queue.Queue() for _ in range(4)]
state = [b"godwit"]
slowest = [0.0]


def work(me):
    while True:
        n = turns[me].get()
        if n is None:
            break
        digest = state[0]
        for _ in range(2000):
            digest = hashlib.sha256(digest + n.to_bytes(8, "little")).digest()
        state[0] = digest
        if n % 50 == 0:
            before = time.monotonic()
            time.sleep(0.02)
            assert time.monotonic() - before >= 0.02, "a sleep was cut short"
        if n + 1 == ROUNDS:
            for t in turns:
                t.put(None)
        else:
            turns[(me + 1) % 4].put(n + 1)


threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
for t in threads:
    t.start()
turns[0].put(0)
for t in threads:
    t.join()
with open("result", "w") as f:
    f.write(state[0].hex() + "\n")
