package io.hanse.http.endpoints;

import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.HttpProblem;
import java.util.concurrent.CompletableFuture;

/** Submits commands and words their results. */
final class Writes {
  private final CommandSubmitter submitter;

  Writes(CommandSubmitter submitter) {
    this.submitter = submitter;
  }

  CompletableFuture<CommandResult> submit(Command command) {
    return submitter.submit(command);
  }

  /** Answers whether it took place. */
  CompletableFuture<Answer> answerDone(Command command) {
    return submit(command).thenApply(result -> Answer.json(result.getDone()));
  }

  /** Reads an unsigned number of the query, as Go does. */
  static long number(String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw HttpProblem.internal("strconv.ParseUint: parsing \"" + text + "\": invalid syntax");
    }
  }
}
