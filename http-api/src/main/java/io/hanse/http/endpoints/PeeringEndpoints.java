package io.hanse.http.endpoints;

import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringDetail;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.Peerings;
import io.hanse.http.answer.ExportConsumers;
import io.hanse.http.answer.ExportedName;
import io.hanse.http.answer.ImportedName;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.JsonWriter;
import io.hanse.http.request.EstablishRequest;
import io.hanse.http.request.GenerateTokenRequest;
import io.hanse.http.request.PinAddressesRequest;
import io.hanse.http.request.RevokeTokenRequest;
import io.hanse.peering.LabelledAddresses;
import io.hanse.peering.PeeringService;
import io.hanse.peering.TokenRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** {@code /v1/peering}, {@code /v1/peerings} and what is exported to and imported from peers. */
public final class PeeringEndpoints {
  /** Beside a mesh service comes one with this behind its name, which no user knows of. */
  private static final String SIDECAR_TWIN = "-sidecar-proxy";

  private static final String DETAIL = "detail";

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
            new TokenRequest(
                request.getPeerName(),
                request.getPartition(),
                request.getMetaMap(),
                externalAddresses(request),
                Duration.ofSeconds(request.getTtl().getSeconds(), request.getTtl().getNanos())))
        .thenApply(
            token ->
                Answer.json(out -> out.beginObject().field("PeeringToken", token).endObject()));
  }

  private static List<PeerAddress> externalAddresses(GenerateTokenRequest request) {
    List<String> addresses = request.getServerExternalAddressesList();
    Map<String, String> labels = request.getServerExternalAddressLabelsMap();
    Set<String> known = Set.copyOf(addresses);
    for (String address : labels.keySet()) {
      if (!known.contains(address)) {
        throw HttpProblem.badRequest(
            "ServerExternalAddressLabels has a label for \""
                + address
                + "\", which is not in ServerExternalAddresses.");
      }
    }
    return LabelledAddresses.of(addresses, labels);
  }

  public CompletableFuture<Answer> revokeToken(Call call) {
    RevokeTokenRequest request = Bodies.peering(call, RevokeTokenRequest.newBuilder()).build();
    if (request.getPeerName().isEmpty()) {
      throw HttpProblem.badRequest(
          "PeerName is required in the payload when revoking a peering token.");
    }
    return peerings
        .revokeToken(request.getPeerName())
        .thenApply(
            revoked -> Answer.json(out -> out.beginObject().field("Revoked", revoked).endObject()));
  }

  public CompletableFuture<Answer> pinAddresses(Call call) {
    PinAddressesRequest request = Bodies.peering(call, PinAddressesRequest.newBuilder()).build();
    if (request.getPeerName().isEmpty()) {
      throw HttpProblem.badRequest("PeerName is required in the payload when pinning addresses.");
    }
    return peerings
        .pinAddresses(request.getPeerName(), request.getAddressesList())
        .thenApply(
            changed -> Answer.json(out -> out.beginObject().field("Changed", changed).endObject()));
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
        .establish(
            request.getPeerName(),
            request.getPeeringToken(),
            request.getMetaMap(),
            request.getPreferAddressLabel())
        .thenApply(done -> Answer.json(out -> out.beginObject().endObject()));
  }

  public Supplier<CompletableFuture<Answer>> read(Call call, View view) {
    String name = nameOf(call);
    Optional<Peering> stored = new Peerings(view).byName(name.toLowerCase(Locale.ROOT));
    Map<String, PeeringDetail> known = details(call, view, stored.stream().toList());
    // Asked even where there is no row: it refuses where peering is switched off.
    return () ->
        shown(call, stored.map(row -> askingForDetail(call, row)).stream().toList())
            .thenApply(
                rows ->
                    rows.stream()
                        .findFirst()
                        .map(row -> asAsked(call, row, known))
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
    Map<String, PeeringDetail> known = details(call, view, stored);
    return () ->
        shown(call, stored)
            .thenApply(
                rows -> Answer.json(rows.stream().map(row -> asAsked(call, row, known)).toList()));
  }

  private CompletableFuture<List<Peering>> shown(Call call, List<Peering> stored) {
    return call.parameters().has("stale")
        ? peerings.withStreamStatusIfLed(stored)
        : peerings.withStreamStatus(stored);
  }

  /** Of one peering, receipts may be asked for: there is one for each service. */
  private static Peering askingForDetail(Call call, Peering row) {
    return call.parameters().has(DETAIL)
        ? row.toBuilder().setDetail(PeeringDetail.getDefaultInstance()).build()
        : row;
  }

  /** Consul has no {@code Detail}: who does not ask for it gets what Consul would answer. */
  private static Peering asAsked(Call call, Peering row, Map<String, PeeringDetail> known) {
    if (!call.parameters().has(DETAIL)) {
      return row.toBuilder().clearDetail().build();
    }
    PeeringDetail stored = known.getOrDefault(row.getId(), PeeringDetail.getDefaultInstance());
    return row.toBuilder().setDetail(PeeringDetails.together(row.getDetail(), stored)).build();
  }

  /** What is stored of each, by its id. */
  private static Map<String, PeeringDetail> details(Call call, View view, List<Peering> stored) {
    Map<String, PeeringDetail> details = new LinkedHashMap<>();
    if (call.parameters().has(DETAIL)) {
      stored.forEach(row -> details.put(row.getId(), PeeringDetails.of(view, row)));
    }
    return details;
  }

  public Answer exportedServices(Call call, View view) {
    List<ExportedName> exported = new ArrayList<>();
    new ExportResolver(view)
        .consumers()
        .forEach(
            (service, peers) ->
                exported.add(
                    ExportedName.newBuilder()
                        .setService(service)
                        .setConsumers(ExportConsumers.newBuilder().addAllPeers(peers))
                        .build()));
    List<ExportedName> wanted = Filters.of(call, Filters.EXPORTED).of(exported);
    return Answer.json(
        out -> {
          out.beginArray();
          wanted.forEach(name -> write(out, name));
          out.endArray();
        });
  }

  private static void write(JsonWriter out, ExportedName name) {
    out.beginObject().field("Service", name.getService()).key("Consumers").beginObject();
    List<String> peers = name.getConsumers().getPeersList();
    if (!peers.isEmpty()) {
      out.key("Peers").strings(peers);
    }
    out.endObject().endObject();
  }

  public Answer importedServices(Call call, View view) {
    Peerings rows = new Peerings(view);
    List<ImportedName> imported = new ArrayList<>();
    for (Peering peering : rows.all()) {
      for (String service : rows.importedServices(peering.getName())) {
        if (!service.endsWith(SIDECAR_TWIN)) {
          imported.add(
              ImportedName.newBuilder()
                  .setService(service)
                  .setSourcePeer(peering.getName())
                  .build());
        }
      }
    }
    imported.sort(
        Comparator.comparing(ImportedName::getService).thenComparing(ImportedName::getSourcePeer));
    List<ImportedName> wanted = Filters.of(call, Filters.IMPORTED).of(imported);
    Set<String> silent = call.parameters().has(DETAIL) ? withdrawn(rows) : Set.of();
    return Answer.json(
        out -> {
          out.beginArray();
          for (ImportedName name : wanted) {
            out.beginObject()
                .field("Service", name.getService())
                .field("SourcePeer", name.getSourcePeer());
            if (silent.contains(name.getSourcePeer())) {
              out.field("Withdrawn", true);
            }
            out.endObject();
          }
          out.endArray();
        });
  }

  /** The peers of which readers find nothing at present. */
  private static Set<String> withdrawn(Peerings rows) {
    return rows.all().stream()
        .map(Peering::getName)
        .filter(name -> rows.withdrawal(name).isPresent())
        .collect(Collectors.toSet());
  }
}
