package io.hanse.raft.ratis;

import io.hanse.raft.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts off the last write of an open log segment if a power cut tore it, before Ratis reads it.
 *
 * <p>Segments are filled with zeros ahead, so a half-written tail is not the end of the file to
 * Ratis but a damaged entry, and it refuses to start for good. A sector that still holds the zeros
 * it was prepared with never reached the disk: the write it belongs to was not finished, so it was
 * not acknowledged, nor anything after it. All other damage is left to Ratis' refusal; above all a
 * length that was flipped, by which an entry seems to reach into the zeros at the end.
 */
final class TornTail {
  private static final Logger LOG = LoggerFactory.getLogger(TornTail.class);
  private static final int HEADER = 8;
  private static final int CHECKSUM = 4;
  private static final int SECTOR = 512;
  private static final int LARGEST_ENTRY = 64 << 20;

  /** Larger ones are not looked for behind a damage: it would take too long. */
  private static final int LARGEST_SOUGHT = 64 << 10;

  /** So much of a sector is hardly ever zero where something was written to its end. */
  private static final int SECTOR_END = 4;

  private final byte[] bytes;

  private TornTail(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Repairs the open segments of all groups. */
  static void repair(Path groups, DurableFiles sync) throws IOException {
    if (!Files.isDirectory(groups)) {
      return;
    }
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(groups)) {
      for (Path group : folders) {
        Path current = group.resolve("current");
        if (Files.isDirectory(current)) {
          repairGroup(current, sync);
        }
      }
    }
  }

  private static void repairGroup(Path current, DurableFiles sync) throws IOException {
    try (DirectoryStream<Path> segments = Files.newDirectoryStream(current, "log_inprogress_*")) {
      for (Path segment : segments) {
        repairSegment(segment, sync);
      }
    }
  }

  private static void repairSegment(Path segment, DurableFiles sync) throws IOException {
    byte[] content = Files.readAllBytes(segment);
    int end = new TornTail(content).tornAt();
    if (end < 0) {
      return;
    }
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      channel.truncate(end);
    }
    sync.file(segment);
    LOG.warn(
        "cut off a torn write that was never acknowledged segment={} offset={} bytes={}",
        segment,
        end,
        content.length - end);
  }

  /**
   * Where the torn write begins; negative if nothing is torn, or if it is damage of another kind.
   */
  private int tornAt() {
    if (bytes.length < HEADER) {
      return -1;
    }
    int at = HEADER;
    while (at < bytes.length) {
      int next = endOfEntry(at);
      if (next < 0) {
        return isUnwritten(at) ? at : -1;
      }
      if (next == at) {
        // An entry is never empty: its length is zero only where nothing was written.
        return isZero(at, bytes.length) ? -1 : unwrittenFrom(at);
      }
      at = next;
    }
    return -1;
  }

  /** Where the first entry that is not what was written begins; negative if there is none. */
  static int damagedAt(byte[] segment) {
    TornTail tail = new TornTail(segment);
    int at = Math.min(HEADER, segment.length);
    while (at < segment.length) {
      int next = tail.endOfEntry(at);
      if (next <= at) {
        return next == at && tail.isZero(at, segment.length) ? -1 : at;
      }
      at = next;
    }
    return segment.length < HEADER ? 0 : -1;
  }

  /** Zeros at the begin of an entry with something behind them: the first sector is missing. */
  private int unwrittenFrom(int at) {
    int sectorEnd = Math.min(bytes.length, (at / SECTOR + 1) * SECTOR);
    return isZero(at, sectorEnd) ? at : -1;
  }

  /** The end of a sound entry; {@code at} itself where its length is zero; negative if damaged. */
  private int endOfEntry(int at) {
    long length = 0;
    int position = at;
    for (int shift = 0; ; shift += 7) {
      if (position >= bytes.length || shift > 28) {
        return -1;
      }
      byte next = bytes[position++];
      length |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        break;
      }
    }
    if (length == 0) {
      return at;
    }
    long end = position + length;
    if (length > LARGEST_ENTRY || end + CHECKSUM > bytes.length) {
      return -1;
    }
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, at, (int) end - at);
    int stored = ByteBuffer.wrap(bytes).getInt((int) end);
    return stored == (int) checksum.getValue() ? (int) end + CHECKSUM : -1;
  }

  /** Whether a whole sector of the damaged entry is as it was prepared. */
  private boolean isUnwritten(int at) {
    int end = claimedEnd(at);
    int written = bytes.length;
    while (written > at && bytes[written - 1] == 0) {
      written--;
    }
    int first = (at + SECTOR - 1) / SECTOR * SECTOR;
    for (int sector = first; sector < Math.max(end, written); sector += SECTOR) {
      if (isZero(sector, Math.min(sector + SECTOR, bytes.length))) {
        return endsAtSector(sector, written) && !holdsSoundEntry(at, Math.min(end, written));
      }
    }
    return false;
  }

  /**
   * Whether what was written goes on to the end of its last sector, or beyond the missing one: else
   * the entry ended there, and its length is wrong.
   */
  private boolean endsAtSector(int missing, int written) {
    return written > missing || !isZero(Math.max(0, missing - SECTOR_END), missing);
  }

  /** An entry has no other ones in it; one whose length is wrong seems to. */
  private boolean holdsSoundEntry(int at, int end) {
    for (int inside = at + 1; inside < end; inside++) {
      int claimed = claimedEnd(inside);
      if (bytes[inside] != 0 && claimed <= end && claimed - inside <= LARGEST_SOUGHT) {
        if (endOfEntry(inside) == claimed) {
          return true;
        }
      }
    }
    return false;
  }

  /** Where the entry would end by its length. */
  private int claimedEnd(int at) {
    long length = 0;
    int position = at;
    for (int shift = 0; shift <= 28 && position < bytes.length; shift += 7) {
      byte next = bytes[position++];
      length |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        break;
      }
    }
    return (int) Math.min(bytes.length, position + length + CHECKSUM);
  }

  private boolean isZero(int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
