package io.hanse.http.endpoints;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Handler;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.GoDuration;
import io.hanse.http.json.JsonProblem;
import io.hanse.identity.CaPlan;
import io.hanse.identity.CaService;
import io.hanse.identity.RootKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** {@code PUT /v1/connect/ca/configuration}: judges a configuration of the authority. */
final class CaConfigurationEndpoint implements Handler {
  private static final Duration LEAF_MIN = Duration.ofHours(1);
  private static final Duration LEAF_MAX = Duration.ofDays(365);
  private static final Duration LEAF_DEFAULT = Duration.ofDays(3);

  /** Intermediates are looked at every hour, and renewed at half of their life. */
  private static final Duration INTERMEDIATE_MIN = Duration.ofHours(3);

  private static final Duration INTERMEDIATE_DEFAULT = Duration.ofDays(365);
  private static final Duration ROOT_DEFAULT = Duration.ofDays(3650);
  private static final int PER_LEAF = 3;

  private final StateReader reader;
  private final CaService authority;

  CaConfigurationEndpoint(StateReader reader, CaService authority) {
    this.reader = reader;
    this.authority = authority;
  }

  @Override
  public CompletableFuture<Answer> handle(Call call) {
    CaConfiguration wanted = Bodies.agent(call, CaConfiguration.newBuilder()).build();
    if (wanted.getStateCount() > 0 && !wanted.getStateMap().equals(storedState())) {
      throw HttpProblem.badRequest(
          "Provider State is read-only. It must be omitted or identical to the current value");
    }
    return authority.configure(plan(wanted)).thenApply(done -> Answer.ok());
  }

  private Map<String, String> storedState() {
    try (View view = reader.view()) {
      return new Ca(view).configuration().map(CaConfiguration::getStateMap).orElse(Map.of());
    }
  }

  private static CaPlan plan(CaConfiguration wanted) {
    if (!wanted.getProvider().equals("consul")) {
      boolean isKnown = List.of("vault", "aws-pca").contains(wanted.getProvider());
      throw HttpProblem.internal(
          "could not initialize provider: "
              + (isKnown
                  ? "CA provider \"" + wanted.getProvider() + "\" is not supported by Hanse"
                  : "unknown CA provider \"" + wanted.getProvider() + "\""));
    }
    try {
      Durations durations = new Durations(wanted.getConfig());
      Duration leaf = durations.read("LeafCertTTL", LEAF_DEFAULT);
      Duration root = durations.read("RootCertTTL", ROOT_DEFAULT);
      Duration intermediate = durations.read("IntermediateCertTTL", INTERMEDIATE_DEFAULT);
      durations.throwIfWrong();
      check(leaf, intermediate, root);
      RootKey key = RootKey.of(wanted.getConfig());
      key.check();
      return new CaPlan(
          wanted.toBuilder()
              .setLeafTtl(com.google.protobuf.Duration.newBuilder().setSeconds(leaf.toSeconds()))
              .build(),
          key,
          root);
    } catch (ProblemException | JsonProblem e) {
      throw HttpProblem.internal("error configuring provider: " + e.getMessage());
    }
  }

  private static void check(Duration leaf, Duration intermediate, Duration root) {
    if (root.compareTo(intermediate) < 0) {
      throw new JsonProblem(
          "root cert TTL is set and is not greater than intermediate cert ttl. root cert ttl: "
              + GoDuration.format(root)
              + ", intermediate cert ttl: "
              + GoDuration.format(intermediate));
    }
    if (leaf.compareTo(LEAF_MIN) < 0) {
      throw new JsonProblem(
          "leaf cert TTL must be greater or equal than " + GoDuration.format(LEAF_MIN));
    }
    if (leaf.compareTo(LEAF_MAX) > 0) {
      throw new JsonProblem("leaf cert TTL must be less than " + GoDuration.format(LEAF_MAX));
    }
    if (intermediate.compareTo(INTERMEDIATE_MIN) < 0) {
      throw new JsonProblem("Intermediate Cert TTL must be greater or equal than 3h");
    }
    if (intermediate.compareTo(leaf.multipliedBy(PER_LEAF)) < 0) {
      throw new JsonProblem(
          "Intermediate Cert TTL must be greater or equal than 3 * LeafCertTTL (>="
              + GoDuration.format(leaf.multipliedBy(PER_LEAF))
              + ").");
    }
  }

  /** Durations of the free form; what is wrong with them is said at once. */
  private static final class Durations {
    private final Struct config;
    private final List<String> wrong = new ArrayList<>();

    Durations(Struct config) {
      this.config = config;
    }

    Duration read(String name, Duration absent) {
      Value value =
          config.getFieldsMap().entrySet().stream()
              .filter(field -> field.getKey().equalsIgnoreCase(name))
              .map(Map.Entry::getValue)
              .findFirst()
              .orElse(Value.getDefaultInstance());
      switch (value.getKindCase()) {
        case STRING_VALUE -> {
          try {
            return GoDuration.parse(value.getStringValue());
          } catch (JsonProblem e) {
            wrong.add("error decoding '" + name + "': " + e.getMessage());
            return absent;
          }
        }
        case NUMBER_VALUE -> {
          return Duration.ofNanos((long) value.getNumberValue());
        }
        case KIND_NOT_SET, NULL_VALUE -> {
          return absent;
        }
        default -> {
          wrong.add("'" + name + "' is not a duration");
          return absent;
        }
      }
    }

    void throwIfWrong() {
      if (!wrong.isEmpty()) {
        throw new JsonProblem(
            "error decoding config: "
                + wrong.size()
                + " error(s) decoding:\n\n* "
                + String.join("\n* ", wrong));
      }
    }
  }
}
