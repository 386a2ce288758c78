package io.hanse.http.endpoints;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.ProblemResponses;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Submits commands and words their results. */
final class Writes {
  private final CommandSubmitter submitter;

  Writes(CommandSubmitter submitter) {
    this.submitter = submitter;
  }

  CompletableFuture<CommandResult> submit(Command command) {
    return submitter.submit(command);
  }

  /** The same; what the state refuses is told with words in front. */
  CompletableFuture<CommandResult> submit(Command command, String words) {
    return submitter
        .submit(command)
        .exceptionally(
            failure -> {
              throw ProblemResponses.unwrap(failure) instanceof ProblemException problem
                      && problem.code() == ProblemCode.INVALID_ARGUMENT
                  ? new ProblemException(problem.code(), words + problem.getMessage())
                  : new CompletionException(failure);
            });
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
