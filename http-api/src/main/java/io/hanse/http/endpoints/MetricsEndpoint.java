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
import io.hanse.http.metrics.Metric;
import io.hanse.identity.Pem;
import io.hanse.peering.PeeringService;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/agent/metrics}: what this server holds and how it fares, under Consul's names where it
 * has one. What only the leader knows is told by the leader, so that nothing is counted twice.
 */
public final class MetricsEndpoint {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private static final Map<Metric, TableId> COUNTED =
      new EnumMap<>(
          Map.of(
              Metric.NODES, TableId.NODES,
              Metric.SERVICE_INSTANCES, TableId.SERVICES,
              Metric.KV_ENTRIES, TableId.KV,
              Metric.CONFIG_ENTRIES, TableId.CONFIG_ENTRIES,
              Metric.PEERINGS, TableId.PEERINGS,
              Metric.CHECKS, TableId.CHECKS,
              Metric.SESSIONS, TableId.SESSIONS));

  private final StateReader reader;
  private final Leadership leadership;
  private final PeeringService peerings;
  private final Map<Metric, LongSupplier> ofParts;
  private volatile @Nullable RootEnd rootEnd;

  private record RootEnd(String pem, Instant at) {}

  MetricsEndpoint(
      StateReader reader,
      Leadership leadership,
      PeeringService peerings,
      Map<Metric, LongSupplier> ofParts) {
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
    gauges.add(Metric.LEADS, leads ? 1 : 0);
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
    gauges.add(Metric.APPLIED_INDEX, view.logIndex());
    COUNTED.forEach((name, table) -> gauges.add(name, view.size(table)));
    gauges.add(Metric.STATE_ROWS, view.countedRows());
    gauges.add(Metric.STATE_BYTES, view.countedBytes());
    new Ca(view)
        .activeRoot()
        .ifPresent(
            root -> {
              Duration left = Duration.between(now, endOf(root.getRootCert()));
              gauges.add(Metric.ROOT_EXPIRY, left.toSeconds());
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
    gauges.add(Metric.ALLOCATED_BYTES, runtime.totalMemory() - runtime.freeMemory());
    gauges.add(Metric.HEAP_BYTES, runtime.totalMemory());
    gauges.add(Metric.THREADS, ManagementFactory.getThreadMXBean().getThreadCount());
    gauges.add(Metric.UPTIME_SECONDS, ManagementFactory.getRuntimeMXBean().getUptime() / 1_000);
  }

  private static void ofPeering(Gauges gauges, Peering peering) {
    Map<String, String> labels = Map.of("peer_id", peering.getId(), "peer_name", peering.getName());
    PeeringDetail detail = peering.getDetail();
    gauges.add(
        Metric.EXPORTED_SERVICES, peering.getStreamStatus().getExportedServicesCount(), labels);
    gauges.add(Metric.PEERING_HEALTHY, peering.getState() == PeeringState.ACTIVE ? 1 : 0, labels);
    int imported = peering.getStreamStatus().getImportedServicesCount();
    gauges.add(Metric.IMPORTED_SERVICES, imported, labels);
    gauges.add(Metric.WITHDRAWN, detail.hasWithdrawnSince() ? 1 : 0, labels);
    gauges.add(Metric.WITHDRAWN_SERVICES, detail.hasWithdrawnSince() ? imported : 0, labels);
    gauges.add(Metric.UNACKNOWLEDGED, detail.getUnacknowledged(), labels);
    gauges.add(Metric.PENDING_IMPORTS, detail.getPendingImports(), labels);
    gauges.add(Metric.EXPORT_PROBLEMS, detail.getExportProblemsCount(), labels);
    gauges.add(Metric.IMPORT_PROBLEMS, detail.getImportProblemsCount(), labels);
    gauges.add(Metric.UNCONFIRMED_IMPORTS, detail.getUnconfirmedImports(), labels);
    if (detail.hasOldestImportAge()) {
      long seconds = detail.getOldestImportAge().getSeconds();
      gauges.add(Metric.OLDEST_IMPORT_SECONDS, seconds, labels);
    }
    if (detail.hasSilence()) {
      gauges.add(Metric.SILENCE_SECONDS, detail.getSilence().getSeconds(), labels);
    }
  }
}
