package io.hanse.peering.replication;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.WithdrawImports;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the services of a peer withdrawn from readers, and given back, by one command at a time for
 * each peering. Decides neither. Used on its loop only.
 */
final class WithdrawalWrites {
  private static final Logger LOG = LoggerFactory.getLogger(WithdrawalWrites.class);

  private final Loop loop;
  private final LogWriter writer;
  private final BooleanSupplier again;
  private final Set<String> underWay = new TreeSet<>();

  /**
   * Writes nothing yet.
   *
   * @param again asked after a failure whether it is tried again, which is left to it
   */
  WithdrawalWrites(Loop loop, LogWriter writer, BooleanSupplier again) {
    this.loop = loop;
    this.writer = writer;
    this.again = again;
  }

  void write(Peering peering, boolean withdrawn) {
    if (!underWay.add(peering.getId())) {
      return;
    }
    WithdrawImports.Builder command =
        WithdrawImports.newBuilder().setPeer(peering.getName()).setWithdrawn(withdrawn);
    if (withdrawn) {
      command.setSinceMillis(loop.nowMillis());
    }
    String done = withdrawn ? "withdrawn" : "given back";
    writer
        .submit(Command.newBuilder().setWithdrawImports(command).build())
        .whenComplete(
            (result, failure) -> {
              underWay.remove(peering.getId());
              if (failure == null) {
                LOG.info("services of a peer {} peer={}", done, peering.getName());
              } else if (again.getAsBoolean()) {
                LOG.warn(
                    "services of a peer not {}, trying again peer={} cause={}",
                    done,
                    peering.getName(),
                    LogWriter.messageOf(failure));
              }
            });
  }
}
