package io.hanse.peering.replication;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.TokenWay;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Servers;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that gateways do not go on leading where a token led that was being redeemed: who
 * showed them the way takes it back, unless it is lost meanwhile. On the leader, on its loop only.
 */
final class TokenWays {
  private static final Logger LOG = LoggerFactory.getLogger(TokenWays.class);
  private static final int LEVEL = 5;

  private record Shown(TokenWay way, Runnable cancel) {}

  private final Loop loop;
  private final StateReader state;
  private final LogWriter writer;
  private final long millisMax;
  private final Map<String, Shown> shown = new TreeMap<>();
  private final WatchedQuery<Map<String, TokenWay>> watch;

  TokenWays(Replication replication) {
    loop = replication.loops().newLoop();
    state = replication.state();
    writer = new LogWriter(loop, replication.submitter(), 1);
    millisMax = replication.settings().tokenWayMillisMax();
    watch = WatchedQuery.start(loop, state, TokenWays::ask, this::waysAre);
  }

  /** By the peering's id. */
  private static Map<String, TokenWay> ask(View view) {
    Map<String, TokenWay> ways = new TreeMap<>();
    for (Peering peering : new Peerings(view).all()) {
      if (peering.hasEstablishing()) {
        ways.put(peering.getId(), peering.getEstablishing());
      }
    }
    return ways;
  }

  private void waysAre(Map<String, TokenWay> now) {
    shown
        .entrySet()
        .removeIf(
            known -> {
              boolean isOver = !Objects.equals(known.getValue().way(), now.get(known.getKey()));
              if (isOver) {
                known.getValue().cancel().run();
              }
              return isOver;
            });
    now.forEach((id, way) -> shown.computeIfAbsent(id, added -> new Shown(way, takeBack(id, way))));
  }

  private Runnable takeBack(String id, TokenWay way) {
    return loop.after(millisMax, () -> tookTooLong(id, way));
  }

  private void tookTooLong(String id, TokenWay way) {
    // Until the watch finds it gone, it is tried again: the peering may have changed meanwhile.
    shown.put(id, new Shown(way, takeBack(id, way)));
    try {
      takeBackNow(id, way);
    } catch (RuntimeException e) {
      LOG.error("way of a token not taken back, trying again peering={}", id, e);
    }
  }

  private void takeBackNow(String id, TokenWay way) {
    Optional<Command> write;
    try (View view = state.view()) {
      write =
          new Servers(view).below(LEVEL).isPresent()
              ? Optional.empty()
              : new Peerings(view)
                  .byId(id)
                  .filter(peering -> peering.getEstablishing().equals(way))
                  .map(TokenWays::without);
    }
    write.ifPresent(writer::submit);
  }

  private static Command without(Peering peering) {
    return Command.newBuilder()
        .setLevel(LEVEL)
        .setWritePeering(
            WritePeering.newBuilder()
                .setPeering(peering.toBuilder().clearEstablishing())
                .setExpectedIndex(peering.getRaftIndex().getModifyIndex()))
        .build();
  }

  void stop() {
    loop.execute(
        () -> {
          watch.close();
          shown.values().forEach(each -> each.cancel().run());
          shown.clear();
        });
  }
}
