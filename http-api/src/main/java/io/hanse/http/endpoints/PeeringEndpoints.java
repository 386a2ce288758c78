package io.hanse.http.endpoints;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.Peerings;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.JsonWriter;
import io.hanse.http.request.EstablishRequest;
import io.hanse.http.request.GenerateTokenRequest;
import io.hanse.peering.PeeringService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** {@code /v1/peering}, {@code /v1/peerings} and what is exported to and imported from peers. */
public final class PeeringEndpoints {
  /** Beside a mesh service comes one with this behind its name, which no user knows of. */
  private static final String SIDECAR_TWIN = "-sidecar-proxy";

  private final PeeringService peerings;

  PeeringEndpoints(PeeringService peerings) {
    this.peerings = peerings;
  }

  public CompletableFuture<Answer> generateToken(Call call) {
    GenerateTokenRequest request = Bodies.peering(call, GenerateTokenRequest.newBuilder()).build();
    if (request.getPeerName().isEmpty()) {
      throw HttpProblem.badRequest(
          "PeerName is required in the payload when generating a new peering token.");
    }
    return peerings
        .generateToken(
            request.getPeerName(),
            request.getPartition(),
            request.getMetaMap(),
            request.getServerExternalAddressesList())
        .thenApply(
            token ->
                Answer.json(out -> out.beginObject().field("PeeringToken", token).endObject()));
  }

  public CompletableFuture<Answer> establish(Call call) {
    EstablishRequest request = Bodies.peering(call, EstablishRequest.newBuilder()).build();
    if (request.getPeerName().isEmpty()) {
      throw HttpProblem.badRequest(
          "PeerName is required in the payload when establishing a peering.");
    }
    if (request.getPeeringToken().isEmpty()) {
      throw HttpProblem.badRequest(
          "PeeringToken is required in the payload when establishing a peering.");
    }
    return peerings
        .establish(request.getPeerName(), request.getPeeringToken(), request.getMetaMap())
        .thenApply(done -> Answer.json(out -> out.beginObject().endObject()));
  }

  public Supplier<CompletableFuture<Answer>> read(Call call, View view) {
    String name = nameOf(call);
    Optional<Peering> stored = new Peerings(view).byName(name.toLowerCase(Locale.ROOT));
    // Asked even where there is no row: it refuses where peering is switched off.
    return () ->
        peerings
            .withStreamStatus(stored.stream().toList())
            .thenApply(
                rows ->
                    rows.stream()
                        .findFirst()
                        .map(Answer::json)
                        .orElseThrow(
                            () -> HttpProblem.notFound("Peering not found for \"" + name + "\"")));
  }

  public CompletableFuture<Answer> delete(Call call) {
    return peerings.delete(nameOf(call).toLowerCase(Locale.ROOT)).thenApply(done -> Answer.ok());
  }

  private static String nameOf(Call call) {
    return call.rest("Must specify a name to fetch.");
  }

  public Supplier<CompletableFuture<Answer>> list(Call call, View view) {
    List<Peering> stored = new Peerings(view).all();
    return () -> peerings.withStreamStatus(stored).thenApply(Answer::json);
  }

  public Answer exportedServices(Call call, View view) {
    SortedMap<String, SortedSet<String>> consumers = new ExportResolver(view).consumers();
    return Answer.json(
        out -> {
          out.beginArray();
          consumers.forEach((service, peers) -> exported(out, service, peers));
          out.endArray();
        });
  }

  private static void exported(JsonWriter out, String service, SortedSet<String> peers) {
    out.beginObject().field("Service", service).key("Consumers").beginObject();
    if (!peers.isEmpty()) {
      out.key("Peers").strings(peers);
    }
    out.endObject().endObject();
  }

  public Answer importedServices(Call call, View view) {
    Peerings rows = new Peerings(view);
    List<Imported> imported = new ArrayList<>();
    for (Peering peering : rows.all()) {
      for (String service : rows.importedServices(peering.getName())) {
        if (!service.endsWith(SIDECAR_TWIN)) {
          imported.add(new Imported(service, peering.getName()));
        }
      }
    }
    imported.sort(Comparator.comparing(Imported::service).thenComparing(Imported::peer));
    return Answer.json(
        out -> {
          out.beginArray();
          for (Imported each : imported) {
            out.beginObject()
                .field("Service", each.service())
                .field("SourcePeer", each.peer())
                .endObject();
          }
          out.endArray();
        });
  }

  private record Imported(String service, String peer) {}
}
