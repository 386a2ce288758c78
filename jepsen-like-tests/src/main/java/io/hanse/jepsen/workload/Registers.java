package io.hanse.jepsen.workload;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a register is kept in the key-value store. */
enum Registers {
  /** Under one key. */
  KEY {
    @Override
    Optional<Version> read(Api api, String key) throws InterruptedException {
      Api.Answer answer = api.get("/v1/kv/" + key + "?consistent");
      if (answer.status() == 404) {
        return Optional.of(ABSENT);
      }
      return answer.isOk() ? Optional.of(only(answer)) : Optional.empty();
    }

    @Override
    Outcome write(Api api, String key, String value) throws InterruptedException {
      return outcome(api.put("/v1/kv/" + key, value));
    }

    @Override
    Outcome compareAndSet(Api api, String key, long index, String value)
        throws InterruptedException {
      return outcome(api.put("/v1/kv/" + key + "?cas=" + index, value));
    }

    private Version only(Api.Answer answer) {
      return new Version(answer.text(), answer.number("ModifyIndex"));
    }

    private Outcome outcome(Api.Answer answer) {
      return switch (answer.outcome()) {
        case UNKNOWN -> Outcome.UNKNOWN;
        case NOT_DONE -> Outcome.NOT_DONE;
        case ANSWERED -> {
          if (answer.status() != 200) {
            yield Outcome.NOT_DONE;
          }
          yield answer.body().strip().equals("true") ? Outcome.DONE : Outcome.REFUSED;
        }
      };
    }
  },

  /**
   * Under two keys that are only ever written and read together, by transactions. Two values that
   * differ are a value that nobody wrote.
   */
  PAIR {
    @Override
    Optional<Version> read(Api api, String key) throws InterruptedException {
      String get = "{\"KV\":{\"Verb\":\"get-or-empty\",\"Key\":\"%s\"}}";
      Api.Answer answer = api.put("/v1/txn?consistent", both(get, key));
      if (!answer.isOk()) {
        return Optional.empty();
      }
      List<String> values = answer.values("Value").stream().map(Api::decode).toList();
      if (!values.get(0).equals(values.get(1))) {
        return Optional.of(new Version("torn: " + values, 0));
      }
      long index = answer.number("ModifyIndex");
      return Optional.of(index == 0 ? ABSENT : new Version(values.get(0), index));
    }

    @Override
    Outcome write(Api api, String key, String value) throws InterruptedException {
      String set =
          "{\"KV\":{\"Verb\":\"set\",\"Key\":\"%s\",\"Value\":\"" + Api.encode(value) + "\"}}";
      return outcome(api.put("/v1/txn", both(set, key)));
    }

    @Override
    Outcome compareAndSet(Api api, String key, long index, String value)
        throws InterruptedException {
      String cas =
          "{\"KV\":{\"Verb\":\"cas\",\"Key\":\"%s\",\"Index\":"
              + index
              + ",\"Value\":\""
              + Api.encode(value)
              + "\"}}";
      return outcome(api.put("/v1/txn", both(cas, key)));
    }

    private String both(String operation, String key) {
      return "[" + operation.formatted(key + "/a") + "," + operation.formatted(key + "/b") + "]";
    }

    private Outcome outcome(Api.Answer answer) {
      return switch (answer.outcome()) {
        case UNKNOWN -> Outcome.UNKNOWN;
        case NOT_DONE -> Outcome.NOT_DONE;
        case ANSWERED ->
            switch (answer.status()) {
              case 200 -> Outcome.DONE;
              case 409 -> Outcome.REFUSED;
              default -> Outcome.NOT_DONE;
            };
      };
    }
  };

  /** What became of a write. */
  enum Outcome {
    DONE,
    /** A compare-and-set met another version. */
    REFUSED,
    /** It surely did not happen. */
    NOT_DONE,
    UNKNOWN
  }

  /** A version of a register; no value and index 0 where there is none. */
  record Version(@Nullable String value, long index) {}

  private static final Version ABSENT = new Version(null, 0);

  /** Empty where no answer came: such a read says nothing. */
  abstract Optional<Version> read(Api api, String key) throws InterruptedException;

  abstract Outcome write(Api api, String key, String value) throws InterruptedException;

  abstract Outcome compareAndSet(Api api, String key, long index, String value)
      throws InterruptedException;
}
