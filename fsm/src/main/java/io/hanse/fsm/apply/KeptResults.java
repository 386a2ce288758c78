package io.hanse.fsm.apply;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.SubmittingClient;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What each client's commands came to, until the client says that it knows: so that a command that
 * is sent twice is applied once.
 *
 * <p>Made for one entry of the log, most of whose commands come from few clients: what they say of
 * the clients is written once for each, by {@link #finish}.
 */
final class KeptResults {
  /** The most sequences that one client may have open. */
  static final int RESULTS_MAX = 16_384;

  /** To note each use would cost a write per command. */
  private static final long USE_NOTED_EVERY_MILLIS = 60_000;

  private final Transaction rows;

  /** The client that was looked at last, as its row was then. */
  private Optional<SubmittingClient> known = Optional.empty();

  private long knownStamp;

  /**
   * What is not written yet of a client.
   *
   * @param index of the command that said it
   */
  private record Noted(SubmittingClient client, long ackedBelow, long index) {}

  private final Map<Long, Noted> noted = new TreeMap<>();

  KeptResults(Transaction rows) {
    this.rows = rows;
  }

  /** What to answer without applying the command; empty if it is to be applied. */
  Optional<CommandResult> answerTo(Entry entry) {
    Optional<SubmittingClient> client = client(entry);
    if (client.isEmpty()) {
      return problem(
          ProblemCode.COMMIT_UNKNOWN, "the client that sent the command is unknown or has expired");
    }
    long ackedBelow = ackedBelow(client.get(), entry);
    if (entry.getSequence() < ackedBelow) {
      return problem(
          ProblemCode.COMMIT_UNKNOWN,
          "the result of the command was acknowledged before and is forgotten");
    }
    byte[] kept =
        rows.get(TableId.CLIENT_RESULTS, Keys.clientResult(entry.getClient(), entry.getSequence()));
    if (kept != null) {
      return Optional.of(Stored.result(kept));
    }
    if (entry.getSequence() - ackedBelow >= RESULTS_MAX) {
      return problem(
          ProblemCode.OVERLOADED,
          "the client has " + RESULTS_MAX + " commands open whose results it did not acknowledge");
    }
    return Optional.empty();
  }

  private Optional<SubmittingClient> client(Entry entry) {
    Key key = Keys.client(entry.getClient());
    long stamp = rows.stamp(TableId.CLIENTS, key);
    if (stamp == 0) {
      return Optional.empty();
    }
    if (stamp != knownStamp) {
      known = Tables.CLIENTS.get(rows, key);
      knownStamp = stamp;
    }
    return known;
  }

  private long ackedBelow(SubmittingClient client, Entry entry) {
    Noted news = noted.get(client.getId());
    long before = news == null ? client.getAckedBelow() : news.ackedBelow;
    return Math.max(before, entry.getAckedBelow());
  }

  /** Keeps a result, and notes what the client knows by now, and that it lives. */
  void keep(Entry entry, CommandResult result) {
    Optional<SubmittingClient> client = client(entry);
    if (client.isEmpty()) {
      return; // It had not been heard of for long, and this command let it expire.
    }
    note(client.get(), entry);
    rows.put(
        TableId.CLIENT_RESULTS,
        Keys.clientResult(entry.getClient(), entry.getSequence()),
        result.toByteArray(),
        result.getIndex());
  }

  private void note(SubmittingClient client, Entry entry) {
    Noted news = noted.get(client.getId());
    long before = news == null ? client.getAckedBelow() : news.ackedBelow;
    long ackedBelow = Math.max(before, entry.getAckedBelow());
    boolean isIdle =
        news == null && rows.timeMillis() - client.getLastUsedMillis() >= USE_NOTED_EVERY_MILLIS;
    if (ackedBelow > before || isIdle) {
      noted.put(client.getId(), new Noted(client, ackedBelow, rows.publicIndex()));
    }
  }

  /**
   * Writes what was noted of clients, and drops the results that they know. At the end of the
   * entry, and before a command that looks at all clients; never within one, which may be taken
   * back.
   */
  void finish() {
    noted.forEach(
        (id, news) -> {
          if (news.ackedBelow > news.client.getAckedBelow()) {
            drop(news.client, news.ackedBelow);
          }
          SubmittingClient next =
              news.client.toBuilder()
                  .setAckedBelow(news.ackedBelow)
                  .setLastUsedMillis(rows.timeMillis())
                  .build();
          rows.put(TableId.CLIENTS, Keys.client(id), next.toByteArray(), news.index);
        });
    noted.clear();
  }

  void forget(SubmittingClient client) {
    drop(client, Long.MAX_VALUE);
    Tables.CLIENTS.remove(rows, Keys.client(client.getId()));
  }

  private void drop(SubmittingClient client, long below) {
    List<Key> known = new ArrayList<>();
    Key first = Keys.client(client.getId());
    Key end = Keys.clientResult(client.getId(), below);
    rows.scanKeys(
        TableId.CLIENT_RESULTS,
        first,
        first,
        (key, index) -> {
          if (key.compareTo(end) >= 0) {
            return false;
          }
          known.add(key);
          return true;
        });
    known.forEach(key -> rows.remove(TableId.CLIENT_RESULTS, key, rows.publicIndex()));
  }

  private Optional<CommandResult> problem(ProblemCode code, String message) {
    return Optional.of(
        CommandResult.newBuilder()
            .setIndex(rows.publicIndex())
            .setProblem(code.number())
            .setMessage(message)
            .build());
  }
}
