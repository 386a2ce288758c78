package io.hanse.bench;

import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.RegisterClient;

/** A log that is applied to a state machine as it is written: what a server does without Raft. */
final class AppliedLog {
  private final ClusterStateMachine machine;
  private final long client;
  private long logIndex;
  private long sequence;

  AppliedLog(ClusterStateMachine machine) {
    this.machine = machine;
    append(
        Batch.newBuilder()
            .addEntries(
                Entry.newBuilder()
                    .setCommand(
                        Command.newBuilder()
                            .setRegisterClient(RegisterClient.getDefaultInstance()))));
    client = machine.publicIndex();
  }

  /** A command as the next of its client. */
  Entry.Builder entry(Command.Builder command) {
    sequence++;
    return Entry.newBuilder()
        .setClient(client)
        .setSequence(sequence)
        .setAckedBelow(sequence)
        .setCommand(command);
  }

  /** One entry of the log, of which no command may be refused. */
  void append(Batch.Builder batch) {
    append(encoded(batch));
  }

  /** What {@link #append(byte[])} takes. */
  byte[] encoded(Batch.Builder batch) {
    return batch.setTimeMillis(logIndex + 1).build().toByteArray();
  }

  void append(byte[] entry) {
    logIndex++;
    for (CommandResult result : machine.apply(logIndex, entry).getResultsList()) {
      if (result.getProblem() != 0) {
        throw new IllegalStateException(result.getMessage());
      }
    }
  }
}
