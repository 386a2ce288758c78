package io.hanse.conformance.replay;

import io.hanse.conformance.replay.Placeholders.Mismatch;
import io.hanse.http.RawClient;
import io.hanse.http.RawClient.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Replays one recording: sends its requests in order and compares the answers. */
public final class Replayer {
  /** What was recorded with a pause of 0.4 s is replayed with this one. */
  private static final long TRIGGER_AFTER_MILLIS = 150;

  /** Less than any recorded answer that came at once would have waited otherwise. */
  private static final long AT_ONCE_MILLIS_MAX = 4_000;

  private static final Pattern REPEATED = Pattern.compile("<(\\d+) times (.)>");
  private static final Pattern ELSEWHERE = Pattern.compile("on (alpha): (\\S+) (\\S+) (.*)$");
  private static final long POLL_MILLIS = 50;
  private static final long POLL_MAX_NANOS = TimeUnit.SECONDS.toNanos(20);

  /**
   * What came of it.
   *
   * @param replayed lines that were sent and compared
   * @param differences one text each
   */
  public record Outcome(int replayed, int skipped, List<String> differences) {}

  private final Recording recording;
  private final SkipList skips;
  private final Placeholders placeholders;
  private final Comparison comparison;
  private final Map<String, Subject> subjects = new TreeMap<>();

  /** How the indexes of rows are compared. */
  public enum Indexes {
    /** Equal where equal ones were recorded, newer where newer ones were. */
    STRICT,
    /** By their form: a whole agent writes more on its own, and at other moments. */
    LENIENT
  }

  private Replayer(Recording recording, SkipList skips, Indexes indexes) {
    this.recording = recording;
    this.skips = skips;
    placeholders = new Placeholders(indexes == Indexes.LENIENT);
    comparison = new Comparison(placeholders);
  }

  /** Starts the agents of a recording, replays it and stops them. */
  public static Outcome replay(
      Recording recording, SkipList skips, Indexes indexes, Subject.Factory agents) {
    Replayer replayer = new Replayer(recording, skips, indexes);
    try {
      for (Recording.Agent agent : recording.agents()) {
        replayer.add(agent, agents.start(agent, recording.isDev()));
      }
      return replayer.run();
    } finally {
      replayer.subjects.values().forEach(Subject::close);
    }
  }

  private void add(Recording.Agent agent, Subject subject) {
    subjects.put(agent.name(), subject);
    boolean isOnly = recording.agents().size() == 1;
    subject
        .ports()
        .forEach(
            (name, port) ->
                placeholders.bind(
                    "port", isOnly ? name : agent.name() + "." + name, port.toString()));
  }

  /** Of the present line only the status of the answer is compared. */
  private boolean ofBody;

  private Outcome run() {
    List<String> differences = new ArrayList<>();
    int replayed = 0;
    int skipped = 0;
    for (Map<?, ?> line : recording.lines()) {
      String name = String.valueOf(line.get("name"));
      Optional<String> reason = skips.reason(recording.name(), line);
      ofBody = reason.isPresent() && SkipList.isOfBody(reason.get());
      if (reason.isPresent() && !ofBody) {
        skipped++;
        continue;
      }
      replayed++;
      try {
        replay(line);
      } catch (Mismatch | UncheckedIOException e) {
        differences.add(recording.name() + " | " + name + " | " + e.getMessage());
      }
    }
    return new Outcome(replayed, skipped, differences);
  }

  private void replay(Map<?, ?> line) {
    Subject subject =
        line.containsKey("cluster")
            ? subjects.get(line.get("cluster").toString())
            : subjects.values().iterator().next();
    if ("operation".equals(line.get("kind"))) {
      // The only one that was recorded: the agent is killed.
      subject.close();
    } else if ("blocking".equals(line.get("kind"))) {
      replayBlocking(line, subject);
    } else if (Boolean.TRUE.equals(line.get("racy"))) {
      Map<?, ?> expected = (Map<?, ?>) line.get("response");
      compareStatus(expected, send(subject, line));
    } else if (Boolean.TRUE.equals(line.get("poll"))) {
      poll(line, subject);
    } else {
      compare(line, send(subject, line));
    }
  }

  private static void compareStatus(Map<?, ?> expected, Response actual) {
    if (!String.valueOf(actual.status()).equals(String.valueOf(expected.get("status")))) {
      throw new Mismatch("status " + actual.status());
    }
  }

  private void poll(Map<?, ?> line, Subject subject) {
    long deadline = System.nanoTime() + POLL_MAX_NANOS;
    while (true) {
      Map<String, String> saved = placeholders.save();
      try {
        compare(line, send(subject, line));
        return;
      } catch (Mismatch e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        placeholders.restore(saved);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
      }
    }
  }

  private void compare(Map<?, ?> line, Response actual) {
    Map<?, ?> expected = (Map<?, ?>) line.get("response");
    String path = ((Map<?, ?>) line.get("request")).get("path").toString();
    comparison.compare(expected, actual, path.startsWith("/v1/agent/"));
    if (line.containsKey("token_decoded")
        && expected.get("body") instanceof Map<?, ?>
        && JsonTree.parse(actual.text()) instanceof Map<?, ?> body
        && body.get("PeeringToken") instanceof String token) {
      String decoded = new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
      comparison.compareTree(line.get("token_decoded"), JsonTree.parse(decoded));
    }
  }

  private void replayBlocking(Map<?, ?> line, Subject subject) {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      CompletableFuture<Response> read =
          CompletableFuture.supplyAsync(() -> send(subject, line), thread);
      boolean comesAtOnce = "at-once".equals(line.get("returned"));
      boolean isAtOnce =
          isDoneWithin(read, comesAtOnce ? AT_ONCE_MILLIS_MAX : TRIGGER_AFTER_MILLIS);
      if (isAtOnce != comesAtOnce) {
        throw new Mismatch("expected " + line.get("returned") + ", answered at once: " + isAtOnce);
      }
      triggerElsewhere(String.valueOf(line.get("note")));
      for (Object trigger : (List<?>) line.get("trigger")) {
        compare((Map<?, ?>) trigger, send(subject, (Map<?, ?>) trigger));
      }
      Response response = read.join();
      if (ofBody) {
        compareStatus((Map<?, ?>) line.get("response"), response);
      } else {
        compare(line, response);
      }
    } finally {
      thread.shutdown();
    }
  }

  /** What wakes a read of imported things happens at the other cluster; the note says what. */
  private void triggerElsewhere(String note) {
    Matcher trigger = ELSEWHERE.matcher(note);
    if (!trigger.find()) {
      return;
    }
    try {
      RawClient.exchange(
          subjects.get(trigger.group(1)).http(),
          trigger.group(2),
          trigger.group(3),
          Map.of(),
          trigger.group(4).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isDoneWithin(CompletableFuture<Response> answer, long millis) {
    try {
      answer.get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (Exception e) {
      throw new Mismatch(String.valueOf(e));
    }
  }

  private Response send(Subject subject, Map<?, ?> line) {
    Map<?, ?> request = (Map<?, ?>) line.get("request");
    Map<String, String> headers = new TreeMap<>();
    if (request.get("headers") instanceof Map<?, ?> given) {
      given.forEach(
          (name, value) -> headers.put(name.toString(), placeholders.substitute(value.toString())));
    }
    try {
      return RawClient.exchange(
          subject.http(),
          request.get("method").toString(),
          shortened(placeholders.substitute(request.get("path").toString())),
          headers,
          bodyOf(request, line.get("token_decoded")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads that are to time out need not take as long as they did. */
  private static String shortened(String path) {
    return path.replace("wait=1s", "wait=500ms");
  }

  private byte @Nullable [] bodyOf(Map<?, ?> request, @Nullable Object token) {
    String text;
    if (request.containsKey("body")) {
      text = JsonTree.print(placeholders.substitute(request.get("body")));
      if (token != null) {
        String encoded =
            Base64.getEncoder()
                .encodeToString(
                    JsonTree.print(placeholders.substitute(token))
                        .getBytes(StandardCharsets.UTF_8));
        text = text.replace("<encoded:token_decoded>", encoded);
      }
    } else if (request.containsKey("body_text")) {
      text = repeated(placeholders.substitute(request.get("body_text").toString()));
    } else {
      return null;
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A long body is recorded as what it was made of: {@code <524289 times x>}. */
  private static String repeated(String text) {
    Matcher times = REPEATED.matcher(text);
    return times.matches() ? times.group(2).repeat(Integer.parseInt(times.group(1))) : text;
  }
}
