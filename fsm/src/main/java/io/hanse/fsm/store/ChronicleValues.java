package io.hanse.fsm.store;

import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Values in native memory, where no garbage collector copies them. The maps have no file: they are
 * scratch space of this process, made again from snapshot and log.
 */
final class ChronicleValues implements Values {
  private static final int SMALL_BYTES_USUAL = 256;
  private static final int LARGE_BYTES_USUAL = 16 << 10;

  /** Over the quota, for values that wait for a view to close. */
  private static final double HEADROOM = 1.5;

  private static final double BLOAT_MAX = 4;

  private final ChronicleMap<Long, byte[]> small;
  private final ChronicleMap<Long, byte[]> large;

  ChronicleValues(StoreSettings settings) {
    small = map("small", settings.rowsMax(), SMALL_BYTES_USUAL);
    large = map("large", settings.bytesMax() / LARGE_BYTES_USUAL, LARGE_BYTES_USUAL);
  }

  private static ChronicleMap<Long, byte[]> map(String name, long entries, int usualBytes) {
    return ChronicleMapBuilder.of(Long.class, byte[].class)
        .name("hanse-values-" + name)
        .entries((long) (entries * HEADROOM) + 1_000)
        .averageValueSize(usualBytes)
        .maxBloatFactor(BLOAT_MAX)
        .checksumEntries(false)
        .putReturnsNull(true)
        .removeReturnsNull(true)
        .create();
  }

  @Override
  public void put(long id, byte[] value) {
    mapOf(id).put(id, value);
  }

  @Override
  public byte @Nullable [] get(long id) {
    return mapOf(id).get(id);
  }

  @Override
  public void remove(long id) {
    mapOf(id).remove(id);
  }

  private ChronicleMap<Long, byte[]> mapOf(long id) {
    return Values.isLarge(id) ? large : small;
  }

  @Override
  public long offHeapBytes() {
    return small.offHeapMemoryUsed() + large.offHeapMemoryUsed();
  }

  @Override
  public void close() {
    small.close();
    large.close();
  }
}
