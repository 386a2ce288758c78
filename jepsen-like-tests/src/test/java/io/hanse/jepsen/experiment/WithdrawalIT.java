package io.hanse.jepsen.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hanse.jepsen.faults.PairFault;
import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.Distribution;
import io.hanse.jepsen.lab.Lab;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The link between real clusters goes deaf for longer than the policy's shortest bound: what is
 * imported is withdrawn and given back, once. It takes more than a minute, so it runs only where
 * {@code -Dhanse.peering.withdrawal=N} says how many servers each of the two has.
 */
class WithdrawalIT {
  private static final Duration BOUND = Duration.ofSeconds(45);

  /** For a decision, an entry of the log, and the look that sees it. */
  private static final Duration LATE_MAX = Duration.ofSeconds(2);

  private static final Duration EARLY_MAX = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration CALM = Duration.ofSeconds(10);
  private static final long POLL_NANOS = Duration.ofMillis(100).toNanos();
  private static final Pattern INSTANCE = Pattern.compile("\"ServiceID\":\"web\"|\"ID\":\"web\"");

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Look> looks = new ArrayList<>();
  private Cluster exporter;
  private Cluster importer;

  /** What a cluster says of its peering at a moment; times are its own. */
  private record Side(String state, Duration silence, Instant heard, String withdrawnSince) {}

  /** What both clusters, asked before and after, say, and what readers find in between. */
  private record Look(
      Side before, Side other, boolean isFound, long index, String gauge, Side after) {
    boolean isWithin(Duration silence) {
      return after.silence().compareTo(silence) < 0;
    }

    boolean isBeyond(Duration silence) {
      return before.silence().compareTo(silence) > 0;
    }
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldWithdrawAndGiveBackOnce() throws Exception {
    int size = Integer.getInteger("hanse.peering.withdrawal", 0);
    assumeTrue(size > 0, "left out: -Dhanse.peering.withdrawal=N lets N and N servers do it");
    try (Lab lab = Lab.open(folder, 2 * size)) {
      assumeTrue(lab.network().isPresent(), "left out: the network can't be cut");
      try (Cluster east = Cluster.start(Distribution.underTest(), folder, "east", lab, 0, size);
          Cluster west = Cluster.start(Distribution.underTest(), folder, "west", lab, size, size)) {
        exporter = east;
        importer = west;
        peer();
        lookUntil(look -> look.isFound() && isActive(look.after()) && isActive(look.other()));
        PairFault deaf =
            PairFault.draw(1, 1, east, west, lab.network(), false, BOUND, List.of("deaf: both"))
                .get(0);
        deaf.nemesis().begin(deaf.cluster());
        lookUntil(look -> look.isBeyond(BOUND.plus(LATE_MAX)) && isSilent(look.other()));
        assertThat(deaf.nemesis().isFelt(deaf.cluster())).isTrue();
        deaf.nemesis().end(deaf.cluster());
        lookUntil(look -> look.isFound() && isActive(look.after()) && isActive(look.other()));
        long end = System.nanoTime() + CALM.toNanos();
        lookUntil(look -> System.nanoTime() > end);
      }
    }
    judge();
  }

  private void judge() {
    while (!looks.get(0).isFound()) {
      looks.remove(0);
    }
    for (Look look : looks) {
      if (look.isWithin(BOUND.minus(EARLY_MAX))) {
        if (look.before().withdrawnSince().isEmpty()) {
          assertThat(look.isFound()).as("before its time: %s", look).isTrue();
        }
      } else if (look.isBeyond(BOUND.plus(LATE_MAX))) {
        assertThat(look.isFound()).as("after its time: %s", look).isFalse();
        assertThat(look.gauge()).isEqualTo("1");
        assertThat(isActive(look.after())).as("importer: %s", look).isFalse();
      }
      if (isSilent(look.other())) {
        assertThat(isActive(look.other())).as("exporter: %s", look).isFalse();
      }
      if (!look.before().withdrawnSince().isEmpty() && !look.after().withdrawnSince().isEmpty()) {
        assertThat(look.isFound()).as("withdrawn: %s", look).isFalse();
        assertThat(look.gauge()).isEqualTo("1");
      }
      if (look.before().withdrawnSince().isEmpty() && look.after().withdrawnSince().isEmpty()) {
        assertThat(look.isFound()).as("not withdrawn: %s", look).isTrue();
        assertThat(look.gauge()).isEqualTo("0");
      }
    }
    Look withdrawn =
        looks.stream().filter(each -> !each.after().withdrawnSince().isEmpty()).findFirst().get();
    assertThat(
            Duration.between(
                withdrawn.after().heard(), Instant.parse(withdrawn.after().withdrawnSince())))
        .isBetween(BOUND.minus(EARLY_MAX), BOUND.plus(LATE_MAX));
    assertThat(changes(looks.stream().map(Look::isFound).toList()))
        .containsExactly(true, false, true);
    assertThat(new TreeSet<>(looks.stream().map(Look::index).toList()))
        .as("withdrawn by one entry, given back by another")
        .hasSize(3);
    System.out.printf(
        "withdrawn after %s, found again %s after it was heard%n",
        Duration.between(
            withdrawn.after().heard(), Instant.parse(withdrawn.after().withdrawnSince())),
        looks.get(looks.size() - 1).before().silence());
  }

  /** Without those that equal the one before. */
  private static <T> List<T> changes(List<T> all) {
    List<T> changes = new ArrayList<>();
    for (T each : all) {
      if (changes.isEmpty() || !changes.get(changes.size() - 1).equals(each)) {
        changes.add(each);
      }
    }
    return changes;
  }

  private static boolean isActive(Side side) {
    return side.state().equals("ACTIVE");
  }

  private static boolean isSilent(Side side) {
    return side.silence().compareTo(BOUND.plus(LATE_MAX)) > 0;
  }

  private void peer() throws IOException, InterruptedException {
    URI east = exporter.servers().get(0).http();
    URI west = importer.servers().get(0).http();
    send(
        west,
        "PUT",
        "/v1/config",
        "{\"Kind\":\"peering\",\"Name\":\"east\",\"StaleAfter\":\"45s\",\"OnStale\":\"withdraw\"}");
    send(east, "PUT", "/v1/agent/service/register", "{\"Name\":\"web\",\"Port\":80}");
    send(
        east,
        "PUT",
        "/v1/config",
        "{\"Kind\":\"exported-services\",\"Name\":\"default\",\"Services\":[{\"Name\":\"web\","
            + "\"Consumers\":[{\"Peer\":\"west\"}]}]}");
    String token =
        field(send(east, "POST", "/v1/peering/token", "{\"PeerName\":\"west\"}"), "PeeringToken");
    send(
        west,
        "POST",
        "/v1/peering/establish",
        "{\"PeerName\":\"east\",\"PeeringToken\":\"" + token + "\"}");
  }

  private void lookUntil(Predicate<Look> wanted) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Look look = look();
    while (!wanted.test(look)) {
      assertThat(System.nanoTime()).as("%s", look).isLessThan(end);
      LockSupport.parkNanos(POLL_NANOS);
      look = look();
    }
  }

  private Look look() throws IOException, InterruptedException {
    Side before = side(importer, "east");
    Side other = side(exporter, "west");
    URI home = importer.servers().get(0).http();
    HttpResponse<String> health = exchange(home, "GET", "/v1/health/service/web?peer=east", "");
    String metrics =
        send(
            importer.leader().orElseThrow().http(),
            "GET",
            "/v1/agent/metrics?format=prometheus",
            "");
    Matcher gauge =
        Pattern.compile("(?m)^hanse_peering_withdrawn\\{[^}]*} (\\d)$").matcher(metrics);
    Look look =
        new Look(
            before,
            other,
            INSTANCE.matcher(health.body()).find(),
            health.headers().firstValueAsLong("X-Consul-Index").orElseThrow(),
            gauge.find() ? gauge.group(1) : "",
            side(importer, "east"));
    looks.add(look);
    return look;
  }

  private Side side(Cluster cluster, String peer) throws IOException, InterruptedException {
    String detail =
        send(cluster.servers().get(0).http(), "GET", "/v1/peering/" + peer + "?detail", "");
    String heard = field(detail, "LastConfirmed");
    return new Side(
        field(detail, "State"),
        duration(field(detail, "Silence")),
        heard.isEmpty() ? Instant.EPOCH : Instant.parse(heard),
        field(detail, "WithdrawnSince"));
  }

  /** In Go's notation, of minutes at most; what is less than a second is none. */
  private static Duration duration(String text) {
    Matcher span = Pattern.compile("(?:(\\d+)m)?([0-9.]+)s").matcher(text);
    if (!span.matches()) {
      return Duration.ZERO;
    }
    long minutes = span.group(1) == null ? 0 : Long.parseLong(span.group(1));
    long millis = Math.round(Double.parseDouble(span.group(2)) * 1_000);
    return Duration.ofMinutes(minutes).plusMillis(millis);
  }

  private static String field(String json, String name) {
    Matcher field = Pattern.compile("\"" + name + "\": ?\"([^\"]*)\"").matcher(json);
    return field.find() ? field.group(1) : "";
  }

  private String send(URI server, String method, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = exchange(server, method, path, body);
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
    return answer.body();
  }

  private HttpResponse<String> exchange(URI server, String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(Duration.ofSeconds(10))
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }
}
