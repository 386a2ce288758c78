package io.hanse.fsm.apply;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.RegisterClient;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A state machine with a log of its own: commands go in one by one, as from one client. */
public final class Replica implements AutoCloseable {
  public final ClusterStateMachine machine =
      new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run));

  /** What was applied, as it would stand in the log. */
  public final List<byte[]> log = new ArrayList<>();

  public long timeMillis = 1_000_000_000_000L;
  private View view;
  private long client;
  private long sequence;

  public CommandResult submit(Command.Builder command) {
    if (client == 0) {
      client = register();
    }
    return apply(entry(++sequence, command)).getResults(0);
  }

  public long register() {
    return apply(
            Entry.newBuilder()
                .setCommand(
                    Command.newBuilder()
                        .setRegisterClient(RegisterClient.newBuilder().setOrigin("test")))
                .build())
        .getResults(0)
        .getIndex();
  }

  public Entry entry(long sequenceNumber, Command.Builder command) {
    return Entry.newBuilder()
        .setClient(client)
        .setSequence(sequenceNumber)
        .setCommand(command)
        .build();
  }

  public BatchResult apply(Entry... entries) {
    Batch batch =
        Batch.newBuilder().setTimeMillis(timeMillis).addAllEntries(List.of(entries)).build();
    log.add(batch.toByteArray());
    return machine.apply(log.size(), batch.toByteArray());
  }

  /** The result of a command that must not be refused. */
  public CommandResult done(Command.Builder command) {
    CommandResult result = submit(command);
    if (result.getProblem() != 0) {
      throw new AssertionError(result.getMessage());
    }
    return result;
  }

  /** The text with which a command is refused. */
  public String refusal(Command.Builder command) {
    CommandResult result = submit(command);
    if (result.getProblem() == 0) {
      throw new AssertionError("was not refused: " + command.build());
    }
    return result.getMessage();
  }

  public static ProblemCode problem(CommandResult result) {
    return ProblemCode.of(result.getProblem());
  }

  /** The newest version, until the next call. */
  public View now() {
    if (view != null) {
      view.close();
    }
    view = machine.view();
    return view;
  }

  /** The index of an answer. */
  public long index(Consumer<Rows> query) {
    View rows = now();
    query.accept(rows);
    return rows.readIndex();
  }

  @Override
  public void close() {
    if (view != null) {
      view.close();
    }
    machine.close();
  }
}
