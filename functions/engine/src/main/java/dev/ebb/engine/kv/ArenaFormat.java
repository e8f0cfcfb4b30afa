package dev.ebb.engine.kv;

/**
 * Offsets of the arena file, format {@value #VERSION}; all numbers little endian.
 *
 * <pre>
 * 0            header: magic, version, counts, fingerprints, clock, list heads
 * 1024         {@value #SLOTS} process slots of 32 bytes
 * 3072         when each slot's want was said last, long per slot
 * 4096         block entries of {@value #ENTRY_BYTES} bytes
 * buckets      hash index, int per bucket: first block + 1
 * leases       {@value #LEASES} lease records with room for every block
 * data         the blocks, from a 4 KiB boundary
 * </pre>
 *
 * <p>Numbers that name a block and may be absent are stored as block + 1, so that fresh zero bytes
 * mean "none".
 */
record ArenaFormat(int blocks, long blockBytes) {
  static final long MAGIC = 0x414e455241424245L; // "EBBARENA"
  static final int VERSION = 3;
  static final int SLOTS = 64;
  static final int LEASES = 1024;

  // Header fields.
  static final long AT_MAGIC = 0;
  static final long AT_VERSION = 8;
  static final long AT_READY = 12; // int, 1 once the file is complete
  static final long AT_EPOCH = 16;
  static final long AT_BLOCKS = 24; // int
  static final long AT_BLOCK_BYTES = 32;
  static final long AT_FILE_BYTES = 40;
  static final long AT_CHANGING = 48; // int, 1 while a lock holder changes the index
  static final long AT_QUEUE_HEAD = 52; // int, next block to hand out + 1
  static final long AT_QUEUE_TAIL = 56; // int
  static final long AT_AVAILABLE = 60; // int, length of the queue
  static final long AT_TICK = 64; // long, counts releases
  static final long AT_NEXT_SESSION = 72;
  static final long AT_NEXT_LEASE = 80;
  static final long AT_LEASE_CHECK_MS = 88; // no lease expires before
  static final long AT_WISHED = 96; // int, tokens asked for when it was made
  static final long AT_BOOT = 104; // 2 longs, the boot of the machine that it was made in
  static final long AT_LEASE_LATEST_MS = 120; // latest grant of the leases
  static final long AT_LAYOUT = 128; // int length, UTF-8
  static final long AT_MODEL = 512; // int length, UTF-8
  static final int TEXT_BYTES = 380;
  static final long AT_NEXT_WANT = 896; // int

  static final long AT_SLOTS = 1024;
  static final int SLOT_BYTES = 32;
  static final int SLOT_SESSION = 0; // long, 0 when never used or given back
  static final int SLOT_PID = 8; // long
  static final int SLOT_WANT_BLOCKS = 16; // int, 0 when it waits for none
  static final int SLOT_WANT_PRIORITY = 20; // int
  static final int SLOT_WANT_TICKET = 24; // int, place among the wants
  static final int SLOT_WANT_OVERTAKEN = 28; // int, new sequences of others since

  static final long AT_WANT_TIMES = 3072;

  static final long AT_ENTRIES = 4096;
  static final int ENTRY_BYTES = 128;
  static final int ENTRY_STATE = 0; // int
  static final int ENTRY_LEASES = 4; // int, leases that hold the block
  static final int ENTRY_HOLDERS = 8; // long, a bit per slot
  static final int ENTRY_LAST_USE = 16; // long, tick
  static final int ENTRY_WRITER = 24; // long, session
  static final int ENTRY_HASH = 32; // 4 longs
  static final int ENTRY_BUCKET_NEXT = 64; // int
  static final int ENTRY_QUEUE_PREVIOUS = 68; // int
  static final int ENTRY_QUEUE_NEXT = 72; // int
  static final int ENTRY_QUEUED = 76; // int, 1 while in the queue
  static final int ENTRY_EDITION = 80; // long, how often the block was given to a writer

  static final int LEASE_ID = 0; // long
  static final int LEASE_EXPIRES_MS = 8; // long
  static final int LEASE_STATE = 16; // int, 1 while active
  static final int LEASE_COUNT = 20; // int
  static final int LEASE_GRANTED_MS = 24; // long
  static final int LEASE_BLOCKS = 32; // int[]

  private static final long PAGE = 4096;

  long entry(int block) {
    return AT_ENTRIES + (long) ENTRY_BYTES * block;
  }

  /** Buckets of the hash index, a power of two of at least twice the blocks. */
  int buckets() {
    return Integer.highestOneBit(Math.max(2, blocks)) << 2;
  }

  long bucket(int index) {
    return AT_ENTRIES + (long) ENTRY_BYTES * blocks + 4L * index;
  }

  long lease(int index) {
    return align(bucket(buckets()), 64) + index * align(LEASE_BLOCKS + 4L * blocks, 64);
  }

  long data() {
    return align(lease(LEASES), PAGE);
  }

  /** Bytes of the whole file. */
  long fileBytes() {
    return align(data() + blockBytes * blocks, PAGE);
  }

  private static long align(long offset, long to) {
    return (offset + to - 1) / to * to;
  }
}
