package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.row.AllocateSerial;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.PruneCaRoots;
import io.hanse.fsm.row.RotateCa;
import io.hanse.fsm.row.WriteCa;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Counters;
import io.hanse.fsm.view.Tables;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The certificate authority's configuration, roots and serial numbers. */
final class CaApplier {
  private static final Key SERIAL = Key.of("ca-serial");
  private static final int SERIALS_AT_ONCE_MAX = 1_024;

  private CaApplier() {}

  static Applied allocateSerial(ApplyContext context, AllocateSerial command) {
    Transaction rows = context.rows();
    if (command.getCount() < 1 || command.getCount() > SERIALS_AT_ONCE_MAX) {
      throw invalid("from 1 to " + SERIALS_AT_ONCE_MAX + " serial numbers can be had at once");
    }
    long first = Counters.at(rows, SERIAL, 1);
    byte[] next = Counters.row(first + command.getCount());
    rows.put(TableId.COUNTERS, SERIAL, next, context.index());
    return Applied.answering(first);
  }

  static Applied write(ApplyContext context, WriteCa command) {
    Transaction rows = context.rows();
    Ca ca = new Ca(rows);
    long version =
        ca.configuration().map(stored -> stored.getRaftIndex().getModifyIndex()).orElse(0L);
    if (command.getCas() != 0 && command.getCas() != version) {
      return Applied.NOT_DONE;
    }
    if (command.hasConfiguration()) {
      Tables.CA_CONFIGURATION.put(rows, command.getConfiguration());
    }
    if (command.getRootsCount() > 0) {
      replaceRoots(rows, ca.roots(), command.getRootsList());
    }
    return Applied.DONE;
  }

  static Applied rotate(ApplyContext context, RotateCa command) {
    Transaction rows = context.rows();
    Ca ca = new Ca(rows);
    CaRoot root = command.getRoot();
    if (root.getId().isEmpty() || ca.roots().stream().anyMatch(one -> isSame(one, root))) {
      throw invalid("a new CA root needs an id of its own");
    }
    long version =
        ca.configuration().map(stored -> stored.getRaftIndex().getModifyIndex()).orElse(0L);
    Optional<CaRoot> active = ca.activeRoot();
    if (command.getCas() != version
        || active.isEmpty()
        || !active.get().getId().equals(command.getReplaces())) {
      return Applied.NOT_DONE;
    }
    Tables.CA_CONFIGURATION.put(rows, command.getConfiguration());
    Tables.CA_ROOTS.put(
        rows,
        active.get().toBuilder()
            .setActive(false)
            .setRotatedOutAtMillis(context.timeMillis())
            .build());
    Tables.CA_ROOTS.put(rows, root.toBuilder().setActive(true).clearRotatedOutAtMillis().build());
    return Applied.DONE;
  }

  private static boolean isSame(CaRoot one, CaRoot other) {
    return one.getId().equals(other.getId());
  }

  static Applied prune(ApplyContext context, PruneCaRoots command) {
    Transaction rows = context.rows();
    boolean isPruned = false;
    for (CaRoot root : new Ca(rows).roots()) {
      boolean isOld = root.getRotatedOutAtMillis() < command.getRotatedOutBeforeMillis();
      if (!root.getActive() && root.getRotatedOutAtMillis() != 0 && isOld) {
        isPruned |= Tables.CA_ROOTS.remove(rows, Key.of(root.getId()));
      }
    }
    return Applied.when(isPruned);
  }

  private static void replaceRoots(Transaction rows, List<CaRoot> stored, List<CaRoot> roots) {
    if (roots.stream().filter(CaRoot::getActive).count() != 1) {
      throw invalid("there must be exactly one active CA root");
    }
    Set<String> kept = new TreeSet<>();
    for (CaRoot root : roots) {
      if (root.getId().isEmpty() || !kept.add(root.getId())) {
        throw invalid("CA roots need ids of their own");
      }
      Tables.CA_ROOTS.put(rows, root);
    }
    for (CaRoot root : stored) {
      if (!kept.contains(root.getId())) {
        Tables.CA_ROOTS.remove(rows, Key.of(root.getId()));
      }
    }
  }
}
