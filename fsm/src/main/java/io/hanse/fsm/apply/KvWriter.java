package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.Session;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Kv;
import io.hanse.fsm.view.Sessions;
import io.hanse.fsm.view.Tables;
import java.util.Optional;

/**
 * Writes keys, and keeps their locks: a key is held by at most one session, and only by one that
 * lives. A write that changes nothing takes no index, as in Consul.
 */
final class KvWriter {
  private final Transaction rows;
  private final LockDelays delays;

  KvWriter(Transaction rows) {
    this.rows = rows;
    delays = new LockDelays(rows);
  }

  private Optional<KvEntry> stored(String key) {
    return Tables.KV.get(rows, Keys.kv(key));
  }

  private static long version(Optional<KvEntry> stored) {
    return stored.map(entry -> entry.getRaftIndex().getModifyIndex()).orElse(0L);
  }

  /** Whoever holds the key keeps it. */
  void set(KvEntry entry) {
    KvEntry.Builder builder = entry.toBuilder().clearLockIndex().clearSession();
    stored(entry.getKey())
        .ifPresent(old -> builder.setLockIndex(old.getLockIndex()).setSession(old.getSession()));
    Tables.KV.put(rows, builder.build());
  }

  /** The index is that of the last change; 0: only where there is no such key. */
  boolean setIfAt(long index, KvEntry entry) {
    if (version(stored(entry.getKey())) != index) {
      return false;
    }
    set(entry);
    return true;
  }

  void delete(String key) {
    Tables.KV.remove(rows, Keys.kv(key));
  }

  /** What is not there is deleted, whatever index was expected. */
  boolean deleteIfAt(long index, String key) {
    Optional<KvEntry> stored = stored(key);
    if (stored.isPresent() && version(stored) != index) {
      return false;
    }
    delete(key);
    return true;
  }

  void deleteTree(String prefix) {
    new Kv(rows).keys(prefix, "").forEach(this::delete);
  }

  /** Whether the end of a session keeps everybody from locking the key for a while. */
  boolean isDelayed(String key) {
    return delays.holds(key);
  }

  /** Takes the key for the session that the entry names, or writes to it if that holds it. */
  boolean lock(KvEntry entry) {
    requireSession(entry);
    Session session =
        new Sessions(rows)
            .session(entry.getSession())
            .orElseThrow(() -> invalid("invalid session " + Quoted.of(entry.getSession())));
    if (isDelayed(entry.getKey())) {
      return false;
    }
    Optional<KvEntry> stored = stored(entry.getKey());
    String holder = stored.map(KvEntry::getSession).orElse("");
    if (!holder.isEmpty() && !holder.equals(session.getId())) {
      return false;
    }
    long locks = stored.map(KvEntry::getLockIndex).orElse(0L);
    Tables.KV.put(
        rows,
        entry.toBuilder()
            .setSession(session.getId())
            .setLockIndex(holder.isEmpty() ? locks + 1 : locks)
            .build());
    return true;
  }

  /** Writes to the key and gives it back, if the session that the entry names holds it. */
  boolean unlock(KvEntry entry) {
    requireSession(entry);
    Optional<KvEntry> stored = stored(entry.getKey());
    if (stored.isEmpty() || !stored.get().getSession().equalsIgnoreCase(entry.getSession())) {
      return false;
    }
    Tables.KV.put(
        rows, entry.toBuilder().clearSession().setLockIndex(stored.get().getLockIndex()).build());
    return true;
  }

  private static void requireSession(KvEntry entry) {
    if (entry.getSession().isEmpty()) {
      throw invalid("missing session");
    }
  }

  /** What a session held when it ended: released or deleted, and out of reach for a while. */
  void end(Session session, long delayMillis) {
    for (KvEntry held : new Kv(rows).heldBy(session.getId())) {
      if (session.getBehavior().equals(SessionWriter.DELETE)) {
        delete(held.getKey());
      } else {
        Tables.KV.put(rows, held.toBuilder().clearSession().build());
      }
      if (delayMillis > 0) {
        delays.begin(held.getKey(), delayMillis);
      }
    }
  }
}
