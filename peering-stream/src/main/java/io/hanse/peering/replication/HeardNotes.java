package io.hanse.peering.replication;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.SystemRecord;
import io.hanse.fsm.row.WriteSystemRecord;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.SystemRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves word in the log of when each peer was heard last, and finds the word that an earlier
 * leader left. It is written when a peer is heard, at most once in a sixth of the shortest bound:
 * so what a new leader finds is at most that much older than the truth. Used on one loop only.
 *
 * <p>The times are log time. Clocks of servers differ, and one that jumps would make a peer look
 * silent for hours, or heard in the future. Log time never goes back, and runs on from leader to
 * leader at the pace of a clock. Where nobody led, it takes the new leader's clock for how long
 * that was: if this one is behind, a time without a leader may not count; if it is ahead, peers
 * that are not heard are withdrawn after the grace of a new leader. This class reads log time
 * wherever an own entry has just brought it up to date, and counts on from there.
 *
 * <p>System records carry it because every version knows how to keep them: no server that is still
 * to be upgraded stops at it, or keeps something else than the others. What a leader that was
 * replaced writes late is true as well, and older by seconds only.
 */
final class HeardNotes {
  private static final Logger LOG = LoggerFactory.getLogger(HeardNotes.class);
  private static final String KEY = "peers-heard-";
  private static final int PARTS_OF_BOUND = 6;

  private final Loop loop;
  private final LogWriter writer;
  private final StateReader state;
  private final StreamStatuses statuses;

  /** As it stands in the log. */
  private SortedMap<String, Long> noted = new TreeMap<>();

  /** When, by this server's clock, peers had been heard at the time of the last note. */
  private Map<String, Long> notedHeardMillis = Map.of();

  private int records;
  private long logMillis;
  private long logReadMillis;
  private long noteMillis;
  private boolean writing;

  /** Reads what was left. */
  HeardNotes(Loop loop, LogWriter writer, StateReader state, StreamStatuses statuses) {
    this.loop = loop;
    this.writer = writer;
    this.state = state;
    this.statuses = statuses;
    logReadMillis = loop.nowMillis();
    // A peer may stand in two records, where one was written and the other not any more.
    try (View view = state.view()) {
      // Where the log goes on, as whoever stamps its entries has it.
      logMillis = Math.max(view.timeMillis(), loop.nowMillis());
      for (SystemRecord record : new SystemRecords(view).all()) {
        if (record.getKey().startsWith(KEY)) {
          records++;
          timesIn(record.getValue()).forEach((id, millis) -> noted.merge(id, millis, Math::max));
        }
      }
    }
  }

  private long logNow() {
    return logMillis + loop.nowMillis() - logReadMillis;
  }

  /** For how long peers were not heard, as far as earlier leaders knew; by the ids of peerings. */
  SortedMap<String, Long> silences() {
    SortedMap<String, Long> silences = new TreeMap<>();
    noted.forEach((id, millis) -> silences.put(id, Math.max(0, logNow() - millis)));
    return silences;
  }

  /**
   * Writes if there is news, and the last note is not too young.
   *
   * @param boundMillis of the peerings whose silence matters, by id
   */
  void look(Map<String, Long> boundMillis) {
    long pause = boundMillis.values().stream().mapToLong(each -> each).min().orElse(0);
    boolean isDue = loop.nowMillis() - noteMillis >= pause / PARTS_OF_BOUND;
    if (!writing && isDue && isNews(boundMillis)) {
      write(boundMillis);
    }
  }

  private boolean isNews(Map<String, Long> minded) {
    return !minded.keySet().containsAll(noted.keySet())
        || minded.keySet().stream()
            .anyMatch(id -> heardMillis(id) > notedHeardMillis.getOrDefault(id, 0L));
  }

  private long heardMillis(String id) {
    return statuses.status(id).getLastHeardMillis();
  }

  private void write(Map<String, Long> minded) {
    SortedMap<String, Long> times = new TreeMap<>();
    Map<String, Long> heard = new TreeMap<>();
    for (String id : minded.keySet()) {
      OptionalLong silence =
          statuses.isHeard(id) ? statuses.silenceMillis(id) : OptionalLong.empty();
      if (silence.isPresent()) {
        times.put(id, logNow() - silence.getAsLong());
        heard.put(id, heardMillis(id));
      } else if (noted.containsKey(id)) {
        times.put(id, noted.get(id));
      }
    }
    List<String> values = valuesOf(times);
    List<CompletableFuture<CommandResult>> all = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      all.add(writer.submit(command(i, values.get(i))));
    }
    for (int i = values.size(); i < records; i++) {
      all.add(writer.submit(command(i, "")));
    }
    writing = true;
    noteMillis = loop.nowMillis();
    CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]))
        .whenComplete(
            (done, failure) -> {
              writing = false;
              if (failure != null) {
                LOG.warn(
                    "not noted when peers were heard, trying again later cause={}",
                    LogWriter.messageOf(failure));
                return;
              }
              noted = times;
              notedHeardMillis = heard;
              records = values.size();
              readLogTime();
            });
  }

  private void readLogTime() {
    logReadMillis = loop.nowMillis();
    try (View view = state.view()) {
      logMillis = view.timeMillis();
    }
  }

  private static Command command(int number, String value) {
    return Command.newBuilder()
        .setWriteSystemRecord(
            WriteSystemRecord.newBuilder()
                .setRecord(SystemRecord.newBuilder().setKey(KEY + number).setValue(value))
                .setDelete(value.isEmpty()))
        .build();
  }

  /** As lines of an id and a time, as many to a record as fit. */
  private static List<String> valuesOf(SortedMap<String, Long> times) {
    List<String> values = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    for (Map.Entry<String, Long> time : times.entrySet()) {
      String line = time.getKey() + ' ' + time.getValue() + '\n';
      if (value.length() + line.length() > SystemRecords.VALUE_LENGTH_MAX) {
        values.add(value.toString());
        value.setLength(0);
      }
      value.append(line);
    }
    if (value.length() > 0) {
      values.add(value.toString());
    }
    return values;
  }

  /** A line that is none says nothing. */
  private static Map<String, Long> timesIn(String value) {
    Map<String, Long> times = new TreeMap<>();
    for (String line : value.lines().toList()) {
      int end = line.indexOf(' ');
      try {
        times.put(line.substring(0, Math.max(0, end)), Long.parseLong(line.substring(end + 1)));
      } catch (NumberFormatException e) {
        LOG.warn("a note of when a peer was heard is not readable");
      }
    }
    return times;
  }
}
