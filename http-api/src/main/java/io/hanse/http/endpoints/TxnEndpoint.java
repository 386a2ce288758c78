package io.hanse.http.endpoints;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.port.StateReader.Freshness;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Transact;
import io.hanse.fsm.row.TransactionOperation;
import io.hanse.fsm.row.TransactionOutcome;
import io.hanse.fsm.view.TransactionReads;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Handler;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.JsonProblem;
import io.hanse.http.json.JsonWriter;
import io.hanse.http.json.MessageJson;
import io.hanse.http.query.Metadata;
import io.hanse.http.query.Reads;
import io.hanse.http.request.TxnExpectation;
import io.hanse.http.request.TxnOperation;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * {@code /v1/txn}: several operations, all or none. Those that only read are a read, at the level
 * asked for, and come to no log.
 */
public final class TxnEndpoint {
  private static final int OPERATIONS_MAX = 128;
  private static final int CONFLICT = 409;

  private final Writes writes;
  private final StateReader reader;
  private final String datacenter;

  TxnEndpoint(Writes writes, StateReader reader, String datacenter) {
    this.writes = writes;
    this.reader = reader;
    this.datacenter = datacenter;
  }

  public Handler over(Reads reads) {
    return call -> {
      TxnOperations operations = read(call.body());
      return operations.hasWrites() ? write(operations) : read(call, operations, reads);
    };
  }

  private TxnOperations read(byte[] body) {
    try {
      List<TxnOperation> said =
          MessageJson.readList(body, TxnOperation::newBuilder).stream()
              .map(TxnOperation.Builder::build)
              .toList();
      if (said.size() > OPERATIONS_MAX) {
        throw new HttpProblem(
            413,
            "Transaction contains too many operations ("
                + said.size()
                + " > "
                + OPERATIONS_MAX
                + ")");
      }
      List<TxnExpectation> expected =
          MessageJson.readListWeakly(body, TxnExpectation::newBuilder).stream()
              .map(TxnExpectation.Builder::build)
              .toList();
      return TxnOperations.of(said, expected, datacenter);
    } catch (JsonProblem e) {
      throw HttpProblem.badRequest("Failed to parse body: " + e.getMessage());
    }
  }

  private CompletableFuture<Answer> write(TxnOperations operations) {
    if (operations.flaws().isPresent()) {
      return CompletableFuture.completedFuture(answer(operations.flaws().get()));
    }
    Transact.Builder transact = Transact.newBuilder().addAllOperations(operations.operations());
    return writes
        .submit(Command.newBuilder().setTransact(transact).build())
        .thenApply(result -> answer(outcomeOf(result)));
  }

  private static TransactionOutcome outcomeOf(CommandResult result) {
    try {
      return TransactionOutcome.parseFrom(result.getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(
          ProblemCode.DECODE_FAILED, "the outcome of a transaction cannot be read", e);
    }
  }

  private static Answer answer(TransactionOutcome outcome) {
    return Answer.json(status(outcome), out -> outcome(out.beginObject(), outcome).endObject());
  }

  private CompletableFuture<Answer> read(Call call, TxnOperations operations, Reads reads) {
    if (operations.flaws().isPresent()) {
      Answer answer =
          answer(operations.flaws().get(), 0, new Freshness(false, 0))
              .with(Metadata.WITHOUT_INDEX.headersUnread());
      return CompletableFuture.completedFuture(answer);
    }
    List<TransactionOperation> all = operations.operations();
    return reads
        .once(
            Metadata.WITHOUT_INDEX,
            (same, view) -> answer(new TransactionReads(view).answer(all), 1, reader.freshness()))
        .handle(call);
  }

  /** With what Consul says of a read in its body; there, it does not say its index. */
  private static Answer answer(TransactionOutcome outcome, long index, Freshness freshness) {
    return Answer.json(
        status(outcome),
        out ->
            ReadMeta.write(outcome(out.beginObject(), outcome), index, freshness, "").endObject());
  }

  private static int status(TransactionOutcome outcome) {
    return outcome.getErrorsCount() > 0 ? CONFLICT : 200;
  }

  private static JsonWriter outcome(JsonWriter out, TransactionOutcome outcome) {
    if (outcome.getErrorsCount() > 0) {
      return out.key("Results").nothing().key("Errors").values(outcome.getErrorsList());
    }
    return out.key("Results").values(outcome.getResultsList()).key("Errors").nothing();
  }
}
