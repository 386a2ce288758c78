package io.hanse.fsm.config;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gathers what is wrong with one thing and says all of it at once, laid out as Consul's multi-error
 * is: clients show the text as it comes.
 */
final class Findings {
  private final List<String> texts = new ArrayList<>();

  void add(String text) {
    texts.add(text);
  }

  void addIf(boolean wrong, String text) {
    if (wrong) {
      texts.add(text);
    }
  }

  /** The text of all, if there is any. */
  Optional<String> text() {
    if (texts.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder all =
        new StringBuilder(
            texts.size() == 1 ? "1 error occurred:\n" : texts.size() + " errors occurred:\n");
    for (String text : texts) {
      all.append("\t* ").append(text).append('\n');
    }
    return Optional.of(all.append('\n').toString());
  }

  void throwIfAny() {
    text()
        .ifPresent(
            text -> {
              throw invalid(text);
            });
  }

  static ProblemException invalid(String text) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, text);
  }
}
