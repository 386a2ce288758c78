package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.conflict;
import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.precondition;

import io.hanse.fsm.row.AbandonRestore;
import io.hanse.fsm.row.BeginRestore;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.CompleteRestore;
import io.hanse.fsm.row.Restore;
import io.hanse.fsm.row.StageRestore;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Restoration;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Counters;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Tables;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * Restores: the parts of a snapshot are staged in a table of their own, then one command makes the
 * whole of it the state, at the same index on every server.
 */
final class RestoreApplier {
  /** Whoever brings a restore and is silent for so long has given it up. */
  private static final long IDLE_MILLIS_MIN = 60_000;

  /** What was staged later than so long before is not noted: it would be one more write each. */
  private static final long NOTED_EVERY_MILLIS = 5_000;

  /** Parts read with one that comes: those may be out of order that are under way together. */
  private static final int READ_WITH_PART_MAX = 4;

  private static final int UNPACK_BUFFER_BYTES = 64 << 10;

  private RestoreApplier() {}

  static Applied begin(ApplyContext context, BeginRestore command) {
    Transaction rows = context.rows();
    if (command.getId().isEmpty()) {
      throw invalid("a restore needs an id");
    }
    RestoreBounds.require(command.getSnapshotBytes(), command.getChunks());
    Optional<Restore> other = underWay(rows).filter(restore -> !isOf(restore, command.getId()));
    if (other.isPresent()) {
      if (other.get().getLastStagedMillis() > context.timeMillis() - IDLE_MILLIS_MIN) {
        throw conflict("another restore is under way; try again when it is over");
      }
      drop(rows);
    }
    Tables.RESTORES.put(
        rows,
        Restore.newBuilder()
            .setId(command.getId())
            .setSnapshotBytes(command.getSnapshotBytes())
            .setChunks(command.getChunks())
            .setLastStagedMillis(context.timeMillis())
            .build());
    return Applied.DONE;
  }

  static Applied stage(ApplyContext context, StageRestore command) {
    Transaction rows = context.rows();
    Restore restore = require(rows, command.getId());
    if (Integer.compareUnsigned(command.getNumber(), restore.getChunks()) >= 0) {
      throw invalid("the restore has " + restore.getChunks() + " parts, none is of this number");
    }
    if (command.getContent().isEmpty()
        || command.getContent().size() > RestoreBounds.CHUNK_BYTES_MAX) {
      throw invalid("a part of a restore has 1 to " + RestoreBounds.CHUNK_BYTES_MAX + " bytes");
    }
    Key key = Keys.restoreChunk(command.getNumber());
    byte[] content = command.getContent().toByteArray();
    byte[] before = rows.get(TableId.RESTORE_CHUNKS, key);
    rows.put(TableId.RESTORE_CHUNKS, key, content, context.index());
    Restoration building = building(rows, restore);
    if (before != null && !Arrays.equals(before, content)) {
      building.changed(command.getNumber());
    }
    advance(rows, building, READ_WITH_PART_MAX);
    if (context.timeMillis() - restore.getLastStagedMillis() >= NOTED_EVERY_MILLIS) {
      Tables.RESTORES.put(
          rows, restore.toBuilder().setLastStagedMillis(context.timeMillis()).build());
    }
    return Applied.DONE;
  }

  static Applied complete(ApplyContext context, CompleteRestore command) {
    Transaction rows = context.rows();
    Restore restore = require(rows, command.getId());
    int staged = rows.size(TableId.RESTORE_CHUNKS);
    if (staged != restore.getChunks()) {
      throw precondition(
          staged + " of the " + restore.getChunks() + " parts of the restore are there");
    }
    Optional<ClusterIdentity> identity = new Ca(rows).cluster();
    Map<Key, Long> counters = counters(rows);
    KeptSecrets secrets =
        command.getKeepsPeeringSecrets()
            ? KeptSecrets.of(rows, command.getKeepsPeerPlaces())
            : KeptSecrets.NONE;
    Restoration building = building(rows, restore);
    advance(rows, building, restore.getChunks());
    if (!command.getKeepsParts() || !building.take(rows, Tables.SCHEMA, restore.getChunks())) {
      building = readAll(rows, restore, command.getKeepsParts());
    }
    requireSameDatacenter(identity, new Ca(rows).cluster());
    counters(rows)
        .forEach((name, counter) -> counters.merge(name, counter, RestoreApplier::further));
    counters.forEach(
        (name, counter) ->
            rows.put(TableId.COUNTERS, name, Counters.row(counter), rows.publicIndex()));
    secrets.putBack(context);
    building.finish();
    return Applied.DONE;
  }

  private static Restoration building(Transaction rows, Restore restore) {
    return Restoration.of(rows, restore.getId(), restore.getSnapshotBytes());
  }

  /** What a part brings is read when it comes, so that little is left to the last command. */
  private static void advance(Transaction rows, Restoration building, int max) {
    building.advance(
        rows,
        Tables.SCHEMA,
        number -> rows.get(TableId.RESTORE_CHUNKS, Keys.restoreChunk(number)),
        max);
  }

  /** Reads on in a state that was loaded amid a restore, whose parts came before. */
  static void resume(Transaction rows) {
    underWay(rows)
        .ifPresent(restore -> advance(rows, building(rows, restore), restore.getChunks()));
  }

  private static Restoration readAll(Transaction rows, Restore restore, boolean keepsParts) {
    Staged staged = new Staged(rows, restore.getChunks());
    try (InputStream snapshot = new GZIPInputStream(staged, UNPACK_BUFFER_BYTES)) {
      return Restoration.run(
          rows,
          Tables.SCHEMA,
          snapshot,
          restore.getSnapshotBytes(),
          () -> staged.isCut = !keepsParts);
    } catch (IOException e) {
      // What the JDK says of it may differ between servers, and results are part of the state.
      throw invalid("the snapshot to restore cannot be unpacked: it is damaged or cut short");
    }
  }

  /** What was handed out since the archive was made is not handed out again. */
  private static Map<Key, Long> counters(Transaction rows) {
    Map<Key, Long> counters = new TreeMap<>();
    rows.scan(
        TableId.COUNTERS,
        Key.EMPTY,
        (name, row, index) -> {
          counters.put(name, Counters.number(row));
          return true;
        });
    return counters;
  }

  private static long further(long one, long other) {
    return Long.compareUnsigned(one, other) >= 0 ? one : other;
  }

  private static void requireSameDatacenter(
      Optional<ClusterIdentity> now, Optional<ClusterIdentity> restored) {
    if (now.isEmpty()) {
      return;
    }
    String datacenter = restored.map(ClusterIdentity::getDatacenter).orElse("");
    if (!datacenter.equals(now.get().getDatacenter())) {
      throw precondition(
          "the snapshot is of datacenter \""
              + datacenter
              + "\", and this one is \""
              + now.get().getDatacenter()
              + "\"");
    }
  }

  static Applied abandon(ApplyContext context, AbandonRestore command) {
    Transaction rows = context.rows();
    Optional<Restore> restore = underWay(rows);
    if (restore.isEmpty() || !(command.getId().isEmpty() || isOf(restore.get(), command.getId()))) {
      return Applied.NOT_DONE;
    }
    long idleSince = Math.min(command.getIdleSinceMillis(), context.timeMillis() - IDLE_MILLIS_MIN);
    if (command.getIdleSinceMillis() != 0 && restore.get().getLastStagedMillis() > idleSince) {
      return Applied.NOT_DONE;
    }
    drop(rows);
    return Applied.DONE;
  }

  private static void drop(Transaction rows) {
    List<Key> staged = new ArrayList<>();
    rows.scanKeys(TableId.RESTORE_CHUNKS, Key.EMPTY, Key.EMPTY, (key, index) -> staged.add(key));
    staged.forEach(key -> rows.remove(TableId.RESTORE_CHUNKS, key, rows.publicIndex()));
    Tables.RESTORES.remove(rows, Keys.ONLY);
    Restoration.drop(rows);
  }

  private static Optional<Restore> underWay(Transaction rows) {
    return Tables.RESTORES.get(rows, Keys.ONLY);
  }

  private static boolean isOf(Restore restore, String id) {
    return restore.getId().equals(id);
  }

  private static Restore require(Transaction rows, String id) {
    return underWay(rows)
        .filter(restore -> isOf(restore, id))
        .orElseThrow(() -> precondition("the restore is not under way any more: it was given up"));
  }

  /** The staged parts, one after the other. */
  private static final class Staged extends InputStream {
    private final Transaction rows;
    private final int count;
    private int next;
    private byte[] part = {};
    private int at;

    /** Whether those not read yet are gone: see {@code keeps_parts}. */
    private boolean isCut;

    Staged(Transaction rows, int count) {
      this.rows = rows;
      this.count = count;
    }

    private boolean isAtEnd() {
      while (at == part.length) {
        byte[] following =
            isCut || next == count
                ? null
                : rows.get(TableId.RESTORE_CHUNKS, Keys.restoreChunk(next++));
        if (following == null) {
          return true;
        }
        part = following;
        at = 0;
      }
      return false;
    }

    @Override
    public int read() {
      return isAtEnd() ? -1 : part[at++] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) {
      if (length == 0) {
        return 0;
      }
      if (isAtEnd()) {
        return -1;
      }
      int some = Math.min(length, part.length - at);
      System.arraycopy(part, at, into, from, some);
      at += some;
      return some;
    }

    @Override
    public int available() {
      return isAtEnd() ? 0 : part.length - at;
    }
  }
}
