package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.FreeVirtualIp;
import io.hanse.fsm.row.VirtualIp;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Counters;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Tables;
import io.hanse.fsm.view.VirtualAddress;
import java.util.Optional;
import java.util.Set;

/**
 * Gives each service of the mesh an address of its own in 240.0.0.0/4, by which transparent proxies
 * know it, and takes the address back when nothing is left that needs it. The smallest address that
 * was given back is given away first: all servers choose the same.
 */
final class VirtualIps {
  /** The key among the tagged addresses of an instance. */
  static final String TAG = "consul-virtual";

  private static final Key COUNTER = Key.of("virtual-ip");
  private static final int OFFSET_MAX = 0x0fff_fffd;
  private static final String ALL_SERVICES = "*";

  /** A service that one of these speaks of has an address, even before there are instances. */
  private static final Set<String> KINDS =
      Set.of(
          ConfigEntryKind.SERVICE_RESOLVER.wireName(),
          ConfigEntryKind.SERVICE_ROUTER.wireName(),
          ConfigEntryKind.SERVICE_SPLITTER.wireName(),
          ConfigEntryKind.SERVICE_DEFAULTS.wireName(),
          ConfigEntryKind.SERVICE_INTENTIONS.wireName());

  private final Transaction rows;

  VirtualIps(Transaction rows) {
    this.rows = rows;
  }

  /** Answers the address of a service; gives it one if it has none. */
  String assign(String peer, String service) {
    Optional<VirtualIp> stored = Tables.VIRTUAL_IPS.get(rows, Keys.service(peer, service));
    int offset = stored.map(VirtualIp::getOffset).orElseGet(this::take);
    if (stored.isEmpty()) {
      Tables.VIRTUAL_IPS.put(
          rows,
          VirtualIp.newBuilder().setPeerName(peer).setService(service).setOffset(offset).build());
    }
    return VirtualAddress.printed(offset);
  }

  private int take() {
    Optional<FreeVirtualIp> free =
        Tables.FREE_VIRTUAL_IPS.first(rows, Key.EMPTY, 1).stream().findFirst();
    if (free.isPresent()) {
      Tables.FREE_VIRTUAL_IPS.remove(rows, Keys.offset(free.get().getOffset()));
      return free.get().getOffset();
    }
    long next = Counters.at(rows, COUNTER, 1);
    if (next > OFFSET_MAX) {
      throw invalid("cannot allocate any more unique service virtual IPs");
    }
    rows.put(TableId.COUNTERS, COUNTER, Counters.row(next + 1), rows.publicIndex());
    return (int) next;
  }

  /** Takes the address back, unless an instance, a sidecar or a config entry still needs it. */
  void release(String peer, String service) {
    Key key = Keys.service(peer, service);
    Optional<VirtualIp> stored = Tables.VIRTUAL_IPS.get(rows, key);
    if (stored.isEmpty() || isNeeded(peer, service)) {
      return;
    }
    Tables.VIRTUAL_IPS.remove(rows, key);
    Tables.FREE_VIRTUAL_IPS.put(
        rows, FreeVirtualIp.newBuilder().setOffset(stored.get().getOffset()).build());
  }

  private boolean isNeeded(String peer, String service) {
    Key key = Keys.service(peer, service);
    return rows.hasAny(TableId.SERVICES_BY_NAME, key)
        || rows.hasAny(TableId.SERVICES_BY_DESTINATION, key)
        || (peer.isEmpty()
            && KINDS.stream()
                .anyMatch(
                    kind ->
                        rows.get(TableId.CONFIG_ENTRIES, Keys.configEntry(kind, service)) != null));
  }

  /** A config entry was written. */
  void configured(String kind, String name) {
    if (isOfService(kind, name)) {
      assign("", name);
    }
  }

  /** A config entry was deleted. */
  void unconfigured(String kind, String name) {
    if (isOfService(kind, name)) {
      release("", name);
    }
  }

  private static boolean isOfService(String kind, String name) {
    return KINDS.contains(kind) && !name.equals(ALL_SERVICES);
  }
}
