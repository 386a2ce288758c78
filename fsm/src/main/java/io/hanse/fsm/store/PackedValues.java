package io.hanse.fsm.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Values that came together, of a snapshot, side by side in native memory: to write one there takes
 * a fraction of what a map takes, and no more memory than it has bytes. What is removed leaves a
 * gap; a block that is mostly gaps is emptied, little by little, and given back.
 *
 * <p>One thread writes; any thread reads. A block that was given back stays until the last reader
 * has left it: the garbage collector frees it.
 */
final class PackedValues {
  private static final int BLOCK_BYTES_MAX = 1 << 20;
  private static final int BLOCK_BYTES_MIN = 16 << 10;

  /** Before each value: its id, and its length. */
  private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;

  /** A larger value would leave too much of a block empty. */
  private static final int SHARE_MAX = 8;

  /** Of all in this process: a JVM has as much native memory for buffers as it has heap. */
  private static final Room ROOM = new Room(Runtime.getRuntime().maxMemory() / 2);

  /** A block is emptied once no more than this share of it is in use. */
  private static final int SPARSE = 4;

  private static final int OFFSET_BITS = 24;
  private static final VarHandle PLACES = MethodHandles.arrayElementVarHandle(long[].class);

  /** Takes a value that leaves a block. */
  @FunctionalInterface
  interface Target {
    void put(long id, byte[] value);
  }

  /** The memory that blocks may take, whoever has them. */
  static final class Room {
    private final long max;
    private final AtomicLong taken = new AtomicLong();

    Room(long max) {
      this.max = max;
    }

    boolean take(long bytes) {
      if (taken.addAndGet(bytes) <= max) {
        return true;
      }
      taken.addAndGet(-bytes);
      return false;
    }

    void give(long bytes) {
      taken.addAndGet(-bytes);
    }
  }

  private static final class Block {
    final int number;
    final ByteBuffer bytes;

    /** Where the next value goes. */
    int end;

    /** How much of it is in use. */
    int used;

    /** Up to where it was emptied. */
    int emptiedTo;

    boolean isFull;

    /** It is to be emptied. */
    boolean isListed;

    Block(int number, int size) {
      this.number = number;
      bytes = ByteBuffer.allocateDirect(size);
    }

    boolean isSparse() {
      return isFull && used <= bytes.capacity() / SPARSE;
    }
  }

  private final long firstNumber;
  private final int blockBytes;
  private final Room room;

  /** By the number of the value: its block and offset, plus one; 0 for those that are not here. */
  private volatile long[] places = new long[1 << 10];

  /** Null where a block was given back. */
  private volatile @Nullable Block[] blocks = new Block[0];

  // The writer's own.
  private final Queue<Block> sparse = new ArrayDeque<>();
  private @Nullable Block filling;

  private boolean isSealed;

  /** To be refused once costs seconds, as the JVM collects garbage before. */
  private boolean isRefused;

  /** Anybody may ask for it. */
  private final AtomicLong blockBytesHeld = new AtomicLong();

  /**
   * @param firstId no value has a smaller one
   * @param expectedBytes how much will come, as a hint
   */
  PackedValues(long firstId, long expectedBytes) {
    this(firstId, expectedBytes, ROOM);
  }

  PackedValues(long firstId, long expectedBytes, Room room) {
    firstNumber = number(firstId);
    blockBytes = (int) Math.max(BLOCK_BYTES_MIN, Math.min(BLOCK_BYTES_MAX, expectedBytes));
    this.room = room;
  }

  private static long number(long id) {
    return id >>> 1;
  }

  /** Keeps a value, unless it is too large or there is no room. Answers whether it did. */
  boolean put(long id, byte[] value) {
    int length = HEADER_BYTES + value.length;
    if (length > blockBytes / SHARE_MAX) {
      return false;
    }
    Block block = filling;
    if (block == null || block.bytes.capacity() - block.end < length) {
      endBlock();
      block = open();
      if (block == null) {
        return false;
      }
      filling = block;
    }
    block
        .bytes
        .putLong(block.end, id)
        .putInt(block.end + Long.BYTES, value.length)
        .put(block.end + HEADER_BYTES, value);
    setPlace(id, ((long) block.number << OFFSET_BITS | block.end) + 1);
    block.end += length;
    block.used += length;
    return true;
  }

  /** No value comes any more. */
  void seal() {
    endBlock();
    isSealed = true;
  }

  private void endBlock() {
    Block block = filling;
    if (block != null) {
      block.isFull = true;
      filling = null;
      noteSparse(block);
    }
  }

  private @Nullable Block open() {
    if (isRefused || !room.take(blockBytes)) {
      return null;
    }
    Block block;
    try {
      block = new Block(blocks.length, blockBytes);
    } catch (OutOfMemoryError e) {
      // Others hold the native memory that a JVM may have; values go elsewhere.
      room.give(blockBytes);
      isRefused = true;
      return null;
    }
    Block[] more = Arrays.copyOf(blocks, blocks.length + 1);
    more[block.number] = block;
    blocks = more;
    blockBytesHeld.addAndGet(blockBytes);
    return block;
  }

  private void setPlace(long id, long place) {
    long at = number(id) - firstNumber;
    long[] known = places;
    if (at >= known.length) {
      known = Arrays.copyOf(known, Math.toIntExact(Math.max(at + 1, known.length * 2L)));
      PLACES.setRelease(known, (int) at, place);
      places = known;
    } else {
      PLACES.setRelease(known, (int) at, place);
    }
  }

  /** 0 if it is not here. */
  private long place(long id) {
    long at = number(id) - firstNumber;
    long[] known = places;
    return at < 0 || at >= known.length ? 0 : (long) PLACES.getAcquire(known, (int) at);
  }

  byte @Nullable [] get(long id) {
    long place = place(id);
    Block block = block(place);
    if (block == null) {
      return null;
    }
    int offset = offset(place);
    byte[] value = new byte[block.bytes.getInt(offset + Long.BYTES)];
    block.bytes.get(offset + HEADER_BYTES, value);
    return value;
  }

  private @Nullable Block block(long place) {
    return place == 0 ? null : blocks[(int) ((place - 1) >>> OFFSET_BITS)];
  }

  private static int offset(long place) {
    return (int) (place - 1) & ((1 << OFFSET_BITS) - 1);
  }

  /** Forgets a value. Answers whether it was here. */
  boolean remove(long id) {
    long place = place(id);
    Block block = block(place);
    if (block == null) {
      return false;
    }
    setPlace(id, 0);
    block.used -= HEADER_BYTES + block.bytes.getInt(offset(place) + Long.BYTES);
    noteSparse(block);
    return true;
  }

  private void noteSparse(Block block) {
    if (block.used == 0 && block.isFull) {
      giveBack(block);
    } else if (block.isSparse() && !block.isListed) {
      block.isListed = true;
      sparse.add(block);
    }
  }

  private void giveBack(Block block) {
    Block[] less = blocks.clone();
    if (less[block.number] != null) {
      less[block.number] = null;
      blocks = less;
      blockBytesHeld.addAndGet(-blockBytes);
      room.give(blockBytes);
    }
    if (block.isListed) {
      sparse.remove(block);
    }
  }

  /** Moves values, at most so many, out of blocks that are mostly empty. */
  void moveAtMost(int count, Target target) {
    for (int i = 0; i < count; i++) {
      Block block = sparse.peek();
      if (block == null) {
        return;
      }
      moveNext(block, target);
    }
  }

  private void moveNext(Block block, Target target) {
    int offset = block.emptiedTo;
    long id = block.bytes.getLong(offset);
    int length = block.bytes.getInt(offset + Long.BYTES);
    block.emptiedTo += HEADER_BYTES + length;
    if (place(id) != ((long) block.number << OFFSET_BITS | offset) + 1) {
      return;
    }
    byte[] value = new byte[length];
    block.bytes.get(offset + HEADER_BYTES, value);
    // There before it is gone here: a reader looks here first.
    target.put(id, value);
    remove(id);
  }

  /** Whether nothing is left of it, and nothing comes. */
  boolean isDone() {
    return isSealed && blockBytesHeld.get() == 0;
  }

  /** Nobody reads it any more. */
  void close() {
    room.give(blockBytesHeld.getAndSet(0));
    filling = null;
    isRefused = true;
    sparse.clear();
    blocks = new Block[0];
    places = new long[0];
  }

  /** The memory of its blocks. */
  long bytes() {
    return blockBytesHeld.get();
  }
}
