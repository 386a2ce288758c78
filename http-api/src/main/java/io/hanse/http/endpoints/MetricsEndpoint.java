package io.hanse.http.endpoints;

import com.google.protobuf.ByteString;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringDetail;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Peerings;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.metrics.Gauges;
import io.hanse.identity.Pem;
import io.hanse.peering.PeeringService;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/agent/metrics}: what this server holds and how it fares, under Consul's names where it
 * has one. What only the leader knows is told by the leader, so that nothing is counted twice.
 */
public final class MetricsEndpoint {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private static final Map<String, TableId> COUNTED =
      new TreeMap<>(
          Map.of(
              "consul.state.nodes", TableId.NODES,
              "consul.state.service_instances", TableId.SERVICES,
              "consul.state.kv_entries", TableId.KV,
              "consul.state.config_entries", TableId.CONFIG_ENTRIES,
              "consul.state.peerings", TableId.PEERINGS,
              "hanse.state.checks", TableId.CHECKS,
              "hanse.state.sessions", TableId.SESSIONS));

  private final StateReader reader;
  private final Leadership leadership;
  private final PeeringService peerings;
  private final Map<String, LongSupplier> ofParts;
  private volatile @Nullable RootEnd rootEnd;

  private record RootEnd(String pem, Instant at) {}

  MetricsEndpoint(
      StateReader reader,
      Leadership leadership,
      PeeringService peerings,
      Map<String, LongSupplier> ofParts) {
    this.reader = reader;
    this.leadership = leadership;
    this.peerings = peerings;
    this.ofParts = Map.copyOf(ofParts);
  }

  /** Answers on a server without a leader too: then it is needed most. */
  public CompletableFuture<Answer> get(Call call) {
    Instant now = Instant.now();
    Gauges gauges = new Gauges();
    boolean leads = leadership.standing().self();
    gauges.add("consul.server.isLeader", leads ? 1 : 0);
    ofProcess(gauges);
    ofParts.forEach((name, value) -> gauges.add(name, value.getAsLong()));
    List<Peering> stored;
    try (View view = reader.view()) {
      ofState(gauges, view, now);
      stored = leads ? new Peerings(view).all() : List.of();
    }
    boolean isText = isText(call);
    return streams(stored)
        .thenApply(
            rows -> {
              rows.forEach(row -> ofPeering(gauges, row));
              return isText
                  ? Answer.raw(PROMETHEUS, ByteString.copyFromUtf8(gauges.prometheus()))
                  : Answer.json(out -> gauges.writeJson(out, now));
            })
        .thenApply(Answer::withoutMetadata);
  }

  private void ofState(Gauges gauges, View view, Instant now) {
    gauges.add("consul.raft.applied_index", view.logIndex());
    COUNTED.forEach((name, table) -> gauges.add(name, view.size(table)));
    gauges.add("hanse.state.rows", view.countedRows());
    gauges.add("hanse.state.bytes", view.countedBytes());
    new Ca(view)
        .activeRoot()
        .ifPresent(
            root -> {
              Duration left = Duration.between(now, endOf(root.getRootCert()));
              gauges.add("consul.mesh.active_root_ca.expiry", left.toSeconds());
            });
  }

  /** A certificate is read once: it is the same at each question, for years. */
  private Instant endOf(String pem) {
    RootEnd last = rootEnd;
    if (last == null || !last.pem.equals(pem)) {
      last = new RootEnd(pem, Pem.firstCertificate(pem).getNotAfter().toInstant());
      rootEnd = last;
    }
    return last.at;
  }

  /** None where leadership is lost meanwhile, or peering is switched off. */
  private CompletableFuture<List<Peering>> streams(List<Peering> stored) {
    return stored.isEmpty()
        ? CompletableFuture.completedFuture(stored)
        : peerings.withStreamStatus(stored).exceptionally(failure -> List.of());
  }

  private static boolean isText(Call call) {
    Optional<String> accepted = call.header("Accept");
    return call.parameters().first("format").equals("prometheus")
        || accepted.filter(MetricsEndpoint::namesPrometheus).isPresent();
  }

  private static boolean namesPrometheus(String accepted) {
    return accepted.contains("application/openmetrics-text")
        || accepted.replace(" ", "").contains("text/plain;version=0.0.4");
  }

  private static void ofProcess(Gauges gauges) {
    Runtime runtime = Runtime.getRuntime();
    gauges.add("consul.runtime.alloc_bytes", runtime.totalMemory() - runtime.freeMemory());
    gauges.add("consul.runtime.sys_bytes", runtime.totalMemory());
    gauges.add("hanse.runtime.threads", ManagementFactory.getThreadMXBean().getThreadCount());
    gauges.add(
        "hanse.runtime.uptime_seconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1_000);
  }

  private static void ofPeering(Gauges gauges, Peering peering) {
    Map<String, String> labels = Map.of("peer_id", peering.getId(), "peer_name", peering.getName());
    PeeringDetail detail = peering.getDetail();
    gauges.add(
        "consul.peering.exported_services",
        peering.getStreamStatus().getExportedServicesCount(),
        labels);
    gauges.add("consul.peering.healthy", peering.getState() == PeeringState.ACTIVE ? 1 : 0, labels);
    gauges.add(
        "hanse.peering.imported_services",
        peering.getStreamStatus().getImportedServicesCount(),
        labels);
    gauges.add("hanse.peering.withdrawn", detail.hasWithdrawnSince() ? 1 : 0, labels);
    gauges.add("hanse.peering.unacknowledged", detail.getUnacknowledged(), labels);
    gauges.add("hanse.peering.pending_imports", detail.getPendingImports(), labels);
    gauges.add("hanse.peering.export_problems", detail.getExportProblemsCount(), labels);
    gauges.add("hanse.peering.import_problems", detail.getImportProblemsCount(), labels);
    gauges.add("hanse.peering.unconfirmed_imports", detail.getUnconfirmedImports(), labels);
    if (detail.hasOldestImportAge()) {
      long seconds = detail.getOldestImportAge().getSeconds();
      gauges.add("hanse.peering.oldest_import_seconds", seconds, labels);
    }
    if (detail.hasSilence()) {
      gauges.add("hanse.peering.silence_seconds", detail.getSilence().getSeconds(), labels);
    }
  }
}
